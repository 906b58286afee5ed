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
  id      TEXT NOT NULL,
  source  TEXT NOT NULL,
  writer  TEXT,
  wseq    INTEGER CHECK (wseq > 0),
  type    TEXT NOT NULL,
  subject TEXT NOT NULL,
  time    TEXT NOT NULL,
  data    TEXT NOT NULL CHECK (json_valid(data)),
  prev    TEXT,
  hash    TEXT UNIQUE,
  UNIQUE (source, id),
  UNIQUE (writer, wseq),
  CHECK (
    (writer IS NULL AND wseq IS NULL AND prev IS NULL AND hash IS NULL)
    OR (writer IS NOT NULL AND wseq IS NOT NULL AND prev IS NOT NULL AND hash IS NOT NULL)
  )
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
  WHERE (source = NEW.source AND id = NEW.id) OR (writer = NEW.writer AND wseq = NEW.wseq)
    OR hash = NEW.hash OR seq = NEW.seq
)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""


def has_tables(connection: sqlite3.Connection) -> bool:
    """Whether the file has the ledger's tables yet. Raises LedgerError for a file that is not ours, or is newer."""
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != APPLICATION_ID:
        raise LedgerError("the ledger's file holds another program's data", hint="name another folder: GOLDENPATH_HOME")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LedgerError(
            f"the ledger has format {version}, and this program knows {VERSION}",
            hint="update goldenpath: pip install --upgrade goldenpath",
        )
    return bool(version)


def prepare(connection: sqlite3.Connection) -> None:
    """Set the pragmas, and make the tables in a file that has none. Raises LedgerError for a file that is not ours."""
    is_made = has_tables(connection)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=EXTRA")
    if not is_made:
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
        if connection.in_transaction:
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
