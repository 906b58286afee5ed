"""Check one step: is it done, and if not, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.outcomes import Outcome, StepStatus
from goldenpath.flows.examining import (
    COMPLETED,
    StepResult,
    completed,
    draft,
    examine_checks,
    failed_ones,
    lasting,
    leave,
    outcome_of,
    report,
)
from goldenpath.flows.record_pull_requests import record_pull_requests

if TYPE_CHECKING:
    from collections.abc import Generator

    from goldenpath.flows.examining import Checked, Checking, CheckReport, Examiner


def check_step(who: Examiner, wanted: str | None) -> Generator[Checking | Checked, None, CheckReport]:
    """Check one step (the current one when none is wanted); yields each check before and after it is examined.

    A step passes when every check that is not optional does; one that was done before, when its lasting ones do.
    A failed attempt is counted, an unknown one is not.
    """
    step = who.walk.step(wanted)
    before = who.walk.progress.steps[step.id]
    record_pull_requests(who.ledger, who.walk.project, who.pulls() or ())
    checks = yield from examine_checks(who, step, lasting(step) if before.is_regressed else step.checks)
    outcome = outcome_of(checks)
    if before.status is StepStatus.DONE:
        if outcome is Outcome.PASSED and step.id == who.walk.progress.current:
            leave(who, step.id)
        return report(who, [], [StepResult(step.id, outcome, checks, "")])
    learned = {
        Outcome.PASSED: [completed(who, step, checks)],
        Outcome.FAILED: [] if who.is_watching else [draft(who, ev.STEP_CHECKED, step.id, failed_ones(checks))],
        Outcome.UNKNOWN: [],
    }
    change = COMPLETED if outcome is Outcome.PASSED else ""
    return report(who, learned[outcome], [StepResult(step.id, outcome, checks, change)])
