"""Tell where an engineer is: every step, what is next, and how long so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.outcomes import StepStatus
from goldenpath.flows.tell_news import tell_news
from goldenpath.flows.unfinished_update import title_near

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.settings import Settings
    from goldenpath.flows.open_walk import Walk
    from goldenpath.flows.tell_news import News


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step in the overview. `minutes` is how long it is meant to take."""

    number: int
    id: str
    title: str
    status: StepStatus
    minutes: int
    is_current: bool
    is_regressed: bool
    attempts: int
    hints_shown: int
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """Where an engineer is. `elapsed_s` runs from the start to now, or to the last event once the path is over.

    `unfinished` is what an update is called that is not committed; empty when there is none.
    """

    project: str
    root: str
    path: str
    title: str
    version: str
    support: str
    steps: tuple[StepLine, ...]
    current: str
    done: int
    started_at: datetime | None
    elapsed_s: float
    minutes_left: int
    minutes_skipped: int
    newer: News | None
    unfinished: str


def tell_status(settings: Settings, walk: Walk, now: datetime) -> Status:
    """The state of a walk."""
    progress = walk.progress
    lines = tuple(
        StepLine(
            number=number,
            id=step.id,
            title=step.title,
            status=progress.steps[step.id].status,
            minutes=step.minutes,
            is_current=step.id == progress.current,
            is_regressed=progress.steps[step.id].is_regressed,
            attempts=progress.steps[step.id].attempts,
            hints_shown=progress.steps[step.id].hints_shown,
            done_at=progress.steps[step.id].done_at,
        )
        for number, step in enumerate(walk.steps, start=1)
    )
    until = progress.last_at if progress.is_over and progress.last_at else now
    elapsed = (until - progress.started_at).total_seconds() if progress.started_at else 0.0
    return Status(
        project=walk.project.id,
        root=str(walk.project.root),
        path=walk.path.id,
        title=walk.path.title,
        version=walk.template.version,
        support=walk.path.support,
        steps=lines,
        current=progress.current or "",
        done=sum(line.status is StepStatus.DONE for line in lines),
        started_at=progress.started_at,
        elapsed_s=max(0.0, elapsed),
        minutes_left=sum(line.minutes for line in lines if line.status is StepStatus.OPEN or line.is_current),
        minutes_skipped=sum(
            line.minutes for line in lines if line.status is StepStatus.SKIPPED and not line.is_current
        ),
        newer=tell_news(settings, walk),
        unfinished=title_near(walk.project.root),
    )
