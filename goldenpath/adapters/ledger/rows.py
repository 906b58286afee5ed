"""Events as rows: how they are written into the file, and read back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goldenpath.core.errors import LedgerError
from goldenpath.core.events import Event, canonical
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

_COLUMNS = "id, source, wseq, type, subject, time, data, prev, hash, writer"
_PAGE = 5000
_VALUES = 500
"""How many values one statement is given; old builds of SQLite take 999."""

Row = tuple[str, str, int | None, str, str, str, str, str | None, str | None, str | None]


def insert(connection: sqlite3.Connection, event: Event) -> None:
    """Write one event. Raises sqlite3.IntegrityError when it would replace another."""
    chain = [event.prev, event.hash, event.writer] if event.writer else [None, None, None]
    head = [event.id, event.source, event.wseq or None, event.type, event.subject, stamp(event.time)]
    values = [*head, canonical(event.data), *chain]
    connection.execute(f"INSERT INTO events ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)", values)


def select(connection: sqlite3.Connection, condition: str = "", values: Sequence[str | int] = ()) -> Iterator[Event]:
    """The events that meet an SQL condition, in the order in which they came. Raises LedgerError for a broken one."""
    where = f"WHERE {condition}" if condition else ""
    return map(_event, connection.execute(f"SELECT {_COLUMNS} FROM events {where} ORDER BY seq", values))


def page(connection: sqlite3.Connection, after: int, until: int) -> tuple[list[Event], int]:
    """Some of the events in the order in which they came, and the last one's `seq`. Raises LedgerError."""
    rows = connection.execute(
        f"SELECT seq, {_COLUMNS} FROM events WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT {_PAGE}", [after, until]
    ).fetchall()
    return [_event(row[1:]) for row in rows], rows[-1][0] if rows else until


def chain_page(connection: sqlite3.Connection, after: tuple[str, int, int]) -> tuple[list[Event], tuple[str, int, int]]:
    """Some of the chained events by writer and number, after (writer, number, seq), and where they end."""
    rows = connection.execute(
        f"SELECT seq, {_COLUMNS} FROM events WHERE writer IS NOT NULL AND (writer, wseq, seq) > (?, ?, ?)"
        f" ORDER BY writer, wseq, seq LIMIT {_PAGE}",
        after,
    ).fetchall()
    events = [_event(row[1:]) for row in rows]
    return events, (events[-1].writer, events[-1].wseq, rows[-1][0]) if rows else after


def known_ids(connection: sqlite3.Connection, wanted: Sequence[str]) -> set[str]:
    """Those of the ids that an event has, whoever its source is."""
    return _known(connection, "id", wanted)


def known_hashes(connection: sqlite3.Connection, wanted: Sequence[str]) -> set[str]:
    """Those of the hashes that an event has."""
    return _known(connection, "hash", wanted)


def _known(connection: sqlite3.Connection, column: str, wanted: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for first in range(0, len(wanted), _VALUES):
        some = wanted[first : first + _VALUES]
        marks = ",".join("?" * len(some))
        found.update(
            row[0] for row in connection.execute(f"SELECT {column} FROM events WHERE {column} IN ({marks})", some)
        )
    return found


def _event(row: Row) -> Event:
    ident, source, wseq, kind, subject, time, text, prev, digest, writer = row
    try:
        facts, place = json.loads(text), int(wseq or 0)
        if not isinstance(facts, dict):
            raise TypeError("its data is no object")  # noqa: TRY301 - as every other way of being broken
        return Event(
            ident, str(source), place, kind, subject, parse_stamp(time), facts, prev or "", digest or "", writer or ""
        )
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise LedgerError(
            f"the ledger is damaged: writer {writer}, event {wseq}: {error}",
            hint="keep a copy of the file, then bring back a backup",
        ) from error
