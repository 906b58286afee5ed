"""Milestones: moments that an engineer reaches once, as a fold over the ledger's events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.outcomes import Evidence, evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from goldenpath.core.events import Event

OF_PULL_REQUESTS = frozenset({"first-pr-opened", "first-pr-merged", "tenth-pr-merged"})
"""Milestones that the forge knows best: it has the moment itself, a step only sees it later."""

_RANK = {kind: rank for rank, kind in enumerate(Evidence)}

_FROM_EVENT: Mapping[str, tuple[tuple[str, Evidence], ...]] = {
    ev.PATH_STARTED: (("started", Evidence.VERIFIED),),
    ev.REPOSITORY_CREATED: (("started", Evidence.VERIFIED), ("project-created", Evidence.VERIFIED)),
    ev.CHANGE_CREATED: (("first-pr-opened", Evidence.FORGE),),
    ev.SERVICE_DEPLOYED: (("first-deploy", Evidence.VERIFIED),),
    ev.PATH_COMPLETED: (("path-completed", Evidence.VERIFIED),),
}


@dataclass(frozen=True, slots=True)
class Reached:
    """A milestone that was reached: when, in which project (or none), and how that was learned."""

    milestone: str
    at: datetime
    learned: Evidence
    project: str = ""
    url: str = ""


def reached(history: Iterable[Event], engineer: str) -> dict[str, Reached]:
    """The milestones of one engineer, in the order of `MILESTONES`.

    A better source supersedes a worse one; of equal sources the earliest moment counts.
    """
    mine = [event for event in history if event.data.get("engineer") == engineer]
    best: dict[str, Reached] = {}
    for claim in (*_claims(mine), *_merges(mine)):
        known = best.get(claim.milestone)
        if known is None or _order(claim) < _order(known):
            best[claim.milestone] = claim
    return {name: best[name] for name in MILESTONES if name in best}


def _order(claim: Reached) -> tuple[int, datetime, str, str]:
    is_first_hand = claim.learned is Evidence.FORGE and claim.milestone in OF_PULL_REQUESTS
    return (-1 if is_first_hand else _RANK[claim.learned], claim.at, claim.project, claim.url)


def _claims(history: Iterable[Event]) -> Iterator[Reached]:
    for event in history:
        project = str(event.data.get("project", ""))
        for name, learned in _FROM_EVENT.get(event.type, ()):
            yield Reached(name, event.time, evidence(event.data.get("learned", learned)), project)
        named = str(event.data.get("milestone") or "")
        if named in MILESTONES and event.type in {ev.STEP_COMPLETED, ev.MILESTONE_RECORDED}:
            learned = evidence(event.data.get("learned"))
            yield Reached(named, event.time, learned, project, str(event.data.get("url", "")))


def _merges(history: Iterable[Event]) -> Iterator[Reached]:
    first: dict[tuple[str, ...], Event] = {}
    for event in history:
        if event.type == ev.CHANGE_MERGED:
            known = first.setdefault(_pull_request(event), event)
            first[_pull_request(event)] = min(known, event, key=lambda each: each.time)
    merged = sorted(first.values(), key=lambda event: (event.time, _pull_request(event)))
    for count, name in ((1, "first-pr-merged"), (10, "tenth-pr-merged")):
        if len(merged) >= count:
            event = merged[count - 1]
            yield Reached(name, event.time, Evidence.FORGE, str(event.data.get("project", "")))


def _pull_request(event: Event) -> tuple[str, ...]:
    """What one pull request is known by, however often it was recorded; one without a number by its event."""
    number = event.data.get("number")
    if number is None:
        return (event.source, event.id)
    return (str(event.data.get("project")), str(event.data.get("forge")), str(number))
