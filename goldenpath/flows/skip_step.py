"""Skip the current step. It stays open to come back to with `goto`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.errors import UsageError
from goldenpath.core.outcomes import StepStatus
from goldenpath.flows.examining import about

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.flows.open_walk import Walk


def skip_step(ledger: Ledger, walk: Walk, now: datetime) -> str:
    """The id of the step that was skipped. Raises UsageError when the current step is done."""
    step = walk.step()
    if walk.progress.steps[step.id].status is StepStatus.DONE:
        raise UsageError(f"step `{step.id}` is done, there is nothing to skip", hint="go on: goldenpath next")
    data = {**about(walk), "step": step.id}
    ledger.append([ev.Draft(ev.STEP_SKIPPED, walk.project.id, now, data)])
    return step.id
