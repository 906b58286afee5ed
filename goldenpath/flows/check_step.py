"""Check steps: examine the world, and write what was learned into the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.checks import KINDS, World, examine
from goldenpath.core import events as ev
from goldenpath.core.milestones import reached
from goldenpath.core.model import Evidence, Outcome
from goldenpath.core.progress import Progress, StepStatus, fold
from goldenpath.flows.load_path import told
from goldenpath.flows.rebuild_history import rebuild_history

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Sequence
    from datetime import datetime

    from goldenpath.adapters.ledger import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Check, Finding, Json, PullRequest, Step
    from goldenpath.flows.open_walk import Walk


@dataclass(frozen=True, slots=True)
class Checking:
    """A check that is about to be examined; one that `asks` will speak to the engineer."""

    step: str
    number: int
    of: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """One check of a step, and what it found."""

    step: str
    number: int
    of: int
    is_optional: bool
    finding: Finding


@dataclass(frozen=True, slots=True)
class StepResult:
    """What checking a step came to. `change` is what it did to the step: completed, reopened or nothing."""

    step: str
    outcome: Outcome
    checks: tuple[Checked, ...]
    change: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What checking came to; `next_step` is where the engineer is now (empty at the end of the path)."""

    results: tuple[StepResult, ...]
    next_step: str
    is_path_completed: bool

    @property
    def outcome(self) -> Outcome:
        """Failed when a step that should hold does not, else unknown when one can't be known, else passed."""
        found = {result.outcome for result in self.results}
        return next((each for each in (Outcome.FAILED, Outcome.UNKNOWN) if each in found), Outcome.PASSED)


@dataclass(frozen=True, slots=True)
class Examiner:
    """Who checks: the walk, the ledger to write into, how to ask, and the clock."""

    settings: Settings
    ledger: Ledger
    walk: Walk
    ask: Callable[[str, Sequence[str]], str | None]
    clock: Callable[[], datetime]

    def world(self) -> World:
        """What the checks of this project may look at."""
        return World(self.walk.project.root, self.settings.cache / "bytecode", self.pulls, self._reached, self.ask)

    def pulls(self) -> list[PullRequest] | None:
        """The pull requests of the project, or None when it has no forge that can be asked."""
        from goldenpath.forges import local

        forge = local.find(self.settings.forge, self.walk.project.root)
        return local.pull_requests(forge) if forge else None

    def _reached(self) -> Collection[str]:
        return reached(self.ledger.events(), self.ledger.engineer())


def check_step(who: Examiner, wanted: str | None) -> Generator[Checking | Checked, None, CheckReport]:
    """Check one step (the current one when none is wanted); yields each check before and after it is examined.

    A step passes when every check that is not optional does. A failed attempt is counted, an unknown one is not.
    """
    step = who.walk.step(wanted)
    checks = yield from _examine(who, step, step.checks)
    outcome = _outcome(checks)
    was_done = who.walk.progress.steps[step.id].status is StepStatus.DONE
    change = "completed" if outcome is Outcome.PASSED and not was_done else ""
    if was_done and outcome is Outcome.PASSED and step.id == who.walk.progress.current:
        _leave(who, step.id)
    drafts = {
        Outcome.PASSED: [] if was_done else [_completed(who, step, checks)],
        Outcome.FAILED: [] if was_done else [_draft(who, ev.STEP_CHECKED, step.id, _failed(checks))],
        Outcome.UNKNOWN: [],
    }
    return _report(who, drafts[outcome], [StepResult(step.id, outcome, checks, change)])


def check_all(who: Examiner) -> Generator[Checking | Checked, None, CheckReport]:
    """Check every step anew: lasting checks of done steps (reopening what regressed), all checks of the others.

    A step that is not done counts as nothing in the outcome, unless it turns out to be done.
    """
    drafts: list[ev.Draft] = []
    results: list[StepResult] = []
    for plain in who.walk.steps:
        step = told(plain, who.walk.answers)
        is_done = who.walk.progress.steps[step.id].status is StepStatus.DONE
        wanted = (
            tuple(check for check in step.checks if check.is_lasting and not _asks(check)) if is_done else step.checks
        )
        if not is_done and (not step.checks or any(_asks(check) for check in step.checks)):
            continue
        checks = yield from _examine(who, step, wanted)
        outcome = _outcome(checks)
        change = ""
        if is_done and outcome is Outcome.FAILED:
            change = "reopened"
            drafts.append(_draft(who, ev.STEP_REOPENED, step.id, _failed(checks)))
        elif not is_done and outcome is Outcome.PASSED:
            change = "completed"
            drafts.append(_completed(who, step, checks))
        if is_done or change:
            results.append(StepResult(step.id, outcome, checks, change))
    drafts = [*rebuild_history(who.walk, who.pulls(), who.ledger.engineer()), *drafts]
    return _report(who, drafts, results)


def _examine(
    who: Examiner, step: Step, checks: Sequence[Check]
) -> Generator[Checking | Checked, None, tuple[Checked, ...]]:
    world = who.world()
    done: list[Checked] = []
    for number, check in enumerate(checks, start=1):
        yield Checking(step.id, number, len(checks), _asks(check))
        checked = Checked(step.id, number, len(checks), check.is_optional, examine(check, world, KINDS))
        done.append(checked)
        yield checked
    return tuple(done)


def _outcome(checks: Sequence[Checked]) -> Outcome:
    found = {checked.finding.outcome for checked in checks if not checked.is_optional}
    return next((each for each in (Outcome.FAILED, Outcome.UNKNOWN) if each in found), Outcome.PASSED)


def _asks(check: Check) -> bool:
    return check.kind == "confirm" or any(_asks(child) for child in check.children)


def _failed(checks: Sequence[Checked]) -> dict[str, Json]:
    return {"failed": [each.number for each in checks if each.finding.outcome is Outcome.FAILED]}


def _completed(who: Examiner, step: Step, checks: Sequence[Checked]) -> ev.Draft:
    said = not checks or any(checked.finding.evidence is Evidence.SAID for checked in checks)
    learned = Evidence.SAID if said else Evidence.VERIFIED
    more: dict[str, Json] = {"learned": learned.value, "checks": len(checks)}
    if step.milestone:
        more["milestone"] = step.milestone
    return _draft(who, ev.STEP_COMPLETED, step.id, more)


def _draft(who: Examiner, kind: str, step: str, more: dict[str, Json]) -> ev.Draft:
    return ev.Draft(kind, who.walk.project.id, who.clock(), {**about(who.walk, who.ledger), "step": step, **more})


def about(walk: Walk, ledger: Ledger) -> dict[str, Json]:
    """What every event of a walk says: project, engineer, path and version."""
    return {
        "project": walk.project.id,
        "engineer": ledger.engineer(),
        "path": walk.path.id,
        "version": walk.template.version,
    }


def _leave(who: Examiner, step: str) -> None:
    following = next((name for name in who.walk.progress.open_steps if name != step), "")
    who.ledger.append([_draft(who, ev.STEP_CHOSEN, following, {})])


def _report(who: Examiner, drafts: list[ev.Draft], results: list[StepResult]) -> CheckReport:
    names = [step.id for step in who.walk.steps]
    if drafts:
        who.ledger.append(drafts)
    after = fold(names, who.ledger.events(who.walk.project.id))
    is_all_done = all(step.status is StepStatus.DONE for step in after.steps.values())
    if is_all_done and not after.is_completed:
        data = {**about(who.walk, who.ledger), "learned": _weakest(who.walk, after).value}
        who.ledger.append([ev.Draft(ev.PATH_COMPLETED, who.walk.project.id, who.clock(), data)])
    return CheckReport(tuple(results), after.current or "", is_all_done)


def _weakest(walk: Walk, after: Progress) -> Evidence:
    """Verified when every step that verifies something was; reading steps don't count against it."""
    asked = [step.id for step in walk.steps if not step.is_reading]
    is_verified = bool(asked) and all(after.steps[name].learned is Evidence.VERIFIED for name in asked)
    return Evidence.VERIFIED if is_verified else Evidence.SAID
