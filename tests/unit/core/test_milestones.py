"""Milestones are a fold over events."""

from __future__ import annotations

from datetime import timedelta
from itertools import count, permutations
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.events import GENESIS, Event
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.milestones import reached
from goldenpath.core.outcomes import Evidence
from tests.conftest import NOW

if TYPE_CHECKING:
    from goldenpath.core.model import Json

ME, OTHER = "eng-1", "eng-2"
COUNTER = count()


def event(kind: str, day: int = 0, engineer: str = ME, **data: Json) -> Event:
    about: dict[str, Json] = {"engineer": engineer, "project": "prj-1", **data}
    return Event(f"id-{next(COUNTER)}", "wri-1", 1, kind, "prj-1", NOW + timedelta(days=day), about, GENESIS, "")


def said(day: int, learned: str) -> Event:
    return event(ev.MILESTONE_RECORDED, day, milestone="first-deploy", learned=learned)


@pytest.mark.parametrize(
    ("happened", "names"),
    [
        (event(ev.PATH_STARTED), ["started"]),
        (event(ev.REPOSITORY_CREATED), ["started", "project-created"]),
        (event(ev.CHANGE_CREATED), ["first-pr-opened"]),
        (event(ev.CHANGE_MERGED), ["first-pr-merged"]),
        (event(ev.PATH_COMPLETED), ["path-completed"]),
        (event(ev.STEP_COMPLETED, milestone="exposed", learned="verified"), ["exposed"]),
        (event(ev.MILESTONE_RECORDED, milestone="exposed"), ["exposed"]),
        (event(ev.STEP_COMPLETED), []),
        (event(ev.STEP_CHECKED, milestone="exposed"), []),
        (event(ev.MILESTONE_RECORDED, milestone="no-such"), []),
    ],
)
def test_each_event_reaches_its_milestones(happened: Event, names: list[str]) -> None:
    assert list(reached([happened], ME)) == names


@pytest.mark.parametrize("order", list(permutations([(3, "verified"), (2, "history"), (1, "said")])))
def test_a_better_source_supersedes_a_worse_one_in_any_order(order: tuple[tuple[int, str], ...]) -> None:
    found = reached([said(day, learned) for day, learned in order], ME)["first-deploy"]
    assert (found.learned, found.at) == (Evidence.VERIFIED, NOW + timedelta(days=3))


@pytest.mark.parametrize("days", [(1, 2), (2, 1)])
def test_of_equal_sources_the_earliest_moment_counts(days: tuple[int, int]) -> None:
    assert reached([said(day, "said") for day in days], ME)["first-deploy"].at == NOW + timedelta(days=1)


def test_a_milestone_without_a_source_was_said() -> None:
    found = reached([event(ev.MILESTONE_RECORDED, milestone="exposed", url="https://x.test")], ME)["exposed"]
    assert (found.learned, found.url, found.project) == (Evidence.SAID, "https://x.test", "prj-1")


def test_merges_count_by_merge_time_and_not_by_their_order_in_the_ledger() -> None:
    days = [12, 3, 5, 1, 9, 7, 11, 2, 8, 10, 4]
    found = reached([event(ev.CHANGE_MERGED, day) for day in days], ME)
    assert found["first-pr-merged"].at == NOW + timedelta(days=1)
    assert found["tenth-pr-merged"].at == NOW + timedelta(days=11)
    assert found["tenth-pr-merged"].learned is Evidence.FORGE


@pytest.mark.parametrize(
    ("name", "seen"), [("first-pr-opened", ev.CHANGE_CREATED), ("first-pr-merged", ev.CHANGE_MERGED)]
)
def test_of_pull_requests_the_forge_knows_better_than_a_step_that_saw_them(name: str, seen: str) -> None:
    step = event(ev.STEP_COMPLETED, 1, milestone=name, learned="verified")
    for history in ([step, event(seen, 2)], [event(seen, 2), step]):
        found = reached(history, ME)[name]
        assert (found.learned, found.at) == (Evidence.FORGE, NOW + timedelta(days=2))
    assert reached([step], ME)[name].learned is Evidence.VERIFIED


def test_a_path_that_was_completed_on_somebodys_word_is_said() -> None:
    assert reached([event(ev.PATH_COMPLETED, learned="said")], ME)["path-completed"].learned is Evidence.SAID


def test_nine_merges_are_not_ten() -> None:
    assert "tenth-pr-merged" not in reached([event(ev.CHANGE_MERGED, day, number=day) for day in range(9)], ME)


def test_a_merge_that_was_recorded_twice_is_one() -> None:
    twice = [event(ev.CHANGE_MERGED, day, number=number) for day in (0, 1) for number in range(5)]
    assert list(reached(twice, ME)) == ["first-pr-merged"]


def test_equal_numbers_in_other_projects_are_other_pull_requests() -> None:
    history = [event(ev.CHANGE_MERGED, number, number=1, project=f"prj-{number}") for number in range(10)]
    assert reached(history, ME)["tenth-pr-merged"].at == NOW + timedelta(days=9)


def test_of_a_merge_that_was_recorded_twice_the_earlier_time_counts() -> None:
    history = [event(ev.CHANGE_MERGED, day, number=day % 10) for day in range(30)]
    assert reached(history[::-1], ME)["tenth-pr-merged"].at == NOW + timedelta(days=9)


def test_only_the_engineers_own_events_count() -> None:
    history = [event(ev.CHANGE_MERGED, day, OTHER) for day in range(10)]
    history += [event(ev.PATH_STARTED, 0, OTHER), event(ev.CHANGE_MERGED, 20)]
    found = reached(history, ME)
    assert list(found) == ["first-pr-merged"]
    assert found["first-pr-merged"].at == NOW + timedelta(days=20)


def test_milestones_come_in_their_own_order() -> None:
    history = [event(ev.MILESTONE_RECORDED, day, milestone=name) for day, name in enumerate(reversed(list(MILESTONES)))]
    assert list(reached(history, ME)) == list(MILESTONES)
