"""Record a milestone that somebody says was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.errors import UsageError
from goldenpath.core.milestone_names import MILESTONES

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger


def record_milestone(ledger: Ledger, name: str, *, at: datetime, url: str, project: str) -> ev.Event:
    """The event that says so. Raises UsageError for an unknown milestone."""
    if name not in MILESTONES:
        from goldenpath.core.suggest import did_you_mean

        raise UsageError(f"there is no milestone `{name}`", hint=did_you_mean(name, MILESTONES))
    facts = {"project": project, "milestone": name, "learned": "said", "url": url}
    return ledger.append([ev.Draft.about(ev.MILESTONE_RECORDED, at, facts)])[0]
