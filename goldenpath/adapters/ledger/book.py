"""Reading and appending. One chain of hashes per writer, one immediate transaction per append."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.schema import BUSY_S, prepare
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import GENESIS, Draft, Event, canonical, link
from goldenpath.core.identifiers import event_id, mint
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goldenpath.core.model import Person

_COLUMNS = "id, source, wseq, type, subject, time, data, prev, hash"


class Ledger:
    """The events of one file. A file that is not there yet is empty, and is made by the first append.

    Every method raises LedgerError when the file is damaged, locked, newer or not a ledger.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def events(self, subject: str | None = None) -> list[Event]:
        """All events, or those about one subject, in the order in which they were appended."""
        if not self.path.exists():
            return []
        query, values = f"SELECT {_COLUMNS} FROM events", []
        if subject is not None:
            query, values = f"{query} WHERE subject = ?", [subject]
        with self._open() as connection:
            return [_event(row) for row in connection.execute(f"{query} ORDER BY seq", values)]

    def append(self, drafts: Sequence[Draft]) -> list[Event]:
        """The events as they were appended: all of them or, when it raises, none."""
        with self._open() as connection, _transaction(connection):
            writer = _identity(connection, "writer")
            last = connection.execute(
                "SELECT wseq, hash FROM events WHERE source = ? ORDER BY wseq DESC LIMIT 1", [writer]
            ).fetchone()
            wseq, prev = last or (0, GENESIS)
            added: list[Event] = []
            for number, draft in enumerate(drafts, start=wseq + 1):
                event = _sealed(draft, writer, number, prev)
                connection.execute(f"INSERT INTO events ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", _row(event))
                prev = event.hash
                added.append(event)
        return added

    def engineer(self) -> str:
        """The id of the engineer whom this ledger is about; minted when it is first asked for."""
        with self._open() as connection:
            known = _known_identity(connection, "engineer")
            if known:
                return known
            with _transaction(connection):
                return _identity(connection, "engineer")

    def known_engineer(self) -> str:
        """The same without minting one: empty when nothing was recorded yet."""
        if not self.path.exists():
            return ""
        with self._open() as connection:
            return _known_identity(connection, "engineer")

    def remember(self, engineer: str, person: Person) -> None:
        """Keep a name and an address for an id, apart from the events."""
        with self._open() as connection, _transaction(connection):
            for kind, value in (("name", person.name), ("email", person.email)):
                connection.execute("INSERT OR IGNORE INTO people VALUES (?, ?, ?)", [engineer, kind, value])

    def people(self) -> dict[str, list[tuple[str, str]]]:
        """Names and addresses as (kind, value), by engineer's id."""
        if not self.path.exists():
            return {}
        found: dict[str, list[tuple[str, str]]] = {}
        with self._open() as connection:
            for engineer, kind, value in connection.execute("SELECT * FROM people ORDER BY engineer, kind DESC, value"):
                found.setdefault(engineer, []).append((kind, value))
        return found

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            _make_private(self.path)
            with contextlib.closing(sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None)) as connection:
                prepare(connection)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise LedgerError(f"the ledger {self.path}: {error}", hint=_way_out(error, self.path)) from error


def open_ledger(path: Path) -> Ledger:
    """The ledger in a file, which need not exist yet."""
    return Ledger(path)


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make_private(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _way_out(error: Exception, path: Path) -> str:
    if "locked" in str(error):
        return "another command holds it; wait for that one to end, then type the same again"
    if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
        return f"keep a copy, then move it away: mv '{path}' '{path}.damaged'"
    return "look at it with: goldenpath doctor"


def _known_identity(connection: sqlite3.Connection, kind: str) -> str:
    row = connection.execute("SELECT value FROM identity WHERE kind = ?", [kind]).fetchone()
    return str(row[0]) if row else ""


def _identity(connection: sqlite3.Connection, kind: str) -> str:
    known = _known_identity(connection, kind)
    if known:
        return known
    value = mint("wri" if kind == "writer" else "eng")
    connection.execute("INSERT INTO identity VALUES (?, ?)", [kind, value])
    return value


def _sealed(draft: Draft, writer: str, wseq: int, prev: str) -> Event:
    time = parse_stamp(stamp(draft.time))
    data = json.loads(canonical(draft.data))
    open_event = Event(event_id(time), writer, wseq, draft.type, draft.subject, time, data, prev, "")
    return replace(open_event, hash=link(open_event))


def _row(event: Event) -> list[str | int]:
    head: list[str | int] = [event.id, event.source, event.wseq, event.type, event.subject, stamp(event.time)]
    return [*head, canonical(event.data), event.prev, event.hash]


def _event(row: tuple[str, str, int, str, str, str, str, str, str]) -> Event:
    ident, source, wseq, kind, subject, time, data, prev, digest = row
    try:
        return Event(ident, str(source), int(wseq), kind, subject, parse_stamp(time), json.loads(data), prev, digest)
    except (TypeError, ValueError) as error:
        raise LedgerError(
            f"the ledger is damaged: writer {source}, event {wseq}: {error}",
            hint="keep a copy of the file, then bring back a backup",
        ) from error
