"""The order in which events were written, however they came together: chains keep their own, clocks weave them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from goldenpath.core.events import Event

_NOTICED_S = 60.0
"""Clocks are corrected by seconds all the time, and what waited in the spool comes a moment late."""


@dataclass(frozen=True, slots=True)
class Backwards:
    """A writer's event whose clock was behind that of the event before it, by `seconds`."""

    writer: str
    number: int
    seconds: float


def in_order(history: Iterable[Event]) -> list[Event]:
    """Events as they were written: those of a chain by number, chains woven by the clock, which never runs backwards.

    The same set gives the same order, whatever came first.
    """
    keyed: list[tuple[float, str, int, str, Event]] = []
    writer, latest = "", 0.0
    for event in sorted(history, key=lambda event: (event.writer, event.wseq, event.hash, event.source, event.id)):
        if event.writer != writer or not writer:
            writer, latest = event.writer, 0.0
        latest = max(latest, written_at(event).timestamp())
        keyed.append((latest, event.writer, event.wseq, event.id, event))
    return [entry[-1] for entry in sorted(keyed, key=lambda entry: entry[:-1])]


def written_at(event: Event) -> datetime:
    """When it was written, by its writer's clock (RFC 9562, section 5.7); an event of others: when it happened."""
    try:
        is_ours = event.id[14] == "7" and (event.writer or not event.source)
        return datetime.fromtimestamp(int(event.id[:8] + event.id[9:13], 16) / 1000, UTC) if is_ours else event.time
    except (ValueError, IndexError, OverflowError, OSError):
        return event.time


def backwards(history: Iterable[Event]) -> list[Backwards]:
    """Where a clock ran backwards by more than a minute between two events of a chain.

    The clock before is that of the event that it follows from; where that is not in the history, of the earliest of
    the next lower number: two branches of a fork were written by two clocks.
    """
    found: list[Backwards] = []
    chained = sorted((event for event in history if event.writer), key=lambda event: (event.writer, event.wseq))
    clocks = {event.hash: written_at(event) for event in chained}
    for writer, chain in groupby(chained, key=lambda event: event.writer):
        lower: datetime | None = None
        for number, level in groupby(chain, key=lambda event: event.wseq):
            events = list(level)
            spans = sorted(_backwards_by(event, clocks, lower) for event in events)
            found += [Backwards(writer, number, seconds) for seconds in spans if seconds > _NOTICED_S]
            lower = min(written_at(event) for event in events)
    return found


def _backwards_by(event: Event, clocks: Mapping[str, datetime], lower: datetime | None) -> float:
    before = clocks.get(event.prev, lower)
    return (before - written_at(event)).total_seconds() if before else 0.0
