"""Progress is a fold over events."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.events import GENESIS, Event
from goldenpath.core.outcomes import StepStatus
from goldenpath.core.progress import fold
from tests.conftest import NOW

if TYPE_CHECKING:
    from goldenpath.core.progress import Progress

STEPS = ("a", "b", "c")
DONE, OVER, AGAIN = ev.STEP_COMPLETED, ev.STEP_SKIPPED, ev.STEP_REOPENED


def walk(*happened: tuple[str, str]) -> Progress:
    history = [
        Event(str(number), "wri-1", number + 1, kind, "prj-1", NOW + timedelta(minutes=number), data, GENESIS, "")
        for number, (kind, step) in enumerate(happened)
        for data in ({"step": step} if step else {},)
    ]
    return fold(STEPS, history)


@pytest.mark.parametrize(
    ("happened", "current"),
    [
        ([], "a"),
        ([(ev.PATH_STARTED, "")], "a"),
        ([(DONE, "a")], "b"),
        ([(DONE, "b")], "a"),
        ([(DONE, "a"), (DONE, "b"), (DONE, "c")], None),
        ([(ev.STEP_CHOSEN, "c")], "c"),
        ([(ev.STEP_CHOSEN, "c"), (DONE, "c")], "a"),
        ([(ev.STEP_CHOSEN, "c"), (DONE, "a")], "c"),
        ([(DONE, "a"), (ev.STEP_CHOSEN, "a")], "a"),
        ([(ev.STEP_CHOSEN, "c"), (OVER, "c")], "a"),
        ([(OVER, "a")], "b"),
        ([(OVER, "a"), (DONE, "b"), (DONE, "c")], None),
        ([(DONE, "a"), (DONE, "b"), (AGAIN, "a")], "a"),
        ([(DONE, "a"), (ev.STEP_CHOSEN, "c"), (AGAIN, "a")], "c"),
        ([(ev.STEP_CHOSEN, "no-such-step")], "a"),
        ([(ev.STEP_CHECKED, "c")], "a"),
    ],
)
def test_the_pointer_is_on_the_chosen_step_else_on_the_first_open_one(
    happened: list[tuple[str, str]], current: str | None
) -> None:
    assert walk(*happened).current == current


def test_a_reopened_step_is_open_and_regressed_until_it_is_done_again() -> None:
    reopened = walk((DONE, "a"), (AGAIN, "a")).steps["a"]
    assert (reopened.status, reopened.done_at, reopened.is_regressed) == (StepStatus.OPEN, None, True)
    again = walk((DONE, "a"), (AGAIN, "a"), (DONE, "a")).steps["a"]
    assert (again.status, again.done_at, again.is_regressed) == (StepStatus.DONE, NOW + timedelta(minutes=2), False)


def test_a_skipped_step_is_not_open_and_can_still_be_done() -> None:
    skipped = walk((OVER, "a"))
    assert skipped.steps["a"].status is StepStatus.SKIPPED
    assert skipped.open_steps == ("b", "c")
    assert walk((OVER, "a"), (DONE, "a")).steps["a"].status is StepStatus.DONE


def test_attempts_hints_and_solutions_are_counted_per_step() -> None:
    progress = walk(
        (ev.STEP_CHECKED, "a"), (ev.HINT_SHOWN, "a"), (ev.HINT_SHOWN, "a"), (ev.SOLUTION_SHOWN, "a"), (DONE, "a"),
        (ev.HINT_SHOWN, "b"), (ev.SOLUTION_APPLIED, "c"),
    )  # fmt: skip
    counted = {name: (step.attempts, step.hints_shown, step.is_solution_shown) for name, step in progress.steps.items()}
    assert counted == {"a": (2, 2, True), "b": (0, 1, False), "c": (0, 0, True)}


def test_events_of_steps_that_the_path_lacks_change_no_step() -> None:
    progress = walk((DONE, "gone"))
    assert set(progress.steps) == set(STEPS)
    assert progress.open_steps == STEPS
    assert progress.last_at == NOW


def test_it_is_known_when_it_began_and_when_something_last_happened() -> None:
    progress = walk((ev.PATH_STARTED, ""), (DONE, "a"), (ev.HINT_SHOWN, "b"))
    assert (progress.started_at, progress.last_at) == (NOW, NOW + timedelta(minutes=2))
    assert (walk().started_at, walk().last_at) == (None, None)


def test_a_path_is_over_without_open_steps_and_completed_by_its_event_alone() -> None:
    over = walk((DONE, "a"), (DONE, "b"), (OVER, "c"))
    assert (over.is_over, over.is_completed) == (True, False)
    assert walk((ev.PATH_COMPLETED, "")).is_completed
    assert not walk((ev.PATH_COMPLETED, "")).is_over
