"""Check every step anew: what was learned must still hold, and what the ledger lacks is rebuilt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.core import events as ev
from goldenpath.core.outcomes import Outcome, StepStatus
from goldenpath.flows.examining import (
    COMPLETED,
    KEPT,
    OPEN,
    REOPENED,
    StepResult,
    asks,
    completed,
    draft,
    examine_checks,
    failed_ones,
    lasting,
    outcome_of,
    report,
)
from goldenpath.flows.load_path import told
from goldenpath.flows.rebuild_history import rebuild_history

if TYPE_CHECKING:
    from collections.abc import Generator

    from goldenpath.core.model import Step
    from goldenpath.flows.examining import Checked, Checking, CheckReport, Examiner
    from goldenpath.flows.open_walk import Walk


def check_all(who: Examiner) -> Generator[Checking | Checked, None, CheckReport]:
    """Check every step: the lasting checks of done ones (reopening what regressed), all checks of the others.

    A step that is not done counts as nothing in the outcome, unless it turns out to be done.
    """
    drafts: list[ev.Draft] = []
    results: list[StepResult] = []
    is_own = _is_own_work(who.walk)
    for plain in who.walk.steps:
        step = told(plain, who.walk.answers)
        if who.walk.progress.steps[step.id].status is StepStatus.DONE:
            result = yield from _again(who, step)
        else:
            result = yield from _perhaps_done(who, step)
        results.append(result)
        if result.change == REOPENED:
            drafts.append(draft(who, ev.STEP_REOPENED, step.id, failed_ones(result.checks)))
        elif result.change == COMPLETED:
            drafts.append(completed(who, step, result.checks, is_own_work=is_own))
    _rebuild(who)
    return report(who, drafts, results)


def _rebuild(who: Examiner) -> None:
    pulls = who.pulls()
    who.ledger.append_once(
        who.walk.project.id,
        lambda history: rebuild_history(replace(who.walk, history=tuple(history)), pulls),
    )


def _again(who: Examiner, step: Step) -> Generator[Checking | Checked, None, StepResult]:
    checks = yield from examine_checks(who, step, lasting(step))
    if not checks:
        return StepResult(step.id, Outcome.PASSED, (), KEPT)
    outcome = outcome_of(checks)
    return StepResult(step.id, outcome, checks, REOPENED if outcome is Outcome.FAILED else "")


def _perhaps_done(who: Examiner, step: Step) -> Generator[Checking | Checked, None, StepResult]:
    wanted = lasting(step) if who.walk.progress.steps[step.id].is_regressed else step.checks
    if not wanted or any(asks(check) for check in wanted):
        return StepResult(step.id, Outcome.UNKNOWN, (), OPEN)
    checks = yield from examine_checks(who, step, wanted)
    outcome = outcome_of(checks)
    return StepResult(step.id, outcome, checks, COMPLETED if outcome is Outcome.PASSED else OPEN)


def _is_own_work(walk: Walk) -> bool:
    """Whether what is seen in the project is this engineer's: this ledger knows it, or a change or commit is theirs."""
    root, person = walk.project.root, repo.identity(walk.project.root)
    if walk.history or person is None or repo.changes(root):
        return True
    return person.email in (repo.asks(root, "log", "--format=%ae", "HEAD") or "").splitlines()
