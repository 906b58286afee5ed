"""Give a hint: one more each time, from a nudge to nearly the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.flows.examining import about

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.flows.open_walk import Walk


@dataclass(frozen=True, slots=True)
class Hint:
    """The hints of a step that were given so far, the newest last; `of` is how many there are."""

    step: str
    given: tuple[str, ...]
    of: int

    @property
    def is_last(self) -> bool:
        """No further hint follows."""
        return len(self.given) == self.of


def give_hint(ledger: Ledger, walk: Walk, now: datetime) -> Hint:
    """The next hint of the current step; it is counted. When all were given, all of them again, and none counted."""
    step = walk.step()
    before = min(walk.progress.steps[step.id].hints_shown, len(step.hints))
    if before < len(step.hints):
        data = {**about(walk), "step": step.id, "hint": before + 1}
        ledger.append([ev.Draft(ev.HINT_SHOWN, walk.project.id, now, data)])
    return Hint(step.id, step.hints[: before + 1], len(step.hints))
