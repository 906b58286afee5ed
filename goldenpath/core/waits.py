"""Waits for pull requests, as a fold over the ledger's events: from an engineer's start to the N-th merge."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from goldenpath.core import events as ev
from goldenpath.core.survival import Wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from typing import TypeVar

    from goldenpath.core.model import Json

    Key = TypeVar("Key")

STARTS = frozenset({ev.PATH_STARTED, ev.REPOSITORY_CREATED})
"""The types of events that say that somebody started."""
MAY_NAME_IT = frozenset({ev.STEP_COMPLETED, ev.MILESTONE_RECORDED})
"""The types that say so when they name the milestone `started`."""
_SECONDS_A_DAY = 86_400.0

PullKey = tuple[object, ...]


class Told(Protocol):
    """What is needed of an event: an Event has it, and so has an extract that is faster to read."""

    @property
    def source(self) -> str:
        """The writer."""

    @property
    def id(self) -> str:
        """The event's own id."""

    @property
    def type(self) -> str:
        """What happened."""

    @property
    def time(self) -> datetime:
        """When."""

    @property
    def data(self) -> Mapping[str, Json]:
        """To whom, and where."""


@dataclass(frozen=True, slots=True)
class Onboarding:
    """What the ledger knew at `as_of`: when each engineer started, and when each of their pull requests was merged."""

    as_of: datetime
    starts: Mapping[str, datetime]
    merges: Mapping[str, Mapping[PullKey, datetime]]

    @property
    def without_start(self) -> int:
        """Engineers of whom a merge is known and no start."""
        return sum(engineer not in self.starts for engineer in self.merges)


@dataclass(frozen=True, slots=True)
class Waits:
    """One wait for each engineer, and how many have none because they merged `before_start`."""

    waits: list[Wait] = field(default_factory=list)
    before_start: int = 0


def read_onboarding(history: Iterable[Told], as_of: datetime, *, with_tutorial: bool) -> Onboarding:
    """All engineers of these events, in whatever order they come, however often; what came after `as_of` is not seen.

    The earliest claim to have started counts, however it was learned. Pull requests of tutorials are left out unless
    asked for; one that several events tell of counts once, at its earliest merge.
    """
    starts: dict[str, datetime] = {}
    merges: dict[str, dict[PullKey, datetime]] = defaultdict(dict)
    for event in history:
        time, engineer = event.time, event.data.get("engineer")
        if not isinstance(engineer, str) or not engineer or time > as_of:
            continue
        if event.type == ev.CHANGE_MERGED:
            mine = merges[engineer]
            if with_tutorial or event.data.get("tutorial") is not True:
                _keep_earliest(mine, _pull(event), time)
        elif is_start(event):
            _keep_earliest(starts, engineer, time)
    return Onboarding(as_of, starts, merges)


def waits_for(known: Onboarding, count: int) -> Waits:
    """How long each engineer with a start took to have `count` pull requests merged, by merge time, or has waited.

    Who had one merged before the start was not new then: counted apart, and no time is negative.
    """
    waits: list[Wait] = []
    before_start = 0
    for engineer, start in known.starts.items():
        merged = sorted(known.merges.get(engineer, {}).values())
        if merged and merged[0] < start:
            before_start += 1
            continue
        is_over = len(merged) >= count
        end = merged[count - 1] if is_over else known.as_of
        waits.append(Wait((end - start).total_seconds() / _SECONDS_A_DAY, is_over))
    return Waits(waits, before_start)


def is_start(event: Told) -> bool:
    """Whether the event claims that its engineer started, as `core.milestones` reads it."""
    return event.type in STARTS or (event.type in MAY_NAME_IT and event.data.get("milestone") == "started")


def _keep_earliest(known: dict[Key, datetime], key: Key, time: datetime) -> None:
    before = known.get(key)
    if before is None or time < before:
        known[key] = time


def _pull(event: Told) -> PullKey:
    """What one pull request is known by: its number in its project, else the event that tells of it."""
    data = event.data
    project, number = data.get("project"), data.get("number")
    if not isinstance(project, str) or not project or not isinstance(number, int):
        return (event.source, event.id)
    return (project, str(data.get("forge")), number)
