"""`milestones --stats`: counts, estimates, what is withheld, and the page."""

from __future__ import annotations

import io
import json
import re
import sys
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.core import events as ev
from tests.cli.test_json_contract import holds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json
    from tests.cli.conftest import Cli

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
AS_OF = "2026-02-04T09:00+00:00"
"""Thirty days after everybody began."""
NEVER = -1
DAYS = [2, 4, 4, 6, 9, 12, NEVER, NEVER]
"""When each of eight engineers had a first pull request merged."""

MOMENT = {"days": (float, type(None)), "reached": bool}
SHARE = {
    "days": (int, float),
    "share": (float, type(None)),
    "observed": bool,
    "low": (float, type(None)),
    "high": (float, type(None)),
    "at_risk": int,
}


def lives(days: Iterable[float], *, tutorial: bool = False) -> list[ev.Draft]:
    """The events of engineers who all began at BEGIN."""
    drafts: list[ev.Draft] = []
    for number, day in enumerate(days):
        about: dict[str, Any] = {"engineer": f"eng-secret-{number}", "project": f"prj-secret-{number}"}
        drafts.append(ev.Draft(ev.PATH_STARTED, f"prj-secret-{number}", BEGIN, about))
        if day != NEVER:
            about |= {"number": 1, "forge": "local", "tutorial": tutorial}
            drafts.append(ev.Draft(ev.CHANGE_MERGED, f"prj-secret-{number}", BEGIN + timedelta(days=day), about))
    return drafts


@pytest.fixture
def eight(ledger: Ledger) -> Ledger:
    """A ledger with eight engineers, two of whom are still on the way."""
    ledger.append(lives(DAYS))
    return ledger


@pytest.mark.usefixtures("eight")
def test_the_estimate_is_that_of_kaplan_and_meier(cli: Cli) -> None:
    first, tenth = cli("milestones", "--stats", "--as-of", AS_OF, "--json").data["statistics"]
    assert (first["engineers"], first["reached"], first["on_the_way"]) == (8, 6, 2)
    assert (first["median"]["days"], first["median"]["low"]["days"]) == (6, 2)
    assert [row["share"] for row in first["table"][:7]] == [0.0, 0.125, 0.125, 0.375, 0.5, 0.625, 0.75]
    assert [row["at_risk"] for row in first["table"][:7]] == [8, 8, 7, 5, 4, 3, 2]
    assert (tenth["reached"], tenth["median"]["days"], tenth["median"]["reached"]) == (0, None, False)


@pytest.mark.usefixtures("eight")
def test_beyond_the_longest_wait_the_share_is_not_observed(cli: Cli) -> None:
    rows = cli("milestones", "--stats", "--as-of", AS_OF, "--json").data["statistics"][0]["table"]
    assert [(row["days"], row["observed"]) for row in rows[-3:]] == [(30, True), (60, False), (90, False)]
    assert (rows[-1]["share"], rows[-1]["at_risk"]) == (None, 0)
    assert cli("milestones", "--stats", "--as-of", AS_OF).out.count("not observed yet") == 4


@pytest.mark.usefixtures("eight")
def test_the_json_keeps_its_contract(cli: Cli) -> None:
    data = cli("milestones", "--stats", "--as-of", AS_OF, "--json").data
    assert data["as_of"] == "2026-02-04T09:00:00.000Z"
    for told in data["statistics"]:
        holds(told["median"], {**MOMENT, "low": MOMENT, "high": MOMENT}, "median")
        holds([*told["table"], *told["curve"]], [SHARE], "table")
        assert 2 <= len(told["curve"]) <= 181


@pytest.mark.parametrize("days", [[], [3], [3, 5, NEVER, 8]])
def test_under_five_there_are_counts_and_the_reason_and_no_estimate(cli: Cli, ledger: Ledger, days: list[int]) -> None:
    if days:
        ledger.append(lives(days))
    told = cli("milestones", "--stats", "--as-of", AS_OF, "--json").data["statistics"][0]
    assert (told["engineers"], told["reached"]) == (len(days), len(days) - days.count(NEVER))
    assert (told["median"], told["table"], told["curve"]) == (None, [], [])
    assert told["withheld"]
    shown = cli("milestones", "--stats", "--as-of", AS_OF, "--html", "page.html").out
    assert f"no estimate: {told['withheld']}" in shown
    page = Path("page.html").read_text()
    assert f"No estimate: {told['withheld']}" in page
    for text in (shown, page):
        assert "median" not in text.lower()
        assert not re.search(r"\d %", text)
        assert "<svg" not in text


def test_five_are_enough(cli: Cli, ledger: Ledger) -> None:
    ledger.append(lives([3, 5, NEVER, 8, 9]))
    assert cli("milestones", "--stats", "--as-of", AS_OF, "--json").data["statistics"][0]["median"]["days"] == 8


@pytest.mark.usefixtures("eight")
def test_nobody_is_named_anywhere(cli: Cli, ledger: Ledger) -> None:
    from goldenpath.core.model import Person

    ledger.remember(Person("Ada Secret", "ada.secret@example.org"), "eng-secret-1")
    told = cli("milestones", "--stats", "--as-of", AS_OF, "--html", "page.html")
    data = cli("milestones", "--stats", "--as-of", AS_OF, "--json").out
    assert "secret" not in (told.out + told.err + data + Path("page.html").read_text()).lower()


@pytest.mark.usefixtures("eight")
def test_means_and_medians_of_those_who_finished_are_nowhere(cli: Cli) -> None:
    data = cli("milestones", "--stats", "--as-of", AS_OF, "--json").out
    assert "mean" not in data
    assert cli("milestones", "--stats", "--as-of", AS_OF, "--json").data["statistics"][0]["median"]["days"] != 5


def test_pull_requests_of_tutorials_count_only_when_asked_for(cli: Cli, ledger: Ledger) -> None:
    ledger.append(lives(DAYS, tutorial=True))
    without = cli("milestones", "--stats", "--as-of", AS_OF, "--json").data
    with_them = cli("milestones", "--stats", "--tutorial", "--as-of", AS_OF, "--json").data
    assert (without["with_tutorial"], without["statistics"][0]["reached"]) == (False, 0)
    assert (with_them["with_tutorial"], with_them["statistics"][0]["reached"]) == (True, 6)
    assert "with those of tutorials" in cli("milestones", "--stats", "--tutorial").out


@pytest.mark.usefixtures("eight")
def test_an_earlier_moment_sees_less_and_starts_nobody_who_began_later(cli: Cli) -> None:
    told = cli("milestones", "--stats", "--as-of", "2026-01-10T09:00+00:00", "--json").data["statistics"][0]
    assert (told["engineers"], told["reached"]) == (8, 3)
    told = cli("milestones", "--stats", "--as-of", "2026-01-05T08:00+00:00", "--json").data["statistics"][0]
    assert told["engineers"] == 0


def test_who_can_not_be_measured_is_counted_apart(cli: Cli, ledger: Ledger) -> None:
    lone: dict[str, Json] = {"engineer": "eng-x", "project": "prj-x", "number": 1}
    early: dict[str, Json] = {"engineer": "eng-secret-0", "project": "prj-y", "number": 1}
    ledger.append(
        [
            *lives(DAYS),
            ev.Draft(ev.CHANGE_MERGED, "prj-x", BEGIN, lone),
            ev.Draft(ev.CHANGE_MERGED, "prj-y", BEGIN - timedelta(days=1), early),
        ]
    )
    data = cli("milestones", "--stats", "--as-of", AS_OF, "--json").data
    assert (data["without_start"], data["statistics"][0]["before_start"]) == (1, 1)
    assert data["statistics"][0]["engineers"] == 7
    shown = cli("milestones", "--stats", "--as-of", AS_OF).out
    assert "Left out: 1 engineer with a pull request merged before the start." in shown
    assert "Left out: 1 engineer with merges and no known start." in shown


@pytest.mark.usefixtures("eight")
def test_the_screen_has_what_the_numbers_say(cli: Cli) -> None:
    lines = cli("milestones", "--stats", "--as-of", AS_OF).out.splitlines()
    assert "  8 engineers: 6 got there, 2 still on the way" in lines
    assert "  median: 6 days 0 h (95 % interval: from 2 days 0 h, no upper end yet)" in lines
    assert "  median: not reached yet (no 95 % interval yet)" in lines
    row = next(line for line in lines if line.startswith("5 days"))
    assert re.fullmatch(r"5 days +38 % +\d+ to \d+ % +5 +#{8}\.{12} *", row)
    assert max(map(len, lines)) <= 100


@pytest.mark.usefixtures("eight")
def test_a_screen_of_ascii_without_colour_shows_the_same(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from goldenpath.cli.boundary import main

    usual = cli("milestones", "--stats", "--as-of", AS_OF).out
    plain = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="strict")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", plain)
    assert main(["milestones", "--stats", "--as-of", AS_OF]) == 0
    plain.flush()
    assert plain.buffer.getvalue().decode("ascii") == usual
    assert "\x1b" not in usual


# What can't be asked for


@pytest.mark.parametrize("option", [["--html", "page.html"], ["--tutorial"], ["--as-of", "2026-01-05"]])
def test_an_option_about_statistics_needs_them(cli: Cli, option: list[str]) -> None:
    result = cli("milestones", *option)
    assert result.code == 2
    assert f"hint: goldenpath milestones --stats {option[0]}" in result.err
    assert not Path("page.html").exists()


@pytest.mark.parametrize(("moment", "message"), [("soon", "is not a time"), ("2999-01-01", "lies in the future")])
def test_a_moment_that_makes_no_sense_is_refused(cli: Cli, moment: str, message: str) -> None:
    result = cli("milestones", "--stats", "--as-of", moment)
    assert (result.code, "--as-of" in result.err, message in result.err) == (2, True, True)


def test_looking_at_statistics_makes_no_ledger(cli: Cli, settings: Settings) -> None:
    assert cli("milestones", "--stats").code == 0
    assert not settings.ledger.exists()


# The page


class Page(HTMLParser):
    """Which elements are open, what they hold, and whether all are closed in turn."""

    VOID = frozenset({"meta", "path", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in self.VOID
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture
def page(cli: Cli, eight: Ledger) -> str:
    """The page about eight engineers."""
    assert cli("milestones", "--stats", "--as-of", AS_OF, "--html", "page.html").code == 0
    return Path("page.html").read_text(encoding="utf-8")


def test_the_page_is_well_formed(page: str) -> None:
    parsed = Page(page)
    assert not parsed.open
    assert page.startswith("<!doctype html>")
    assert parsed.seen.count("svg") == parsed.seen.count("table") == parsed.seen.count("h2") == 2
    assert ("name", "viewport") in parsed.attributes
    assert ("lang", "en") in parsed.attributes


def test_the_page_needs_nothing_else_and_runs_nothing(page: str) -> None:
    parsed = Page(page)
    assert not {"script", "link", "img", "iframe", "object", "a", "use", "image"} & set(parsed.seen)
    assert not [name for name, _ in parsed.attributes if name in {"src", "href", "xlink:href"} or name.startswith("on")]
    assert not re.search(r"http|//|url\(|@import", page)
    assert len(page) < 20_000


def test_the_page_has_the_numbers_of_the_screen(page: str, cli: Cli) -> None:
    assert "Median: 6 days 0 h (95 % interval: from 2 days 0 h, no upper end yet)" in page
    assert "Median: not reached yet" in page
    row = '<th scope="row">5 days</th><td>38 %</td>'
    assert row in page


def test_the_plot_ends_where_the_estimate_ends(page: str) -> None:
    line = re.findall(r'<path class="line" d="([^"]+)"', page)[0]
    heights = [float(found) for found in re.findall(r"V([\d.]+)", line)]
    assert heights == sorted(heights, reverse=True)
    assert len(heights) == 5
    assert heights[-1] == pytest.approx(186 - (186 - 12) * 0.75, abs=0.06)
    assert line.endswith("H346.0")


@pytest.mark.usefixtures("eight")
def test_the_curve_ends_where_nobody_was_watched_any_longer(cli: Cli) -> None:
    told = cli("milestones", "--stats", "--as-of", "2026-01-29T09:00+00:00", "--html", "page.html", "--json").data
    curve = told["statistics"][0]["curve"]
    assert all(point["observed"] for point in curve)
    assert curve[-1]["days"] == pytest.approx(24)
    line = re.findall(r'<path class="line" d="([^"]+)"', Path("page.html").read_text())[0]
    assert float(line.rsplit("H", 1)[1]) == pytest.approx(42 + (346 - 42) * 24 / 30, abs=0.06)


def test_the_row_below_the_plot_is_the_number_at_risk(page: str) -> None:
    row = re.findall(r'y="256.0" text-anchor="middle">(\d+)<', page)
    marks = re.findall(r'y="203.0" text-anchor="middle">(\d+)<', page)
    both = list(zip(marks, row, strict=True))
    assert ("30", "2") in both
    assert ("10", "3") in both


def test_a_page_takes_the_place_of_a_page_and_of_nothing_else(page: str, cli: Cli, settings: Settings) -> None:
    assert cli("milestones", "--stats", "--html", "page.html").code == 0
    assert Path("page.html").read_text() != page
    before = settings.ledger.read_bytes()
    result = cli("milestones", "--stats", "--html", settings.ledger)
    assert result.code == 5
    assert "hint: name another file" in result.err
    assert settings.ledger.read_bytes() == before
    Path("notes.txt").write_text("")
    assert cli("milestones", "--stats", "--html", "notes.txt").code == 5


@pytest.mark.usefixtures("eight")
def test_a_page_that_can_not_be_written_leaves_nothing(cli: Cli) -> None:
    Path("file").write_text("x")
    for target in (".", "file/page.html", "x" * 300):
        result = cli("milestones", "--stats", "--html", target)
        assert (result.code, result.out) == (2, ""), target
    assert [path.name for path in Path().iterdir()] == ["file"]


@pytest.mark.usefixtures("eight")
def test_json_and_the_screen_say_where_the_page_is(cli: Cli) -> None:
    result = cli("milestones", "--stats", "--html", "page.html", "--json")
    assert json.loads(result.out)["data"]["page"] == str(Path("page.html").absolute())
    assert f"the page is in {Path('page.html').absolute()}" in cli("milestones", "--stats", "--html", "page.html").out
    assert cli("milestones", "--stats", "--json").data["page"] == ""
