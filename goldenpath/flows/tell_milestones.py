"""Tell which milestones are reached, and record one that somebody says was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.errors import UsageError
from goldenpath.core.milestones import MILESTONES, Reached, reached
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger import Ledger
    from goldenpath.core.model import Evidence


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone; what follows `meaning` is None until it is reached. `after_s` counts from `started`."""

    milestone: str
    meaning: str
    at: datetime | None
    after_s: float | None
    learned: Evidence | None
    url: str


def tell_milestones(ledger: Ledger) -> list[MilestoneLine]:
    """Every milestone of this ledger's engineer, in order."""
    known = reached(ledger.events(), ledger.known_engineer())
    return [_line(name, known) for name in MILESTONES]


def _line(name: str, known: dict[str, Reached]) -> MilestoneLine:
    here = known.get(name)
    if here is None:
        return MilestoneLine(name, MILESTONES[name], None, None, None, "")
    start = known.get("started")
    after = max(0.0, (here.at - start.at).total_seconds()) if start else None
    return MilestoneLine(name, MILESTONES[name], here.at, after, here.learned, here.url)


def record_milestone(ledger: Ledger, name: str, *, at: datetime, url: str, project: str) -> ev.Event:
    """The event that says so. Raises UsageError for an unknown milestone."""
    if name not in MILESTONES:
        raise UsageError(f"there is no milestone `{name}`", hint=did_you_mean(name, MILESTONES))
    facts = {"engineer": ledger.engineer(), "project": project, "milestone": name, "learned": "said", "url": url}
    return ledger.append([ev.Draft.about(ev.MILESTONE_RECORDED, at, facts)])[0]
