"""Examining: what checking one step and checking all of them share, from the world to the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.bytecode import take_over
from goldenpath.checks import KINDS, World, examine
from goldenpath.core import events as ev
from goldenpath.core.milestones import reached
from goldenpath.core.outcomes import Evidence, Outcome, StepStatus
from goldenpath.core.progress import Progress, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Sequence
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Check, Finding, Json, PullRequest, Step
    from goldenpath.flows.open_walk import Walk


COMPLETED, REOPENED, KEPT, OPEN = "completed", "reopened", "kept", "open"


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
    """What checking a step came to.

    `change` is what it did to the step: completed, reopened, kept (done before, nothing of it can be looked at
    again), open (not done yet, which is no failure when every step is checked), or empty.
    """

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
        found = {result.outcome for result in self.results if result.change not in {KEPT, OPEN}}
        return next((each for each in (Outcome.FAILED, Outcome.UNKNOWN) if each in found), Outcome.PASSED)


@dataclass(frozen=True, slots=True)
class Examiner:
    """Who checks: the walk, the ledger to write into, how to ask, and the clock. One who watches counts no attempts."""

    settings: Settings
    ledger: Ledger
    walk: Walk
    ask: Callable[[str, Sequence[str] | None], str | None]
    clock: Callable[[], datetime]
    is_watching: bool = False

    def world(self) -> World:
        """What the checks of this project may look at. What is compiled there need not be compiled again for them."""
        root, cache = self.walk.project.root, self.settings.cache / "bytecode"
        take_over(root, cache)
        return World(root, cache, self.pulls, self._reached, self.ask, self.settings.production)

    def pulls(self) -> list[PullRequest] | None:
        """The pull requests of the project, or None when it has no forge that can be asked."""
        from goldenpath.forges import local

        forge = local.find(self.settings.forge, self.walk.project.root)
        return local.pull_requests(forge) if forge else None

    def _reached(self) -> Collection[str]:
        engineer = self.ledger.known_engineer()
        return reached(self.ledger.events_of(engineer), engineer)


def examine_checks(
    who: Examiner, step: Step, checks: Sequence[Check]
) -> Generator[Checking | Checked, None, tuple[Checked, ...]]:
    """Yields each check before and after it is examined; returns them all."""
    world = who.world()
    done: list[Checked] = []
    for number, check in enumerate(checks, start=1):
        yield Checking(step.id, number, len(checks), asks(check))
        checked = Checked(step.id, number, len(checks), check.is_optional, examine(check, world, KINDS))
        done.append(checked)
        yield checked
    return tuple(done)


def outcome_of(checks: Sequence[Checked]) -> Outcome:
    """Failed before unknown before passed; what is optional does not count."""
    found = {checked.finding.outcome for checked in checks if not checked.is_optional}
    return next((each for each in (Outcome.FAILED, Outcome.UNKNOWN) if each in found), Outcome.PASSED)


def asks(check: Check) -> bool:
    """Whether the check puts a question to the engineer."""
    return check.kind == "confirm" or any(asks(child) for child in check.children)


def failed_ones(checks: Sequence[Checked]) -> dict[str, Json]:
    """The numbers of the failed checks, as an event keeps them."""
    return {"failed": [each.number for each in checks if each.finding.outcome is Outcome.FAILED]}


def completed(who: Examiner, step: Step, checks: Sequence[Checked], *, is_own_work: bool = True) -> ev.Draft:
    """The event of a done step. What somebody else may have done is known from history, and reaches no milestone."""
    said = not checks or any(checked.finding.evidence is Evidence.SAID for checked in checks)
    learned = Evidence.SAID if said else Evidence.VERIFIED if is_own_work else Evidence.HISTORY
    more: dict[str, Json] = {"learned": learned.value, "checks": len(checks)}
    words: list[Json] = [checked.finding.said for checked in checks if checked.finding.said]
    if words:
        more["said"] = words
    if step.milestone and is_own_work:
        more["milestone"] = step.milestone
    return draft(who, ev.STEP_COMPLETED, step.id, more)


def lasting(step: Step) -> tuple[Check, ...]:
    """The claims of a done step that must still hold; what was asked is not asked again."""
    return tuple(check for check in step.checks if check.is_lasting and not asks(check))


def draft(who: Examiner, kind: str, step: str, more: dict[str, Json]) -> ev.Draft:
    """An event about a step of this walk, now."""
    return ev.Draft(kind, who.walk.project.id, who.clock(), {**about(who.walk), "step": step, **more})


def about(walk: Walk) -> dict[str, Json]:
    """What every event of a walk says: project, path and version; the engineer is the ledger's."""
    return {
        "project": walk.project.id,
        "path": walk.path.id,
        "version": walk.template.version,
    }


def leave(who: Examiner, step: str) -> None:
    """Move the pointer from a done step to the next open one."""
    following = next((name for name in who.walk.progress.open_steps if name != step), "")
    who.ledger.append([draft(who, ev.STEP_CHOSEN, following, {})])


def report(who: Examiner, drafts: list[ev.Draft], results: list[StepResult]) -> CheckReport:
    """Write what was learned, unless another check wrote it meanwhile; where the engineer is after it."""
    project, names = who.walk.project.id, [step.id for step in who.walk.steps]
    if drafts:
        who.ledger.append_once(
            project, lambda history: [each for each in drafts if not _stands_already(each, fold(names, history))]
        )
    now = fold(names, who.ledger.events(project))
    is_all_done = all(step.status is StepStatus.DONE for step in now.steps.values())
    if is_all_done and not now.is_completed:
        more = {**about(who.walk), "learned": _weakest(who.walk, now).value}
        end = ev.Draft(ev.PATH_COMPLETED, project, who.clock(), more)
        who.ledger.append_once(project, lambda history: [] if fold(names, history).is_completed else [end])
    return CheckReport(tuple(results), now.current or "", is_all_done)


def _stands_already(wanted: ev.Draft, now: Progress) -> bool:
    step = now.steps.get(str(wanted.data.get("step", "")))
    if step is None:
        return False
    is_done = step.status is StepStatus.DONE
    return is_done if wanted.type == ev.STEP_COMPLETED else not is_done and wanted.type == ev.STEP_REOPENED


def _weakest(walk: Walk, after: Progress) -> Evidence:
    """Verified when every step that verifies something was; reading steps don't count against it."""
    asked = [step.id for step in walk.steps if not step.is_reading]
    is_verified = bool(asked) and all(after.steps[name].learned is Evidence.VERIFIED for name in asked)
    return Evidence.VERIFIED if is_verified else Evidence.SAID
