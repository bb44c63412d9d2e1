"""Feeds: RSS, Atom and JSON, found, cut and read."""
