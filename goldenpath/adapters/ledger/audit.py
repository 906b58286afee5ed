"""Verifying: SQLite's own integrity check, then every writer's chain from its first event."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    if not ledger.path.exists():
        return Audit(0, {}, ())
    try:
        with contextlib.closing(sqlite3.connect(f"{ledger.path.as_uri()}?mode=ro", uri=True)) as connection:
            damage = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
    except sqlite3.Error as error:
        raise LedgerError(
            f"the ledger {ledger.path}: {error}",
            hint=f"keep a copy, then move it away: mv '{ledger.path}' elsewhere",
        ) from error
    try:
        events = ledger.events()
    except LedgerError:
        if not damage:
            raise
        return Audit(0, {}, tuple(damage))
    heads, problems = _walk(events)
    return Audit(len(events), heads, (*damage, *problems))


def _walk(events: Iterable[Event]) -> tuple[dict[str, str], list[str]]:
    heads: dict[str, str] = {}
    counts: dict[str, int] = {}
    problems: list[str] = []
    for event in sorted(events, key=lambda item: (item.source, item.wseq)):
        name = f"writer {event.source}, event {event.wseq}"
        expected = counts.get(event.source, 0) + 1
        if event.wseq != expected:
            problems.append(f"{name}: a gap, {expected} is missing")
        elif event.prev != heads.get(event.source, GENESIS):
            problems.append(f"{name}: does not follow from the event before it")
        if event.hash != link(event):
            problems.append(f"{name}: was changed after it was written")
        counts[event.source], heads[event.source] = event.wseq, event.hash
    return heads, problems
