"""Prove a path: the checks of each step fail before its solution and pass after it, and hold from then on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.apart import Offline
from goldenpath.adapters.processes import end_descendants
from goldenpath.adapters.rendering.process import cool_down
from goldenpath.adapters.repo import GitError
from goldenpath.core.errors import GoldenpathError, TemplateError
from goldenpath.core.outcomes import Outcome
from goldenpath.core.proving import Proof, StepProof
from goldenpath.flows import prove_acts as acts
from goldenpath.flows import prove_faults as faults
from goldenpath.flows.examining import asks, outcome_of
from goldenpath.flows.load_path import steps_for
from goldenpath.flows.prove_ground import lay_ground
from goldenpath.flows.prove_past import Past, look_back
from goldenpath.flows.trace_folder import changed, trace
from goldenpath.flows.undo_hunks import leave_out_script, tree_of, undo_each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goldenpath.core.faults import Fault
    from goldenpath.core.model import Check, Step
    from goldenpath.flows.examining import Checked
    from goldenpath.flows.prove_ground import Ground, Job

    Tell = Callable[[str], None]


@dataclass
class Attempt:
    """One walk along the whole path. The steps that are `online` have this machine's network."""

    job: Job
    tell: Tell
    ground: Ground
    offline: Offline
    online: frozenset[str]
    faults: list[Fault] = field(default_factory=list)
    proofs: list[StepProof] = field(default_factory=list)
    missed: set[str] = field(default_factory=set)
    """The steps that could not be solved, or whose checks did not pass then."""
    past: Past = field(default_factory=Past)

    def has_network(self, step: Step) -> bool:
        """Whether the step is tried with this machine's network: it asks for it, or it can't be shut here."""
        return step.needs_network or step.id in self.online or bool(self.offline.trouble)

    def do(self, step: Step, act: Callable[..., Any]) -> Any:
        """Do something about the step on the network that it has."""
        do = act if self.has_network(step) else partial(self.offline.call, act)
        return do(self.ground, step.id)

    def find(self, fault: Fault) -> None:
        """Keep a fault."""
        self.faults.append(fault)


def prove_path(job: Job, tell: Tell) -> tuple[tuple[StepProof, ...], tuple[Fault, ...]]:
    """Walk the job's path. A step that fails with the network shut is tried once more with it, from the start.

    Raises what a start raises.
    """
    secret: list[Fault] = []
    online: frozenset[str] = frozenset()
    walked = _walk(job, tell, online)
    while True:
        suspect = _suspect(walked)
        if suspect is None:
            return tuple(walked.proofs), (*secret, *walked.faults)
        tell(f"again, with the network for step {suspect.id}")
        again = _walk(job, tell, online | {suspect.id})
        if suspect.id in again.missed:
            return tuple(walked.proofs), (*secret, *walked.faults)
        secret.append(faults.needs_network(suspect, walked.faults))
        walked, online = again, online | {suspect.id}


def _suspect(walked: Attempt) -> Step | None:
    """The first step that was tried offline and did not come out as it should."""
    path = walked.job.plan.path
    steps = {step.id: step for step in path.steps} if path else {}
    missed = (each.step for each in walked.proofs if each.step in walked.missed and each.is_offline)
    return next((steps[name] for name in missed), None)


def _walk(job: Job, tell: Tell, online: frozenset[str]) -> Attempt:
    ground = lay_ground(job, job.folder / f"walk-{len(online) + 1}")
    offline = Offline()
    walked = Attempt(job, tell, ground, offline, online)
    path = job.plan.path
    steps = steps_for(path, job.case.answers) if path else ()
    last = next((step.id for step in reversed(steps) if not _is_only_asked(step)), "")
    is_stuck = False
    try:
        for number, step in enumerate(steps):
            begun = time.monotonic()
            known = len(walked.faults)
            mutants = 0 if is_stuck else _tried(walked, step, steps[:number], is_last=step.id == last)
            proof = _outcome(walked.faults[known:], step, is_stuck=is_stuck)
            is_stuck = is_stuck or any(fault.rule == faults.SOLUTION for fault in walked.faults[known:])
            seconds = round(time.monotonic() - begun, 3)
            walked.proofs.append(
                StepProof(step.id, proof, seconds, not walked.has_network(step), mutants, step.needs_network)
            )
    finally:
        cool_down()
        end_descendants()
    return walked


def _outcome(found: Sequence[Fault], step: Step, *, is_stuck: bool) -> Proof:
    if is_stuck:
        return Proof.UNTRIED
    if _is_only_asked(step):
        return Proof.READING
    if all(fault.rule == faults.UNKNOWN or fault.is_warning for fault in found) and found:
        return Proof.UNKNOWN
    return Proof.REFUTED if found else Proof.PROVEN


def _is_only_asked(step: Step) -> bool:
    """Whether nothing of the step can be verified: it is read, or the engineer is asked."""
    return all(asks(check) for check in step.checks)


def _tried(walked: Attempt, step: Step, before: Sequence[Step], *, is_last: bool) -> int:
    try:
        return _prove(walked, step, before, is_last=is_last)
    except (TemplateError, GitError) as error:
        walked.find(faults.gives_up(step, error))
        return 0


def _prove(walked: Attempt, step: Step, before: Sequence[Step], *, is_last: bool) -> int:
    """Prove one step; how many changes to its solution were tried."""
    walked.tell(f"step {step.id}: before")
    if _is_only_asked(step):
        walked.do(step, acts.check)
        return 0
    begun = time.monotonic()
    root = walked.ground.root
    untouched = trace(root)
    is_vacuous = walked.do(step, acts.first_failure) is Outcome.PASSED
    if is_vacuous:
        walked.find(faults.passes_unsolved(step))
    touched = changed(untouched, trace(root))
    started_as = tree_of(walked.ground) if walked.job.is_mutated else ""
    walked.tell(f"step {step.id}: solving")
    if not _solve(walked, step, is_mutated=walked.job.is_mutated and not is_vacuous):
        return 0
    solved = trace(root)
    walked.tell(f"step {step.id}: after")
    is_passed = _passes(walked, step, walked.do(step, acts.check))
    _within_minutes(walked, step, time.monotonic() - begun)
    if not is_passed:
        return 0
    walked.tell(f"step {step.id}: again")
    if _passes(walked, step, walked.do(step, acts.look), again=True):
        touched = sorted({*touched, *changed(solved, trace(root))})
    if touched:
        walked.find(faults.check_changes(step, _toucher(walked, step), touched))
    look_back(walked, step, before, is_last=is_last)
    return undo_each(walked, step, started_as) if walked.job.is_mutated and not (is_vacuous or touched) else 0


def _toucher(walked: Attempt, step: Step) -> Check:
    """The check that changes the project; when none does so once more, the first one that runs a command."""
    for number, check in enumerate(step.checks):
        seen = trace(walked.ground.root)
        walked.do(step, partial(acts.look_at, number=number))
        if changed(seen, trace(walked.ground.root)):
            return check
    return next((check for check in step.checks if _runs_a_command(check)), step.checks[0])


def _runs_a_command(check: Check) -> bool:
    return check.kind == "command" or any(_runs_a_command(child) for child in check.children)


def _solve(walked: Attempt, step: Step, *, is_mutated: bool) -> bool:
    folder = walked.job.plan.template.folder
    script = faults.script_of(folder, step)
    at = next(iter(faults.solution_files(folder, step)), "")
    try:
        walked.do(step, acts.lay)
        at = script
        missed = leave_out_script(walked, step) if is_mutated else []
        walked.do(step, acts.run)
    except GoldenpathError as error:
        walked.find(faults.solution_fails(step, at, error, faults.solving(walked.job, step)))
        walked.missed.add(step.id)
        return False
    walked.faults.extend(missed)
    return True


def _passes(walked: Attempt, step: Step, checks: Sequence[Checked], *, again: bool = False) -> bool:
    outcome = outcome_of(checks)
    for checked in checks:
        if not checked.is_optional and checked.finding.outcome is not Outcome.PASSED:
            how, is_offline = faults.solving(walked.job, step), not walked.has_network(step)
            walked.find(faults.check_fails(step, checked, how, is_offline=is_offline, again=again))
            walked.missed.add(step.id)
    return outcome is Outcome.PASSED


def _within_minutes(walked: Attempt, step: Step, seconds: float) -> None:
    if seconds > step.minutes * 60:
        walked.find(faults.over_time(step, seconds))
