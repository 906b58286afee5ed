"""`goldenpath ledger log`: the events that are asked for, in the order in which they were written."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.core.identifiers import event_id
from goldenpath.flows.export_ledger import write_export
from tests.conftest import NOW

if TYPE_CHECKING:
    from goldenpath.core.model import Json
    from tests.cli.conftest import Cli, Result

FOREIGN: dict[str, Json] = {"specversion": "1.0", "source": "https://ci.example.org", "time": "2026-03-02T10:00:00Z"}


def happened(kind: str, day: float, subject: str = "", written: float | None = None, **facts: Json) -> Draft:
    """Something that happened on a day, and was written on the same day or another."""
    moment, clock = (NOW + timedelta(days=each) for each in (day, day if written is None else written))
    return Draft(kind, subject, moment, facts, event_id(clock))


@pytest.fixture
def walked(ledger: Ledger) -> Ledger:
    """A ledger of two projects that are called alike, and of one that is not."""
    ledger.append([happened(ev.REPOSITORY_CREATED, 0, "prj-1", name="songs")])
    ledger.append([happened(ev.STEP_CHECKED, 1, "prj-1", step="one")])
    ledger.append([happened(ev.STEP_COMPLETED, 2, "prj-1", step="two", learned="verified")])
    ledger.append([happened(ev.MILESTONE_RECORDED, 3, milestone="first-alert")])
    ledger.append([happened(ev.REPOSITORY_CREATED, 4, "prj-2", name="lists")])
    ledger.append([happened(ev.STEP_CHECKED, 5, "prj-2", step="three")])
    ledger.append([happened(ev.REPOSITORY_CREATED, 6, "prj-3", name="songs")])
    return ledger


def told(result: Result) -> list[str]:
    """What the lines of a log are about."""
    assert result.code == 0, result.err
    return [line[42:62].strip() for line in result.out.splitlines()]


ASKED = {
    "": ["songs", "one", "two", "first-alert", "lists", "three", "songs"],
    "--since 2026-03-05T09:00Z": ["first-alert", "lists", "three", "songs"],
    "--since 2026-03-05T09:00:01Z": ["lists", "three", "songs"],
    "--type step": ["one", "two", "three"],
    "--type step.checked": ["one", "three"],
    f"--type {ev.STEP_CHECKED}": ["one", "three"],
    "--type repository.created": ["songs", "lists", "songs"],
    "--project lists": ["lists", "three"],
    "--project prj-2": ["lists", "three"],
    "--project prj-1": ["songs", "one", "two"],
    "--project songs": ["songs", "one", "two", "songs"],
    "--project songs --type step": ["one", "two"],
    "--project songs --since 2026-03-04T00:00Z": ["two", "songs"],
    "--type step --since 2026-03-04T00:00Z": ["two", "three"],
    "--type step --project songs --since 2026-03-04T00:00Z": ["two"],
}


@pytest.mark.parametrize("options", ASKED)
def test_the_log_shows_what_meets_all_that_is_asked(walked: Ledger, cli: Cli, options: str) -> None:
    assert told(cli("ledger", "log", *options.split())) == ASKED[options]
    facts = [event["data"] for event in cli("ledger", "log", *options.split(), "--json").data]
    names = [next(str(each[key]) for key in ("step", "milestone", "name") if key in each) for each in facts]
    assert names == ASKED[options]


def test_a_line_names_the_project_and_how_it_was_learned(walked: Ledger, cli: Cli) -> None:
    (line,) = cli("ledger", "log", "--type", "step.completed").out.splitlines()
    assert line.split()[2:] == ["step.completed", "two", "verified", "songs"]


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (["--type", "stepp"], "no event is of type `stepp`", "did you mean `step`?"),
        (["--type", "step.complete"], "no event is of type `step.complete`", "did you mean `step.completed`?"),
        (["--type", "xy"], "no event is of type `xy`", "known: change, change.created, "),
        (["--project", "song"], "no event is about a project `song`", "did you mean `songs`?"),
        (["--project", "xy"], "no event is about a project `xy`", "known: lists, songs"),
        (["--since", "soon"], "--since: 'soon' is not a time", "write it like"),
        (["--since", "2999-01-01"], "--since: 2999-01-01 lies in the future", "give a time that has been"),
    ],
)
def test_what_nobody_can_mean_is_refused_with_what_is_near(
    walked: Ledger, cli: Cli, options: list[str], message: str, hint: str
) -> None:
    result = cli("ledger", "log", *options)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert hint in result.err
    error = json.loads(cli("ledger", "log", *options, "--json").out)["error"]
    assert error["code"] == "usage"
    assert message in error["message"]
    assert hint in error["hint"]


@pytest.mark.parametrize("options", ["--type change", "--project lists --type milestone", "--since 2026-03-09"])
def test_nothing_found_is_said_and_is_no_error(walked: Ledger, cli: Cli, options: str) -> None:
    result = cli("ledger", "log", *options.split())
    assert (result.code, result.out) == (0, "No such event. See all: goldenpath ledger log\n")
    assert cli("ledger", "log", *options.split(), "--json").data == []


def test_an_empty_ledger_names_the_way_to_begin(cli: Cli) -> None:
    assert "Begin with: goldenpath start backend" in cli("ledger", "log").out
    assert cli("ledger", "log", "--json").data == []
    assert "No such event" in cli("ledger", "log", "--type", "step").out
    assert cli("ledger", "log", "--project", "songs").code == 2


def test_events_of_another_machine_stand_where_they_were_written(walked: Ledger, cli: Cli, tmp_path: Path) -> None:
    other = Ledger(tmp_path / "other" / "ledger.sqlite3")
    other.append([happened(ev.REPOSITORY_CREATED, 1.5, "prj-9", name="there")])
    other.append([happened(ev.STEP_CHECKED, 4.5, "prj-9", step="there-two")])
    write_export(other, Path("other.jsonl"))
    assert cli("ledger", "import", "other.jsonl").code == 0
    expected = ["songs", "one", "there", "two", "first-alert", "lists", "there-two", "three", "songs"]
    assert told(cli("ledger", "log")) == expected
    assert told(cli("ledger", "log", "--project", "there")) == ["there", "there-two"]

    fresh = Ledger(tmp_path / "fresh" / "ledger.sqlite3")
    fresh.append([happened(ev.STEP_CHECKED, 9, "prj-1", step="last")])
    write_export(walked, Path("both.jsonl"))
    walked.path.unlink()
    fresh.path.rename(walked.path)
    assert cli("ledger", "import", "both.jsonl").code == 0
    assert told(cli("ledger", "log")) == [*expected, "last"]


def test_a_clock_that_ran_backwards_changes_no_order(ledger: Ledger, cli: Cli) -> None:
    for day, step in ((5, "one"), (1, "two"), (2, "three"), (7, "four")):
        ledger.append([happened(ev.STEP_CHECKED, day, "prj-1", step=step)])
    assert told(cli("ledger", "log")) == ["one", "two", "three", "four"]


def test_what_was_said_later_stands_where_it_was_said(ledger: Ledger, cli: Cli) -> None:
    ledger.append([happened(ev.STEP_CHECKED, 3, "prj-1", step="one")])
    ledger.append([happened(ev.MILESTONE_RECORDED, 1, written=4, milestone="first-deploy")])
    assert told(cli("ledger", "log")) == ["one", "first-deploy"]
    assert told(cli("ledger", "log", "--since", "2026-03-04T00:00Z")) == ["one"]


def test_events_of_others_are_shown_by_their_own_type_and_found_by_it(walked: Ledger, cli: Cli) -> None:
    lines = [
        {**FOREIGN, "id": "a", "type": "build", "subject": "42", "project": "prj-2"},
        {**FOREIGN, "id": "b", "type": "org.example.test.finished.v1"},
    ]
    Path("ci.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert cli("ledger", "import", "ci.jsonl").code == 0
    assert [line.split()[2:] for line in cli("ledger", "log", "--type", "build").out.splitlines()] == [["build", "42"]]
    assert "test.finished" in cli("ledger", "log", "--type", "test").out
    assert "did you mean `build`?" in cli("ledger", "log", "--type", "bild").err
    assert "`" not in cli("ledger", "log", "--type", "xyz").err.split("known: ")[1].split(",")[0]
    assert [event["id"] for event in cli("ledger", "log", "--project", "lists", "--json").data].count("a") == 1
