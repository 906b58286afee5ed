"""Verifying: SQLite's own integrity check, then every writer's chain from its first event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.opening import reading
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import GENESIS, Event, link

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goldenpath.adapters.ledger.book import Ledger


@dataclass(frozen=True, slots=True)
class Audit:
    """What verifying found: how many events of how many writers, and each problem with its writer and number."""

    events: int
    heads: dict[str, str]
    problems: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def audit(ledger: Ledger) -> Audit:
    """The state of a whole ledger. Raises LedgerError when it can't be read at all."""
    damage = _damage(ledger)
    try:
        events = ledger.events()
    except LedgerError:
        if not damage:
            raise
        return Audit(0, {}, tuple(damage))
    heads, problems = _walk(events)
    return Audit(len(events), heads, (*damage, *problems))


def _damage(ledger: Ledger) -> list[str]:
    with reading(ledger.path) as connection:
        rows = connection.execute("PRAGMA integrity_check").fetchall() if connection else []
    return [str(row[0]) for row in rows if row[0] != "ok"]


def _walk(events: Iterable[Event]) -> tuple[dict[str, str], list[str]]:
    heads: dict[str, str] = {}
    counts: dict[str, int] = {}
    problems: list[str] = []
    chained = (event for event in events if event.writer)
    for event in sorted(chained, key=lambda item: (item.writer, item.wseq)):
        name = f"writer {event.writer}, event {event.wseq}"
        expected = counts.get(event.writer, 0) + 1
        if event.wseq != expected:
            problems.append(f"{name}: a gap, {expected} is missing")
        elif event.prev != heads.get(event.writer, GENESIS):
            problems.append(f"{name}: does not follow from the event before it")
        if event.hash != link(event):
            problems.append(f"{name}: was changed after it was written")
        counts[event.writer], heads[event.writer] = event.wseq, event.hash
    return heads, problems
