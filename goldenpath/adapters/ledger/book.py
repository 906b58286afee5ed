"""Reading and appending. One chain of hashes per writer, one immediate transaction per append."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger import rows
from goldenpath.adapters.ledger.opening import reading, transaction, writing
from goldenpath.adapters.ledger.schema import BUSY_S
from goldenpath.core.events import GENESIS, Draft, Event, canonical, link
from goldenpath.core.identifiers import event_id, mint
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from goldenpath.core.model import Person


class Ledger:
    """The events of one file. A file that is not there yet is empty, and is made by the first append.

    Every method raises LedgerError when the file is damaged, locked, newer or not a ledger, and a writing one when it
    is a link or open to others.
    """

    def __init__(self, path: Path, patience_s: float = BUSY_S) -> None:
        self.path = path
        self.patience_s = patience_s

    def events(self, subject: str | None = None) -> list[Event]:
        """All events, or those about one subject, in the order in which they came into this file."""
        with self.reading() as connection:
            if connection is None:
                return []
            return list(rows.select(connection, "subject = ?", [subject]) if subject else rows.select(connection))

    def events_of(self, engineer: str) -> list[Event]:
        """The events about one engineer."""
        with self.reading() as connection:
            if connection is None or not engineer:
                return []
            found = rows.select(connection, "instr(data, ?)", [canonical(engineer)])
            return [event for event in found if event.data.get("engineer") == engineer]

    def pages(self) -> Iterator[list[Event]]:
        """The events that are there now, in order, some at a time: who writes never waits for a long reader."""
        with self.reading() as connection:
            last = connection.execute("SELECT max(seq) FROM events").fetchone()[0] if connection else None
        after, until = 0, last or 0
        while after < until:
            with self.reading() as connection:
                events, after = rows.page(connection, after, until) if connection else ([], until)
            yield events

    def append(self, drafts: Sequence[Draft]) -> list[Event]:
        """The events as they were appended: all of them or, when it raises, none."""
        with self.writing() as connection, transaction(connection):
            return add(connection, drafts)

    def append_once(self, subject: str, build: Callable[[Sequence[Event]], Sequence[Draft]]) -> list[Event]:
        """Append what `build` makes of the subject's events, and nobody else appends in between.

        The ledger is locked while `build` runs: it looks at what it is given, and at the ledger in no other way.
        """
        with self.writing() as connection, transaction(connection):
            return add(connection, build(list(rows.select(connection, "subject = ?", [subject]))))

    def engineer(self) -> str:
        """The id of the engineer whom this ledger is about; minted when it is first asked for."""
        known = self.known_engineer()
        if known:
            return known
        with self.writing() as connection, transaction(connection):
            return _identity(connection, "engineer")

    def known_engineer(self) -> str:
        """The same without minting one: empty when nothing was recorded yet."""
        return self._known("engineer")

    def known_writer(self) -> str:
        """The id under which this ledger writes: empty before the first event, and when the next gets a new one."""
        return self._known("writer")

    def remember(self, person: Person, engineer: str = "") -> None:
        """Keep a name and an address, apart from the events: of the engineer with that id, or of the ledger's own."""
        with self.writing() as connection, transaction(connection):
            engineer = engineer or _identity(connection, "engineer")
            for kind, value in (("name", person.name), ("email", person.email)):
                connection.execute("INSERT OR IGNORE INTO people VALUES (?, ?, ?)", [engineer, kind, value])

    def people(self) -> dict[str, list[tuple[str, str]]]:
        """Names and addresses as (kind, value), by engineer's id."""
        found: dict[str, list[tuple[str, str]]] = {}
        with self.reading() as connection:
            query = "SELECT * FROM people ORDER BY engineer, kind DESC, value"
            for engineer, kind, value in connection.execute(query) if connection else ():
                found.setdefault(engineer, []).append((kind, value))
        return found

    def reading(self) -> AbstractContextManager[sqlite3.Connection | None]:
        """A connection that can't write, or None when there is no file yet."""
        return reading(self.path, self.patience_s)

    def writing(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection that can write; the file is made when there is none."""
        return writing(self.path, self.patience_s)

    def _known(self, kind: str) -> str:
        with self.reading() as connection:
            return _known_identity(connection, kind) if connection else ""


def add(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> list[Event]:
    """Append to this ledger's own chain, inside a transaction."""
    if not drafts:
        return []
    writer, engineer = _identity(connection, "writer"), _identity(connection, "engineer")
    last = connection.execute(
        "SELECT wseq, hash FROM events WHERE writer = ? ORDER BY wseq DESC LIMIT 1", [writer]
    ).fetchone()
    wseq, prev = last or (0, GENESIS)
    added: list[Event] = []
    for number, draft in enumerate(drafts, start=wseq + 1):
        event = _sealed(draft.of(engineer), writer, wseq=number, prev=prev)
        rows.insert(connection, event)
        prev = event.hash
        added.append(event)
    return added


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


def _sealed(draft: Draft, writer: str, *, wseq: int, prev: str) -> Event:
    """The id is minted from the clock: `time` is only claimed, and a clock that ran backwards shows in the ids."""
    ident, time = draft.id or event_id(datetime.now(UTC)), parse_stamp(stamp(draft.time))
    facts = json.loads(canonical(draft.data))
    unsealed = Event(ident, writer, wseq, draft.type, draft.subject, time, facts, prev, "", writer)
    return replace(unsealed, hash=link(unsealed))
