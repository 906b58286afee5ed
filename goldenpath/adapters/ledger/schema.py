"""The ledger's tables, and how a file of an older format becomes one of this.

DELETE mode with synchronous=EXTRA: SQLite's defaults lost acknowledged events in simulated power cuts.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from goldenpath.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Mapping

APPLICATION_ID = 0x676F6C64  # "gold"
VERSION = 2
BUSY_S = 30.0

_EVENTS = """
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
  CHECK (
    (writer IS NULL AND wseq IS NULL AND prev IS NULL AND hash IS NULL)
    OR (writer IS NOT NULL AND wseq IS NOT NULL AND prev IS NOT NULL AND hash IS NOT NULL)
  )
) STRICT;
"""
_AROUND_EVENTS = """
CREATE INDEX events_by_subject ON events (subject, seq);
CREATE INDEX events_by_place ON events (writer, wseq);
CREATE TRIGGER events_are_not_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_are_not_replaced BEFORE INSERT ON events
WHEN EXISTS (
  SELECT 1 FROM events WHERE (source = NEW.source AND id = NEW.id) OR hash = NEW.hash OR seq = NEW.seq
)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""
_BESIDE_EVENTS = """
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
"""
_MIGRATIONS: Mapping[int, str] = {
    0: f"{_EVENTS}{_AROUND_EVENTS}{_BESIDE_EVENTS}",
    # Format 1 held one event for each number of a writer, and so no room for both branches of a fork.
    1: f"""
DROP INDEX events_by_subject;
ALTER TABLE events RENAME TO events_of_format_1;
{_EVENTS}
INSERT INTO events SELECT seq, id, source, writer, wseq, type, subject, time, data, prev, hash FROM events_of_format_1;
DROP TABLE events_of_format_1;
{_AROUND_EVENTS}
""",
}
"""By format, the statements that lead to the next one, and from none to the newest.

None changes what a reader selects, so that reading an older file needs no migration.
"""


def has_tables(connection: sqlite3.Connection) -> bool:
    """Whether the file has the ledger's tables yet. Raises LedgerError for a file that is not ours, or is newer."""
    return _format(connection) > 0


def prepare(connection: sqlite3.Connection) -> None:
    """Set the pragmas; bring the tables to this format, all or nothing. Raises LedgerError for a file not ours."""
    found = _format(connection)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.execute("PRAGMA synchronous=EXTRA")
    connection.execute("PRAGMA fullfsync=ON")  # on macOS fsync alone stops at the disk's own cache
    if found == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        found = _format(connection)
        for older in range(found, VERSION) if found else (0,):
            for statement in _statements(_MIGRATIONS[older]):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _format(connection: sqlite3.Connection) -> int:
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != APPLICATION_ID:
        raise LedgerError("the ledger's file holds another program's data", hint="name another folder: GOLDENPATH_HOME")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise LedgerError(
            f"the ledger has format {version}, and this program knows {VERSION}",
            hint="update goldenpath: pip install --upgrade goldenpath",
        )
    return version


def _statements(script: str) -> list[str]:
    statements: list[str] = []
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            statements.append(pending)
            pending = ""
    return statements
