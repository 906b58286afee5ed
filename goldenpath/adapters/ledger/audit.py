"""Verifying: SQLite's own integrity check, then every writer's chain from its first event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger import rows
from goldenpath.core.chains import Chains
from goldenpath.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.events import Event


@dataclass(frozen=True, slots=True)
class Audit:
    """What verifying found: how many events, where each writer's chain ends, each problem with its writer and number.

    `unchained` events are of others who keep no chain: nothing proves them.
    """

    events: int
    unchained: int
    heads: dict[str, str]
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def audit(ledger: Ledger) -> Audit:
    """The state of a whole ledger. Raises LedgerError when it can't be read at all."""
    damage, unchained = _damage(ledger)
    chains = Chains()
    try:
        for event in _by_place(ledger):
            chains.follow(event)
    except LedgerError as error:
        if not damage:
            raise
        return Audit(0, 0, {}, (*damage, *chains.problems, error.message))
    return Audit(chains.events + unchained, unchained, chains.heads, (*damage, *chains.problems))


def _damage(ledger: Ledger) -> tuple[list[str], int]:
    with ledger.reading() as connection:
        if connection is None:
            return [], 0
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        if found:
            return found, 0
        return [], connection.execute("SELECT count(*) FROM events WHERE writer IS NULL").fetchone()[0]


def _by_place(ledger: Ledger) -> Iterator[Event]:
    after = ("", 0, 0)
    while True:
        with ledger.reading() as connection:
            events, after = rows.chain_page(connection, after) if connection else ([], after)
        if not events:
            return
        yield from events
