"""Look back in a proof: what earlier steps claim for good still holds in each state that a later one brings about."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldenpath.adapters.processes import running
from goldenpath.adapters.production.supervisor import left_running
from goldenpath.core.outcomes import Outcome
from goldenpath.core.proving import Proof
from goldenpath.flows import prove_acts as acts
from goldenpath.flows import prove_faults as faults
from goldenpath.flows.examining import lasting
from goldenpath.flows.trace_folder import Contents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.core.model import Step
    from goldenpath.flows.prove_path import Attempt


@dataclass
class Past:
    """The state in which all earlier steps were last looked at: what the files hold, and which processes run."""

    state: object = None
    contents: Contents = field(default_factory=Contents)


def look_back(walked: Attempt, step: Step, before: Sequence[Step], *, is_last: bool) -> None:
    """Find what of the steps `before` this one no longer holds.

    Most of a proof's time goes here. A step that leaves files and processes as they were, such as one that pushes,
    commits or deploys, or brings back what it took away, is looked back from together with the next one that does not,
    or the last.
    """
    past, ground = walked.past, walked.ground
    held = {name: what for name, what in past.contents.of(ground.root).items() if not _follows_from_others(name)}
    now = (held, running() - frozenset(left_running(ground.settings.production)))
    if now == past.state and not is_last:
        return
    past.state = now
    proven = {each.step for each in walked.proofs if each.proof is Proof.PROVEN}
    for earlier in before:
        if earlier.id not in proven or not lasting(earlier):
            continue
        walked.tell(f"step {step.id}: does {earlier.id} still hold")
        for checked in walked.do(earlier, acts.look_back):
            if checked.finding.outcome is Outcome.FAILED and not checked.is_optional:
                walked.find(faults.breaks_earlier(walked.job.plan.template.folder, step, earlier, checked))


def _follows_from_others(name: str) -> bool:
    """Whether a file is of git, or what Python compiled of another file, and compiles again when that changes."""
    folders = name.split("/")[:-1]
    return folders[:1] == [".git"] or "__pycache__" in folders
