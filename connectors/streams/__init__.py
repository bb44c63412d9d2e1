"""Open networks, heard as they happen: Bluesky, and what speaks the Mastodon API."""
