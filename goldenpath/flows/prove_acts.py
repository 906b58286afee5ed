"""What a proof does in its project: look, solve, look again. Each is called in the process with the right network."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.checks import KINDS, examine
from goldenpath.checks.verdict import option
from goldenpath.core.outcomes import Outcome
from goldenpath.flows.check_step import check_step
from goldenpath.flows.examining import Checked, Examiner, asks, examine_checks, lasting
from goldenpath.flows.open_walk import open_walk
from goldenpath.flows.solve_step import apply_solution, read_solution

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from typing import TypeVar

    from goldenpath.core.model import Check
    from goldenpath.flows.open_walk import Walk
    from goldenpath.flows.prove_ground import Ground
    from goldenpath.flows.solve_step import Solution

    Report = TypeVar("Report")

YES = "yes"


def look(ground: Ground, step: str) -> tuple[Checked, ...]:
    """What every check of the step finds; nothing is recorded."""
    who = _examiner(ground)
    wanted = who.walk.step(step)
    return _drained(examine_checks(who, wanted, wanted.checks))


def look_at(ground: Ground, step: str, *, number: int) -> None:
    """Look at one check of the step, as `look` does at all of them."""
    who = _examiner(ground)
    examine(who.walk.step(step).checks[number], who.world(), KINDS)


def first_failure(ground: Ground, step: str) -> Outcome:
    """Failed as soon as one check does, without looking at the rest; what is asked does not count."""
    who = _examiner(ground)
    outcomes: set[Outcome] = set()
    world = who.world()
    for each in who.walk.step(step).checks:
        if not asks(each) and not each.is_optional:
            outcomes.add(examine(each, world, KINDS).outcome)
        if Outcome.FAILED in outcomes:
            return Outcome.FAILED
    return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.PASSED


def look_back(ground: Ground, step: str) -> tuple[Checked, ...]:
    """What the step's lasting checks find."""
    who = _examiner(ground)
    wanted = who.walk.step(step)
    return _drained(examine_checks(who, wanted, lasting(wanted)))


def check(ground: Ground, step: str) -> tuple[Checked, ...]:
    """Check the step as its engineer does, who is further on the path when it passes."""
    return _drained(check_step(_examiner(ground), step)).results[0].checks


def lay(ground: Ground, step: str) -> None:
    """Lay the files and the patch of the step's solution over the project. Raises GoldenpathError."""
    who, solution = _solution(ground, step)
    if solution.files or solution.patch:
        apply_solution(Ledger(ground.settings.ledger), who.walk, replace(solution, script=""), _now)


def run(ground: Ground, step: str) -> None:
    """Run the script of the step's solution. Raises GoldenpathError."""
    who, solution = _solution(ground, step)
    if solution.script:
        apply_solution(Ledger(ground.settings.ledger), who.walk, replace(solution, files=(), patch=""), _now)


def _solution(ground: Ground, step: str) -> tuple[Examiner, Solution]:
    who = _examiner(ground)
    return who, read_solution(who.walk, step)


def _examiner(ground: Ground) -> Examiner:
    ledger = Ledger(ground.settings.ledger)
    walk = open_walk(ground.settings, ledger, ground.root)
    answers = dict(_right_answers(walk))

    def ask(question: str, _choices: Sequence[str] | None) -> str:
        return answers.get(question, YES)

    return Examiner(ground.settings, ledger, walk, ask, _now)


def _right_answers(walk: Walk) -> Iterator[tuple[str, str]]:
    """The answer that each question of the path wants."""
    for step in walk.steps:
        for check in _with_children(walk.step(step.id).checks):
            if check.kind == "confirm" and "answer" in check.options:
                yield option(check, "confirm"), option(check, "answer")


def _with_children(checks: Sequence[Check]) -> Iterator[Check]:
    for check in checks:
        yield check
        yield from _with_children(check.children)


def _drained(work: Generator[object, None, Report]) -> Report:
    try:
        while True:
            next(work)
    except StopIteration as end:
        report: Report = end.value
        return report


def _now() -> datetime:
    return datetime.now(UTC)
