"""Tell the events of the ledger that somebody asks for, in the order in which they were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.errors import UsageError
from goldenpath.core.order import in_order
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.events import Event


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events: since when, of which type (`step.completed`, or all that begin with `step`), of which project."""

    since: datetime | None = None
    type: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """Events, and the names of the projects that they are about, by id."""

    events: tuple[Event, ...]
    names: Mapping[str, str]


def tell_log(ledger: Ledger, wanted: Wanted) -> Log:
    """The events that are wanted. Raises UsageError for a type or a project of which there is none."""
    history = in_order(ledger.events())
    names = _names(history)
    types = _types(wanted.type, history) if wanted.type else frozenset[str]()
    projects = _projects(wanted.project, names, history) if wanted.project else frozenset[str]()
    found = [
        event
        for event in history
        if (not types or event.type in types)
        and (not projects or event.subject in projects)
        and (wanted.since is None or event.time >= wanted.since)
    ]
    return Log(tuple(found), names)


def _names(history: Iterable[Event]) -> dict[str, str]:
    """What the projects were called when they were made."""
    made = (event for event in history if event.type == ev.REPOSITORY_CREATED)
    return {event.subject: str(event.data.get("name") or event.subject) for event in made}


def _types(wanted: str, history: Sequence[Event]) -> frozenset[str]:
    known = {*ev.EVENT_TYPES, *(event.type for event in history)}
    found = {each for each in known if each == wanted or f"{ev.short_type(each)}.".startswith(f"{wanted}.")}
    if not found:
        raise UsageError(
            f"no event is of type `{wanted}`", hint=did_you_mean(wanted, sorted(map(ev.short_type, known)))
        )
    return frozenset(found)


def _projects(wanted: str, names: Mapping[str, str], history: Sequence[Event]) -> frozenset[str]:
    known = {event.subject for event in history}
    found = {each for each in known if each == wanted or names.get(each) == wanted}
    if not found:
        named = sorted({*names.values()})
        raise UsageError(f"no event is about a project `{wanted}`", hint=did_you_mean(wanted, named))
    return frozenset(found)
