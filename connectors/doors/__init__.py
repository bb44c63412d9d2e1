"""The way in: a server for one path, who may come in, and what they bring."""
