"""The house: it keeps mentions, decides, alerts and talks to people."""
