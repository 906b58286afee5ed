"""Go to a step: move the pointer, nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.flows.examining import about

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.model import Step
    from goldenpath.flows.open_walk import Walk


def goto_step(ledger: Ledger, walk: Walk, wanted: str, now: datetime) -> Step:
    """The step that the pointer is on now. Raises UsageError when the path has no such step."""
    step = walk.step(wanted)
    if walk.progress.current != step.id:
        data = {**about(walk), "step": step.id}
        ledger.append([ev.Draft(ev.STEP_CHOSEN, walk.project.id, now, data)])
    return step
