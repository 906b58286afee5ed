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
        and (not projects or not projects.isdisjoint(_about(event)))
        and (wanted.since is None or event.time >= wanted.since)
    ]
    return Log(tuple(found), names)


def type_name(event_type: str) -> str:
    """What a person types for a type of event: `step.completed`; of others, whose types have other forms, the whole."""
    return ev.short_type(event_type) or event_type


def _names(history: Iterable[Event]) -> dict[str, str]:
    """What the projects were called when they were made."""
    made = (event for event in history if event.type == ev.REPOSITORY_CREATED)
    return {event.subject: str(event.data.get("name") or event.subject) for event in made}


def _types(wanted: str, history: Sequence[Event]) -> frozenset[str]:
    known = {*ev.EVENT_TYPES, *(event.type for event in history)}
    found = {each for each in known if each == wanted or f"{type_name(each)}.".startswith(f"{wanted}.")}
    if not found:
        names = {type_name(each) for each in known}
        near = did_you_mean(wanted, names | {name.split(".")[0] for name in names})
        raise UsageError(f"no event is of type `{wanted}`", hint=near)
    return frozenset(found)


def _about(event: Event) -> set[str]:
    """The projects that an event is about; one of others has what they like for a subject, and a project beside it."""
    named = (event.subject, event.data.get("project"))
    return {each for each in named if isinstance(each, str) and each not in {"", event.data.get("engineer")}}


def _projects(wanted: str, names: Mapping[str, str], history: Sequence[Event]) -> frozenset[str]:
    known = {ident for event in history for ident in _about(event)}
    found = {each for each in known if wanted in {each, names.get(each)}}
    if not found:
        named = {names.get(each, each) for each in known}
        raise UsageError(f"no event is about a project `{wanted}`", hint=did_you_mean(wanted, named))
    return frozenset(found)
