"""The demonstration: a small local server that plays a synthetic stream to the real daemon."""
