"""Taking in events of other ledgers: a union, whatever comes first and however often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger import rows
from goldenpath.adapters.ledger.opening import transaction
from goldenpath.core.events import link

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.events import Event

_FORKS = """
SELECT writer, min(wseq) FROM (
  SELECT writer, wseq FROM events WHERE writer IS NOT NULL GROUP BY writer, wseq HAVING count(*) > 1
) GROUP BY writer ORDER BY writer
"""


@dataclass(frozen=True, slots=True)
class Fork:
    """A writer of whom there are two different events of one number, from `number` on."""

    writer: str
    number: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some events: how many are new, how many were there, where those stand that have another's id."""

    new: int
    known: int
    refused: tuple[int, ...]


def take(ledger: Ledger, events: Sequence[Event]) -> Taken:
    """Add events whose hashes hold, in one transaction. Raises LedgerError.

    An id that is known with other content is refused, of a fork both branches are kept. Who finds new events of its own
    writer's is a clone or has one, and writes under a new id from now on.
    """
    if not events:
        return Taken(0, 0, ())
    new, known, refused, writers = 0, 0, [], set[str]()
    with ledger.writing() as connection, transaction(connection):
        hashes = rows.known_hashes(connection, [event.hash for event in events if event.hash])
        for place, event in enumerate(events):
            if event.hash in hashes:
                known += 1
                continue
            there = _same(connection, event)
            if there is None:
                rows.insert(connection, event)
                new += 1
                writers.add(event.writer)
            elif _is_equal(event, there):
                known += 1
            else:
                refused.append(place)
        for writer in writers:
            connection.execute("DELETE FROM identity WHERE kind = 'writer' AND value = ?", [writer])
    return Taken(new, known, tuple(refused))


def forks(ledger: Ledger) -> list[Fork]:
    """Every writer's first fork."""
    with ledger.reading() as connection:
        return [Fork(*row) for row in connection.execute(_FORKS)] if connection else []


def missing(ledger: Ledger, events: Iterable[Event]) -> list[tuple[Event, int]]:
    """The first event of each chain that the ledger lacks, with the chain's highest number here; every one in none."""
    with ledger.reading() as connection:
        first: dict[tuple[str, str], Event] = {}
        for event in events:
            chain = (event.writer, "" if event.writer else f"{event.source} {event.id}")
            known = first.get(chain)
            if (known is None or event.wseq < known.wseq) and not (connection and _has(connection, event)):
                first[chain] = event
        return [(event, _highest(connection, event.writer) if connection else 0) for event in first.values()]


def _has(connection: sqlite3.Connection, event: Event) -> bool:
    there = _same(connection, event)
    return there is not None and _is_equal(event, there)


def _highest(connection: sqlite3.Connection, writer: str) -> int:
    found = connection.execute("SELECT coalesce(max(wseq), 0) FROM events WHERE writer = ?", [writer]).fetchone()
    return int(found[0])


def _same(connection: sqlite3.Connection, event: Event) -> Event | None:
    return next(rows.select(connection, "source = ? AND id = ?", [event.source, event.id]), None)


def _is_equal(event: Event, there: Event) -> bool:
    """By hash, or by what it would be: to Python `true` is 1."""
    return (event.hash or link(event)) == (there.hash or link(there))
