"""The ledger: one SQLite file, one append-only table of events. The only folder that knows sqlite3."""
