"""Reading and appending. One chain of hashes per writer, one immediate transaction per append."""

from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.opening import reading, writing
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import GENESIS, Draft, Event, canonical, link
from goldenpath.core.identifiers import event_id, mint
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from goldenpath.core.model import Person

_COLUMNS = "id, source, wseq, type, subject, time, data, prev, hash, writer"


class Ledger:
    """The events of one file. A file that is not there yet is empty, and is made by the first append.

    Every method raises LedgerError when the file is damaged, locked, newer or not a ledger.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def events(self, subject: str | None = None) -> list[Event]:
        """All events, or those about one subject, in the order in which they were appended."""
        with reading(self.path) as connection:
            return _events(connection, subject) if connection else []

    def append(self, drafts: Sequence[Draft]) -> list[Event]:
        """The events as they were appended: all of them or, when it raises, none."""
        with self._open() as connection, _transaction(connection):
            return _add(connection, drafts)

    def append_once(self, subject: str, build: Callable[[Sequence[Event]], Sequence[Draft]]) -> list[Event]:
        """Append what `build` makes of the subject's events, and nobody else appends in between.

        The ledger is locked while `build` runs: it looks at what it is given, and at the ledger in no other way.
        """
        with self._open() as connection, _transaction(connection):
            return _add(connection, build(_events(connection, subject)))

    def engineer(self) -> str:
        """The id of the engineer whom this ledger is about; minted when it is first asked for."""
        known = self.known_engineer()
        if known:
            return known
        with self._open() as connection, _transaction(connection):
            return _identity(connection, "engineer")

    def known_engineer(self) -> str:
        """The same without minting one: empty when nothing was recorded yet."""
        with reading(self.path) as connection:
            return _known_identity(connection, "engineer") if connection else ""

    def remember(self, engineer: str, person: Person) -> None:
        """Keep a name and an address for an id, apart from the events."""
        with self._open() as connection, _transaction(connection):
            for kind, value in (("name", person.name), ("email", person.email)):
                connection.execute("INSERT OR IGNORE INTO people VALUES (?, ?, ?)", [engineer, kind, value])

    def people(self) -> dict[str, list[tuple[str, str]]]:
        """Names and addresses as (kind, value), by engineer's id."""
        found: dict[str, list[tuple[str, str]]] = {}
        with reading(self.path) as connection:
            query = "SELECT * FROM people ORDER BY engineer, kind DESC, value"
            for engineer, kind, value in connection.execute(query) if connection else ():
                found.setdefault(engineer, []).append((kind, value))
        return found

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with writing(self.path) as connection:
            yield connection


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


def _events(connection: sqlite3.Connection, subject: str | None) -> list[Event]:
    query, values = f"SELECT {_COLUMNS} FROM events", []
    if subject is not None:
        query, values = f"{query} WHERE subject = ?", [subject]
    return [_event(row) for row in connection.execute(f"{query} ORDER BY seq", values)]


def _add(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> list[Event]:
    writer = _identity(connection, "writer")
    last = connection.execute(
        "SELECT wseq, hash FROM events WHERE writer = ? ORDER BY wseq DESC LIMIT 1", [writer]
    ).fetchone()
    wseq, prev = last or (0, GENESIS)
    added: list[Event] = []
    for number, draft in enumerate(drafts, start=wseq + 1):
        event = _sealed(draft, writer, wseq=number, prev=prev)
        connection.execute(f"INSERT INTO events ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?,?)", _row(event))
        prev = event.hash
        added.append(event)
    return added


def _sealed(draft: Draft, writer: str, *, wseq: int, prev: str) -> Event:
    """The id is minted from the clock: `time` is only claimed, and a clock that ran backwards shows in the ids."""
    ident, time = event_id(datetime.now(UTC)), parse_stamp(stamp(draft.time))
    facts = json.loads(canonical(draft.data))
    unsealed = Event(ident, writer, wseq, draft.type, draft.subject, time, facts, prev, "", writer)
    return replace(unsealed, hash=link(unsealed))


def _row(event: Event) -> list[str | int]:
    head: list[str | int] = [event.id, event.source, event.wseq, event.type, event.subject, stamp(event.time)]
    return [*head, canonical(event.data), event.prev, event.hash, event.writer]


def _event(row: tuple[str, str, int | None, str, str, str, str, str | None, str | None, str | None]) -> Event:
    ident, source, wseq, kind, subject, time, text, prev, digest, writer = row
    try:
        facts, place = json.loads(text), int(wseq or 0)
        return Event(
            ident, str(source), place, kind, subject, parse_stamp(time), facts, prev or "", digest or "", writer or ""
        )
    except (TypeError, ValueError) as error:
        raise LedgerError(
            f"the ledger is damaged: writer {writer}, event {wseq}: {error}",
            hint="keep a copy of the file, then bring back a backup",
        ) from error
