"""From events to waits: who is measured, from when to when, and who is counted apart."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.events import GENESIS, Event
from goldenpath.core.milestones import reached
from goldenpath.core.survival import Wait
from goldenpath.core.waits import Onboarding, Waits, is_start, read_onboarding, waits_for
from tests.conftest import NOW

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.core.model import Json

AS_OF = NOW + timedelta(days=100)


def event(kind: str, day: float, engineer: str = "eng-1", ident: str = "", **data: Json) -> Event:
    about: dict[str, Json] = {"engineer": engineer, "project": "prj-1", **data}
    name = ident or f"{kind}-{day}-{engineer}-{data.get('number')}"
    return Event(name, "wri-1", 1, kind, "prj-1", NOW + timedelta(days=day), about, GENESIS, "")


def started(day: float, engineer: str = "eng-1") -> Event:
    return event(ev.PATH_STARTED, day, engineer)


def merged(day: float, number: int = 1, engineer: str = "eng-1", **data: Json) -> Event:
    return event(ev.CHANGE_MERGED, day, engineer, "", number=number, **data)


def read(history: list[Event], *, as_of: datetime = AS_OF, with_tutorial: bool = False) -> Onboarding:
    return read_onboarding(history, as_of, with_tutorial=with_tutorial)


def waited(history: list[Event], count: int = 1, *, as_of: datetime = AS_OF, with_tutorial: bool = False) -> Waits:
    return waits_for(read(history, as_of=as_of, with_tutorial=with_tutorial), count)


def arrived(days: float) -> list[Wait]:
    return [Wait(days, is_over=True)]


def waiting(days: float) -> list[Wait]:
    return [Wait(days, is_over=False)]


def organisation(seed: int) -> list[Event]:
    """Some engineers with all that can be awkward, in random order."""
    chance = random.Random(seed)
    history: list[Event] = []
    for number in range(chance.randint(1, 12)):
        engineer = f"eng-{number}"
        history += [started(chance.uniform(0, 50), engineer) for _ in range(chance.randint(0, 2))]
        for pull in range(chance.randint(0, 14)):
            day = chance.uniform(-2 if chance.random() < 0.1 else 50, 120)
            history.append(merged(day, pull, engineer, tutorial=chance.random() < 0.2))
    return chance.sample(history, len(history))


def test_a_wait_is_from_the_start_to_the_merge_in_days() -> None:
    assert waited([started(2), merged(5.5)]).waits == arrived(3.5)


def test_who_has_not_got_there_waits_until_the_moment_of_the_report() -> None:
    assert waited([started(2), merged(5)], 10).waits == waiting(98)


def test_the_tenth_is_the_tenth_by_merge_time_and_not_by_number_or_place_in_the_ledger() -> None:
    days = [12, 3, 5, 1, 9, 7, 11, 2, 8, 10, 4]
    history = [started(0), *(merged(day, number) for number, day in enumerate(days))]
    assert waited(history).waits == arrived(1)
    assert waited(history, 10).waits == arrived(11)


def test_nine_are_not_ten() -> None:
    assert waited([started(0), *(merged(day, day) for day in range(9))], 10).waits == waiting(100)


def test_the_earliest_claim_to_have_started_counts_even_a_worse_one() -> None:
    said = event(ev.MILESTONE_RECORDED, 1, milestone="started", learned="said")
    for history in ([said, started(3)], [started(3), said]):
        assert waited([*history, merged(5)]).waits == arrived(4)


@pytest.mark.parametrize("kind", sorted(ev.EVENT_TYPES))
@pytest.mark.parametrize("milestone", ["started", "exposed", None])
def test_a_start_is_what_the_milestones_say_it_is(kind: str, milestone: str | None) -> None:
    happened = event(kind, 0, **({"milestone": milestone} if milestone else {}))
    assert is_start(happened) == ("started" in reached([happened], "eng-1"))


@pytest.mark.parametrize("seed", range(40))
def test_the_merges_are_those_of_the_milestones(seed: int) -> None:
    history = organisation(seed)
    known = read(history, with_tutorial=True, as_of=NOW + timedelta(days=999))
    for engineer, pulls in known.merges.items():
        times, told = sorted(pulls.values()), reached(history, engineer)
        assert times[0] == told["first-pr-merged"].at
        assert (times[9] if len(times) > 9 else None) == (
            told["tenth-pr-merged"].at if "tenth-pr-merged" in told else None
        )


def test_pull_requests_of_tutorials_are_left_out_unless_asked_for() -> None:
    history = [started(0), merged(1, 1, tutorial=True), merged(6, 2, tutorial=False), merged(9, 3)]
    assert waited(history).waits == arrived(6)
    assert waited(history, with_tutorial=True).waits == arrived(1)


def test_what_came_after_the_moment_of_the_report_is_not_seen() -> None:
    history = [started(0), merged(5), started(9, "eng-2")]
    early = waited(history, as_of=NOW + timedelta(days=4))
    assert early.waits == waiting(4)


def test_who_merged_before_the_start_is_counted_apart_for_the_first_and_for_the_tenth() -> None:
    history = [started(20), *(merged(19 + day, day) for day in range(12)), started(0, "eng-2")]
    for count in (1, 10):
        found = waited(history, count)
        assert (found.before_start, found.waits) == (1, waiting(100))


def test_a_merge_at_the_very_moment_of_the_start_took_no_time() -> None:
    assert waited([started(3), merged(3)]).waits == arrived(0)


def test_who_has_merges_and_no_start_is_counted_apart_be_it_in_a_tutorial() -> None:
    known = read([merged(1, engineer="eng-1"), merged(1, engineer="eng-3", tutorial=True), started(0, "eng-2")])
    assert known.without_start == 2
    assert waits_for(known, 1).waits == waiting(100)


def test_one_pull_request_that_two_events_tell_of_counts_once_at_its_earliest_merge() -> None:
    seen_twice = [merged(5, 1), event(ev.CHANGE_MERGED, 7, ident="other", number=1)]
    others = [merged(10 + day, 2 + day) for day in range(8)]
    for order in (seen_twice, seen_twice[::-1]):
        assert waited([started(0), *order, *others]).waits == arrived(5)
        assert waited([started(0), *order, *others], 10).waits == waiting(100)


def test_pull_requests_of_two_projects_or_forges_are_not_one_for_having_the_same_number() -> None:
    same = [merged(day, 1, project=f"prj-{day}") for day in range(5)]
    same += [merged(5 + day, 1, forge=f"forge-{day}") for day in range(5)]
    assert waited([started(0), *same], 10).waits == arrived(9)


@pytest.mark.parametrize("data", [{"number": None}, {"project": ""}, {"project": None}, {"number": "x"}])
def test_pull_requests_without_number_or_project_are_told_apart_by_their_events(data: dict[str, Json]) -> None:
    history = [replace(merged(day), id=f"id-{day}", data={**merged(day).data, **data}) for day in range(10)]
    assert waited([started(0), *history], 10).waits == arrived(9)
    assert waited([started(0), *history[:5], *history[:5]], 10).waits == waiting(100)


@pytest.mark.parametrize("engineer", [None, "", 7, ["eng-1"]])
def test_an_event_of_nobody_is_passed_over(engineer: Json) -> None:
    strange = [replace(each, data={**each.data, "engineer": engineer}) for each in (started(0), merged(1))]
    known = read(strange)
    assert (dict(known.starts), dict(known.merges)) == ({}, {})


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("count", [1, 10])
def test_neither_order_nor_duplicates_matter(seed: int, count: int) -> None:
    history = organisation(seed)
    chance = random.Random(seed + 1)
    again = chance.sample([*history, *history], 2 * len(history))
    one, other = waited(history, count), waited(again, count)
    assert one.before_start == other.before_start
    assert sorted(one.waits, key=lambda wait: wait.days) == sorted(other.waits, key=lambda wait: wait.days)
    assert read(history).without_start == read(again).without_start


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("count", [1, 10])
def test_nobody_is_lost_and_no_time_is_negative(seed: int, count: int) -> None:
    history = organisation(seed)
    known, found = read(history), waited(history, count)
    engineers = {str(each.data["engineer"]) for each in history if each.time <= AS_OF}
    assert len(found.waits) + found.before_start + known.without_start == len(engineers)
    assert all(wait.days >= 0 for wait in found.waits)
