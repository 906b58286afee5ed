"""Following chains names what is wrong by writer and number, and each thing once."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.core.chains import Chains
from goldenpath.core.events import GENESIS
from tests.merging import WRITER, chain, sealed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from goldenpath.core.events import Event
    from goldenpath.core.model import Json

FORK = "a fork, two different events follow from one; both are kept"
FIVE = chain(5)
OTHER = "wri-9"


def follow(events: Iterable[Event]) -> Chains:
    """What following finds, whichever of one number comes first."""
    found, mirrored = Chains(), Chains()
    by_hash = sorted(events, key=lambda event: event.hash)
    for chains, one_way in ((found, by_hash), (mirrored, by_hash[::-1])):
        for event in sorted(one_way, key=lambda event: (event.writer, event.wseq)):
            chains.follow(event)
    assert found.problems == mirrored.problems
    return found


def problems(events: Iterable[Event]) -> list[str]:
    return follow(events).problems


def at(number: int, writer: str = WRITER) -> str:
    return f"writer {writer}, event {number}"


def without(events: Sequence[Event], *numbers: int) -> list[Event]:
    return [event for event in events if event.wseq not in numbers]


def test_whole_chains_have_heads_and_no_problem() -> None:
    other = chain(2, OTHER)
    found = follow([*FIVE, *other])
    assert (found.problems, found.events) == ([], 7)
    assert found.heads == {WRITER: FIVE[-1].hash, OTHER: other[-1].hash}


@pytest.mark.parametrize("writers", [*permutations(["wri-1", "wri-2", "wri-3"])])
def test_writers_may_come_in_any_order(writers: Sequence[str]) -> None:
    found = Chains()
    for writer in writers:
        for event in without(chain(3, writer), *([2] if writer == "wri-2" else [])):
            found.follow(event)
    assert found.problems == [f"{at(3, 'wri-2')}: a gap, 2 is missing"]
    assert {*found.heads} == {*writers}


@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        ([1], f"{at(2)}: a gap, 1 is missing"),
        ([3], f"{at(4)}: a gap, 3 is missing"),
        ([1, 2, 3], f"{at(4)}: a gap, 1 to 3 are missing"),
        ([3, 4], f"{at(5)}: a gap, 3 to 4 are missing"),
    ],
)
def test_a_gap_is_named_once(missing: list[int], problem: str) -> None:
    assert problems(without(FIVE, *missing)) == [problem]


def test_two_gaps_are_two_problems() -> None:
    assert problems(without(FIVE, 2, 4)) == [f"{at(3)}: a gap, 2 is missing", f"{at(5)}: a gap, 4 is missing"]


def test_a_tail_that_was_cut_off_does_not_show() -> None:
    assert problems(FIVE[:3]) == []


@pytest.mark.parametrize("common", [0, 1, 3])
@pytest.mark.parametrize("longer", [1, 3])
def test_a_fork_is_named_where_the_branches_part_and_only_there(common: int, longer: int) -> None:
    trunk = chain(common)
    last = trunk[-1] if trunk else None
    found = follow([*trunk, *chain(2, after=last, subject="prj-2"), *chain(longer, after=last, subject="prj-3")])
    assert found.problems == [f"{at(common + 1)}: {FORK}"]
    assert found.events == common + 2 + longer


def test_a_fork_of_three_is_one_fork() -> None:
    branches = [event for subject in "abc" for event in chain(2, after=FIVE[0], subject=subject)]
    assert problems([FIVE[0], *branches]) == [f"{at(2)}: {FORK}"]


def test_a_branch_that_forks_again_is_a_second_fork() -> None:
    branch = chain(2, after=FIVE[1], subject="prj-2")
    again = chain(1, after=branch[0], subject="prj-3")
    assert problems([*FIVE, *branch, *again]) == [f"{at(3)}: {FORK}", f"{at(4)}: {FORK}"]


def test_a_fork_in_a_gap_is_named_behind_it() -> None:
    """Where the branches part is missing: they are seen where both are there again."""
    branch = chain(3, after=FIVE[1], subject="prj-2")
    for missing in ([3], [2, 3]):
        gap = f"{at(4)}: a gap, {'3 is' if missing == [3] else '2 to 3 are'} missing"
        assert problems(without([*FIVE, *branch], *missing)) == [gap, f"{at(4)}: {FORK}"]


def test_a_fork_right_behind_a_gap_is_named() -> None:
    branch = chain(2, after=FIVE[2], subject="prj-2")
    assert problems(without([*FIVE, *branch], 3)) == [f"{at(4)}: a gap, 3 is missing", f"{at(4)}: {FORK}"]


def test_what_one_branch_lacks_is_named() -> None:
    branch = chain(3, after=FIVE[1], subject="prj-2")
    events = [event for event in [*FIVE, *branch] if event is not FIVE[3]]
    assert problems(events) == [f"{at(3)}: {FORK}", f"{at(5)}: does not follow from the event before it"]


@pytest.mark.parametrize("change", [{"subject": "prj-2"}, {"data": {}}, {"id": "x"}, {"prev": GENESIS}], ids=str)
def test_an_event_that_was_changed_is_named(change: dict[str, Any]) -> None:
    events = [*FIVE[:2], replace(FIVE[2], **change), *FIVE[3:]]
    assert f"{at(3)}: was changed after it was written" in problems(events)


@pytest.mark.parametrize("prev", ["", "1" * 64])
def test_a_chain_begins_with_genesis(prev: str) -> None:
    assert problems([sealed(prev=prev)]) == [f"{at(1)}: does not follow from the event before it"]


def test_an_event_that_was_written_anew_is_not_what_the_next_follows() -> None:
    events = [*FIVE[:2], sealed(FIVE[2], subject="prj-2"), *FIVE[3:]]
    assert problems(events) == [f"{at(4)}: does not follow from the event before it"]


def nested(levels: int) -> Json:
    value: Json = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value", [float("inf"), float("nan"), "\ud800", nested(9000)], ids=["infinite", "none", "half", "deep"]
)
def test_facts_that_no_event_can_have_are_a_forgery(value: Json) -> None:
    assert problems([replace(FIVE[0], data={"a": value})]) == [f"{at(1)}: was changed after it was written"]
