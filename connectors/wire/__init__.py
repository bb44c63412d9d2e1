"""The way out: one request at a time and host, guarded, paced, retried, capped. Connectors are handed it."""
