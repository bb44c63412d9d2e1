"""The database: schema, rows and the SQLite store behind the Protocols of `base`."""
