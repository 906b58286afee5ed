"""The order of events is that in which they were written, whatever order they come in."""

from __future__ import annotations

import random
from datetime import timedelta
from itertools import permutations

import pytest

from goldenpath.core.events import Event
from goldenpath.core.identifiers import event_id
from goldenpath.core.order import Backwards, backwards, in_order, written_at
from tests.conftest import NOW
from tests.merging import FIRST, chain, sealed

A, B = "wri-a", "wri-b"


def written(writer: str, *minutes: float, after: Event | None = None) -> list[Event]:
    """A chain whose writer's clock stood so many minutes after NOW."""
    events: list[Event] = []
    for minute in minutes:
        ident = event_id(NOW + timedelta(minutes=minute))
        events += chain(1, writer, events[-1] if events else after, id=ident, time=NOW)
    return events


def foreign(ident: str, minute: float, source: str = "https://ci.example.org") -> Event:
    return Event(ident, source, 0, "built", "", NOW + timedelta(minutes=minute), {}, "", "")


def test_a_chain_keeps_its_order_though_its_clock_runs_backwards() -> None:
    mine, other = written(A, 10, 0, 20), written(B, 5, 15)
    assert in_order([*mine, *other]) == [other[0], mine[0], mine[1], other[1], mine[2]]


def test_what_is_in_no_chain_goes_by_its_time() -> None:
    mine, theirs = written(A, 0, 10), [foreign("a", 5), foreign("b", -5)]
    assert in_order([*theirs, *mine]) == [theirs[1], mine[0], theirs[0], mine[1]]


def test_when_it_happened_does_not_matter_for_what_we_wrote() -> None:
    said_later = sealed(written(A, 10)[0], time=NOW - timedelta(days=400))
    other = written(B, 5)[0]
    assert in_order([said_later, other]) == [other, said_later]


def test_every_arrival_gives_the_same_order() -> None:
    trunk = written(A, 3)
    branches = [*written(A, 1, after=trunk[0]), *written(A, 9, after=trunk[0])]
    events = [*trunk, *branches, *written(B, 3, 2), foreign("x", 3), foreign("x", 3, "other")]
    expected = in_order(events)
    assert sorted(expected, key=id) == sorted(events, key=id)
    assert all(in_order(arrived) == expected for arrived in permutations(events))


def test_every_arrival_of_many_gives_the_same_order() -> None:
    chance = random.Random(7)
    events = [foreign(str(number), chance.randrange(9)) for number in range(60)]
    for writer in (A, B, "wri-c"):
        events += written(writer, *(chance.randrange(9) for _ in range(60)))
    expected = in_order(events)
    for _ in range(50):
        assert in_order(chance.sample(events, len(events))) == expected
    for writer in (A, B, "wri-c"):
        assert [event.wseq for event in expected if event.writer == writer] == [*range(1, 61)]


@pytest.mark.parametrize(
    "ident",
    ["", "7", "build-7", "019d2f4e-8a10-4c3b-9f52-6b1f0e7a4c11", "ffffffff-ffff-7fff-9f52-6b1f0e7a4c11", "g" * 36],
)
def test_an_id_that_tells_no_moment_leaves_the_time(ident: str) -> None:
    assert written_at(sealed(id=ident)) == FIRST.time


def test_an_id_of_others_tells_nothing() -> None:
    assert written_at(foreign(FIRST.id, 7)) == NOW + timedelta(minutes=7)


def test_a_clock_that_ran_backwards_is_noticed_with_writer_number_and_seconds() -> None:
    assert backwards([*written(A, 0, 10, 4, 5), *written(B, 0, 1)]) == [Backwards(A, 3, 360.0)]


def test_a_clock_that_is_put_right_by_a_minute_is_not_noticed() -> None:
    assert backwards(written(A, 10, 9)) == []
    assert backwards(written(A, 10, 8.9)) == [Backwards(A, 2, 66.0)]


def test_between_writers_and_for_others_no_clock_runs_backwards() -> None:
    assert backwards([*written(A, 100), *written(B, 0), foreign("x", 50), foreign("y", 0)]) == []


def test_events_of_one_project_are_enough_to_notice() -> None:
    mine = written(A, 30, 20, 10)
    assert backwards([mine[0], mine[2]]) == [Backwards(A, 3, 1200.0)]


def test_two_branches_of_a_fork_have_two_clocks() -> None:
    trunk = written(A, 0)
    early, late = written(A, 10, 20, after=trunk[0]), written(A, 500, 510, after=trunk[0])
    for arrived in permutations([*trunk, *early, *late]):
        assert backwards(arrived) == []
    slow = written(A, 490, after=late[-1])
    for arrived in permutations([*trunk, *early, *late, *slow]):
        assert backwards(arrived) == [Backwards(A, 4, 1200.0)]
    later = written(A, 30, after=early[-1])
    assert backwards([early[0], late[0], *later]) == []
