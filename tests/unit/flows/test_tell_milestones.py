"""Milestones as they are told: how long after the start, how well known, and what a wrong clock does to both."""

from __future__ import annotations

import shutil
from datetime import timedelta
from itertools import permutations
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core import events as ev
from goldenpath.core.errors import UsageError
from goldenpath.core.events import Draft
from goldenpath.core.identifiers import event_id
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.outcomes import Evidence
from goldenpath.flows.export_ledger import write_export
from goldenpath.flows.import_ledger import import_files
from goldenpath.flows.record_milestone import record_milestone
from goldenpath.flows.tell_milestones import MilestoneLine, tell_milestones
from tests.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Json

HOUR, DAY = 3600.0, 86_400.0


def happened(ledger: Ledger, kind: str, day: float, clock: float | None = None, **facts: Json) -> None:
    """Something that happened on a day, written when the machine's clock stood at that or another one."""
    written = NOW + timedelta(days=day if clock is None else clock)
    ledger.append([Draft(kind, "prj-1", NOW + timedelta(days=day), {"project": "prj-1", **facts}, event_id(written))])


def told(ledger: Ledger) -> dict[str, MilestoneLine]:
    return {line.milestone: line for line in tell_milestones(ledger)}


def take_in(ledger: Ledger, other: Ledger, folder: Path) -> None:
    """Import all that another ledger has."""
    write_export(other, folder / "other.jsonl")
    with (folder / "other.jsonl").open("rb") as file:
        for _ in import_files(ledger, [("other.jsonl", file)], NOW + timedelta(days=400)):
            pass


def test_all_milestones_are_told_in_order_with_what_they_mean(ledger: Ledger) -> None:
    lines = tell_milestones(ledger)
    assert {line.milestone: line.meaning for line in lines} == MILESTONES
    assert [line.milestone for line in lines] == [*MILESTONES]
    assert {(line.at, line.after_s, line.learned, line.url) for line in lines} == {(None, None, None, "")}
    assert not ledger.path.exists()


def test_what_is_reached_says_when_how_long_after_the_start_and_how_it_was_learned(ledger: Ledger) -> None:
    happened(ledger, ev.PATH_STARTED, 0)
    happened(ledger, ev.STEP_COMPLETED, 0.5, milestone="first-change", learned="verified")
    happened(ledger, ev.CHANGE_MERGED, 2, number=1)
    happened(ledger, ev.MILESTONE_RECORDED, 3, milestone="first-deploy", learned="said", url="https://x.test/7")
    lines = told(ledger)
    assert {name: line.after_s for name, line in lines.items() if line.at} == {
        "started": 0.0,
        "first-change": 12 * HOUR,
        "first-pr-merged": 2 * DAY,
        "first-deploy": 3 * DAY,
    }
    learned = {line.learned for line in lines.values() if line.at}
    assert learned == {Evidence.VERIFIED, Evidence.FORGE, Evidence.SAID}
    assert lines["first-deploy"].url == "https://x.test/7"
    assert lines["first-pr-merged"].at == NOW + timedelta(days=2)


def test_without_a_start_there_is_no_time_after_it(ledger: Ledger) -> None:
    happened(ledger, ev.CHANGE_MERGED, 2, number=1)
    line = told(ledger)["first-pr-merged"]
    assert (line.at, line.after_s, line.is_before_start) == (NOW + timedelta(days=2), None, False)


@pytest.mark.parametrize("before", [0.001 / DAY, 1.0, 400.0])
def test_what_lies_before_the_start_has_no_negative_time(ledger: Ledger, before: float) -> None:
    happened(ledger, ev.PATH_STARTED, 0)
    happened(ledger, ev.MILESTONE_RECORDED, -before, clock=1, milestone="first-deploy", learned="said")
    line = told(ledger)["first-deploy"]
    assert (line.after_s, line.is_before_start) == (None, True)
    assert line.at == NOW - timedelta(days=before)
    assert not line.is_clock_doubtful


def test_a_clock_that_ran_backwards_is_noticed_and_gives_no_negative_time(ledger: Ledger) -> None:
    happened(ledger, ev.PATH_STARTED, 5)
    happened(ledger, ev.STEP_COMPLETED, 1, milestone="first-change", learned="verified")
    happened(ledger, ev.STEP_COMPLETED, 6, milestone="first-commit", learned="verified")
    lines = told(ledger)
    assert {line.milestone for line in lines.values() if line.is_clock_doubtful} == {
        "started",
        "first-change",
        "first-commit",
    }
    assert [line.after_s for line in lines.values() if line.at] == [0.0, None, DAY]
    assert lines["first-change"].is_before_start


@pytest.mark.parametrize(("back_s", "is_noticed"), [(59.0, False), (60.0, False), (61.0, True)])
def test_a_clock_may_be_set_back_by_a_minute(ledger: Ledger, back_s: float, *, is_noticed: bool) -> None:
    happened(ledger, ev.PATH_STARTED, 1)
    happened(ledger, ev.STEP_COMPLETED, 1, clock=1 - back_s / DAY, milestone="first-change", learned="verified")
    assert told(ledger)["started"].is_clock_doubtful is is_noticed


def test_saying_later_what_was_before_is_no_wrong_clock(ledger: Ledger) -> None:
    happened(ledger, ev.PATH_STARTED, 0)
    happened(ledger, ev.MILESTONE_RECORDED, 2, clock=9, milestone="exposed", learned="said")
    happened(ledger, ev.MILESTONE_RECORDED, 1, clock=10, milestone="first-alert", learned="said")
    assert not any(line.is_clock_doubtful for line in told(ledger).values())


def test_a_wrong_clock_is_known_by_when_events_were_written_and_not_by_what_they_say(ledger: Ledger) -> None:
    happened(ledger, ev.MILESTONE_RECORDED, 0, clock=5, milestone="exposed", learned="said")
    happened(ledger, ev.STEP_COMPLETED, 1, milestone="first-change", learned="verified")
    assert told(ledger)["exposed"].is_clock_doubtful


def test_anothers_wrong_clock_is_not_mine(ledger: Ledger, tmp_path: Path) -> None:
    happened(ledger, ev.PATH_STARTED, 3)
    other = Ledger(tmp_path / "other" / "ledger.sqlite3")
    for day in (9, 1):
        happened(other, ev.PATH_STARTED, day)
    take_in(ledger, other, tmp_path)
    lines = told(ledger)
    assert (lines["started"].at, lines["started"].is_clock_doubtful) == (NOW + timedelta(days=3), False)


def test_two_branches_of_a_fork_are_two_clocks_and_neither_ran_backwards(ledger: Ledger, tmp_path: Path) -> None:
    happened(ledger, ev.PATH_STARTED, 0)
    shutil.copytree(ledger.path.parent, tmp_path / "copied")
    copied = Ledger(tmp_path / "copied" / ledger.path.name)
    happened(ledger, ev.STEP_COMPLETED, 5, milestone="first-change", learned="verified")
    happened(ledger, ev.HINT_SHOWN, 6)
    happened(copied, ev.STEP_COMPLETED, 1, milestone="first-commit", learned="verified")
    happened(copied, ev.HINT_SHOWN, 2)
    take_in(ledger, copied, tmp_path)
    lines = told(ledger)
    assert (lines["first-change"].after_s, lines["first-commit"].after_s) == (5 * DAY, DAY)
    assert not lines["started"].is_clock_doubtful


SOURCES = [(3, "verified"), (2, "history"), (1, "said")]


@pytest.mark.parametrize("order", list(permutations(SOURCES)))
def test_a_better_source_supersedes_a_worse_one_and_erases_nothing(
    ledger: Ledger, order: tuple[tuple[int, str], ...]
) -> None:
    for day, learned in order:
        happened(ledger, ev.MILESTONE_RECORDED, day, clock=9, milestone="first-deploy", learned=learned)
    line = told(ledger)["first-deploy"]
    assert (line.learned, line.at) == (Evidence.VERIFIED, NOW + timedelta(days=3))
    kept = {(event.data["learned"], event.time) for event in ledger.events()}
    assert kept == {(learned, NOW + timedelta(days=day)) for day, learned in SOURCES}


def test_what_was_said_is_superseded_by_the_forge_and_stays(ledger: Ledger) -> None:
    record_milestone(ledger, "first-pr-merged", at=NOW - timedelta(days=3), url="", project="prj-1")
    assert told(ledger)["first-pr-merged"].learned is Evidence.SAID
    happened(ledger, ev.STEP_COMPLETED, 2, milestone="first-pr-merged", learned="verified")
    assert told(ledger)["first-pr-merged"].learned is Evidence.VERIFIED
    happened(ledger, ev.CHANGE_MERGED, 1, number=1)
    line = told(ledger)["first-pr-merged"]
    assert (line.learned, line.at) == (Evidence.FORGE, NOW + timedelta(days=1))
    assert len(ledger.events()) == 3


def test_who_says_an_unknown_milestone_is_told_the_nearest(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no milestone `first-deply`") as caught:
        record_milestone(ledger, "first-deply", at=NOW, url="", project="")
    assert "`first-deploy`" in caught.value.hint
    assert not ledger.path.exists()


def test_what_is_said_is_about_its_project_or_else_about_the_engineer(ledger: Ledger) -> None:
    events = [
        record_milestone(ledger, "exposed", at=NOW, url="u", project="prj-1"),
        record_milestone(ledger, "exposed", at=NOW, url="", project=""),
    ]
    assert [event.subject for event in events] == ["prj-1", ledger.known_engineer()]
    assert [event.data["learned"] for event in events] == ["said", "said"]
