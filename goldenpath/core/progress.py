"""Progress along a path: a fold over the ledger's events of one project. Nothing here is ever stored."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.order import in_order
from goldenpath.core.outcomes import Evidence, StepStatus, evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from goldenpath.core.events import Event


@dataclass(frozen=True, slots=True)
class StepProgress:
    """What happened with one step. `is_regressed` says that it was done once and a lasting check failed since."""

    status: StepStatus = StepStatus.OPEN
    done_at: datetime | None = None
    attempts: int = 0
    hints_shown: int = 0
    is_solution_shown: bool = False
    is_regressed: bool = False
    learned: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an engineer is on a path. `current` is None when no step is open and none was chosen."""

    steps: Mapping[str, StepProgress]
    current: str | None
    started_at: datetime | None
    last_at: datetime | None
    is_completed: bool = field(default=False)

    @property
    def open_steps(self) -> tuple[str, ...]:
        """Ids of the steps that are neither done nor skipped, in the path's order."""
        return tuple(name for name, step in self.steps.items() if step.status is StepStatus.OPEN)

    @property
    def is_over(self) -> bool:
        """No step is open any more."""
        return not self.open_steps


def _completed(step: StepProgress, event: Event) -> StepProgress:
    if step.status is StepStatus.DONE:
        return step
    return replace(
        step,
        status=StepStatus.DONE,
        done_at=event.time,
        attempts=step.attempts + 1,
        is_regressed=False,
        learned=evidence(event.data.get("learned")),
    )


def _reopened(step: StepProgress, _event: Event) -> StepProgress:
    return replace(step, status=StepStatus.OPEN, done_at=None, is_regressed=True)


def _skipped(step: StepProgress, _event: Event) -> StepProgress:
    return replace(step, status=StepStatus.SKIPPED)


def _checked(step: StepProgress, _event: Event) -> StepProgress:
    return replace(step, attempts=step.attempts + 1)


def _hinted(step: StepProgress, _event: Event) -> StepProgress:
    return replace(step, hints_shown=step.hints_shown + 1)


def _solved(step: StepProgress, _event: Event) -> StepProgress:
    return replace(step, is_solution_shown=True)


_CHANGES: Mapping[str, Callable[[StepProgress, Event], StepProgress]] = {
    ev.STEP_COMPLETED: _completed,
    ev.STEP_REOPENED: _reopened,
    ev.STEP_SKIPPED: _skipped,
    ev.STEP_CHECKED: _checked,
    ev.HINT_SHOWN: _hinted,
    ev.SOLUTION_SHOWN: _solved,
    ev.SOLUTION_APPLIED: _solved,
}

_LEAVES_STEP = frozenset({ev.STEP_COMPLETED, ev.STEP_SKIPPED})


def fold(step_ids: Sequence[str], history: Iterable[Event]) -> Progress:
    """Where the events of one project, in whatever order they came, leave it on a path with these steps."""
    steps = {step: StepProgress() for step in step_ids}
    chosen: str | None = None
    started_at: datetime | None = None
    last_at: datetime | None = None
    is_completed = False
    for event in in_order(history):
        started_at = started_at or event.time
        last_at = event.time
        is_completed = is_completed or event.type == ev.PATH_COMPLETED
        step = str(event.data.get("step", ""))
        if event.type == ev.STEP_CHOSEN and not step:
            chosen = None
        if step not in steps:
            continue
        if event.type in _CHANGES:
            steps[step] = _CHANGES[event.type](steps[step], event)
        if event.type == ev.STEP_CHOSEN:
            chosen = step
        elif event.type in _LEAVES_STEP and chosen == step:
            chosen = None
    current = chosen or next((name for name, step in steps.items() if step.status is StepStatus.OPEN), None)
    return Progress(steps, current, started_at, last_at, is_completed)
