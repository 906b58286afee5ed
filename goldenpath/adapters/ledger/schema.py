"""The ledger's tables. DELETE mode with synchronous=EXTRA: the defaults lost acknowledged events in power cuts."""

from __future__ import annotations

import sqlite3

from goldenpath.core.errors import LedgerError

APPLICATION_ID = 0x676F6C64  # "gold"
VERSION = 1
BUSY_S = 30.0

_TABLES = """
CREATE TABLE events (
  seq     INTEGER PRIMARY KEY,
  id      TEXT NOT NULL UNIQUE,
  source  TEXT NOT NULL,
  wseq    INTEGER NOT NULL CHECK (wseq > 0),
  type    TEXT NOT NULL,
  subject TEXT NOT NULL,
  time    TEXT NOT NULL,
  data    TEXT NOT NULL CHECK (json_valid(data)),
  prev    TEXT NOT NULL,
  hash    TEXT NOT NULL UNIQUE,
  UNIQUE (source, wseq)
) STRICT;
CREATE INDEX events_by_subject ON events (subject, seq);
CREATE TABLE people (
  engineer TEXT NOT NULL,
  kind     TEXT NOT NULL CHECK (kind IN ('name', 'email')),
  value    TEXT NOT NULL,
  PRIMARY KEY (engineer, kind, value)
) STRICT;
CREATE TABLE identity (
  kind  TEXT PRIMARY KEY CHECK (kind IN ('writer', 'engineer')),
  value TEXT NOT NULL
) STRICT;
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS (
  SELECT 1 FROM events
  WHERE id = NEW.id OR hash = NEW.hash OR seq = NEW.seq OR (source = NEW.source AND wseq = NEW.wseq)
)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


def prepare(connection: sqlite3.Connection) -> None:
    """Set the pragmas, and make the tables in a file that has none. Raises LedgerError for a file that is not ours."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LedgerError(
            f"the ledger has format {version}, and this program knows {VERSION}",
            hint="update goldenpath: pip install --upgrade goldenpath",
        )
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != APPLICATION_ID:
        raise LedgerError("the ledger's file holds another program's data", hint="name another folder: GOLDENPATH_HOME")
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=EXTRA")
    if version == 0:
        _create(connection)


def _create(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in _statements():
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _statements() -> list[str]:
    statements: list[str] = []
    pending = ""
    for line in _TABLES.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
