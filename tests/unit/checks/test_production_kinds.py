"""The checks about production, as far as they can be seen without one, and `confirm` in one's own words."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from goldenpath.core.outcomes import Evidence
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from goldenpath.core.model import Check, Json

ASKING = [
    check("deployed", "songs"),
    check("deployed", "songs", commit="main"),
    check("metric", "up"),
    check("metric", "up", satisfies="> 0"),
    check("alert", "ServiceDown"),
    check("alert", "ServiceDown", state="resolved"),
    check("dns", "songs.prod.test"),
    check("dns", "songs.prod.test", type="cname", value=["music.prod.test."]),
    check("http", "http://songs.prod.test/version"),
    check("http", "https://SONGS.Prod.Test:8000/"),
    check("http", "http://prod.test/"),
]
NAMES = [f"{each.kind}-{number}" for number, each in enumerate(ASKING)]


@pytest.mark.parametrize("asking", ASKING, ids=NAMES)
def test_while_production_is_not_up_a_check_fails_and_says_what_to_type(asking: Check, tmp_path: Path) -> None:
    finding = examine(asking, world(tmp_path))
    assert (finding.outcome, finding.is_blind) == ("failed", True)
    assert "goldenpath prod up" in finding.found


@pytest.mark.parametrize("asking", ASKING, ids=NAMES)
def test_that_nobody_can_see_it_is_no_proof_that_it_is_not_so(asking: Check, tmp_path: Path) -> None:
    assert examine(replace(asking, is_negated=True), world(tmp_path)).outcome == "failed"


@pytest.mark.parametrize("asking", ASKING, ids=NAMES)
def test_without_the_parts_of_production_it_is_unknown_and_they_can_be_installed(
    asking: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "supervisor", None)
    finding = examine(asking, world(tmp_path))
    assert finding.outcome == "unknown"
    assert "goldenpath[prod]" in finding.fix


def test_looking_makes_no_production(tmp_path: Path) -> None:
    where = world(tmp_path)
    for asking in ASKING:
        examine(asking, where)
    assert not where.production.exists()


def test_what_would_provoke_an_alert_is_not_run_when_nobody_can_see_it(tmp_path: Path) -> None:
    asking = check("alert", "ServiceDown", provoke=["touch", "provoked"], relieve=["touch", "relieved"])
    assert examine(asking, world(tmp_path)).outcome == "failed"
    assert [*tmp_path.iterdir()] == []


def test_a_name_that_only_ends_like_the_zone_is_no_name_of_production(tmp_path: Path) -> None:
    finding = examine(check("http", "http://notprod.test/"), world(tmp_path))
    assert (finding.outcome, "can't be reached" in finding.found) == ("unknown", True)


@pytest.mark.parametrize(
    ("kind", "value", "options", "words"),
    [
        ("deployed", "Songs", {}, "no name of a service"),
        ("metric", "up", {"satisfies": "many"}, "no comparison with a number, like `> 0`"),
        ("metric", "up", {"satisfies": "> 1 and < 2"}, "no comparison"),
        ("metric", "up", {"satisfies": "=> 1"}, "no comparison"),
        ("alert", "Down", {"state": "gone"}, "one of loaded, firing, fired, resolved"),
        ("alert", "Down", {"provoke": []}, "`provoke` names no command"),
        ("alert", "Down", {"relieve": ["true"]}, "nothing is provoked"),
        ("alert", "Down", {"provoke": ["true"], "state": "fired"}, "leave `state` out"),
        ("dns", "songs.example.org", {}, "no name below prod.test"),
        ("dns", "songsprod.test", {}, "no name below prod.test"),
        ("dns", "songs.prod.test", {"type": "NAME"}, "one of A, AAAA"),
        ("confirm", "How was it?", {"open": "true"}, "must be true or false"),
        ("confirm", "How was it?", {"open": True, "answer": "fine"}, "leave `choices` and `answer` out"),
    ],
)
def test_an_option_that_its_author_got_wrong_names_the_line(
    kind: str, value: str, options: dict[str, Json], words: str, tmp_path: Path
) -> None:
    with pytest.raises(TemplateError, match=rf"path.md:7: check `{kind}`") as caught:
        examine(check(kind, value, **options), world(tmp_path, answer="yes"))
    assert words in str(caught.value)


@pytest.mark.parametrize("satisfies", ["== 0", "!= -1", ">=0.5", "<= 10", " > 3 ", "< 99.9"])
def test_a_comparison_is_read(satisfies: str, tmp_path: Path) -> None:
    assert examine(check("metric", "up", satisfies=satisfies), world(tmp_path)).expected == f"up {satisfies}"


@pytest.mark.parametrize("said", ["The hints.", "no", "2", "  with room around  "])
def test_whatever_is_said_to_an_open_question_is_right_and_kept(said: str, tmp_path: Path) -> None:
    finding = examine(check("confirm", "What was hard?", open=True), world(tmp_path, answer=said))
    assert (finding.outcome, finding.evidence, finding.said) == ("passed", Evidence.SAID, said.strip())


@pytest.mark.parametrize("said", [None, "", "   "])
def test_an_open_question_to_which_nothing_is_said_is_unknown(said: str | None, tmp_path: Path) -> None:
    finding = examine(check("confirm", "What was hard?", open=True), world(tmp_path, answer=said))
    assert (finding.outcome, finding.said) == ("unknown", "")
    assert "--answer" in finding.fix


def test_of_a_very_long_answer_the_beginning_is_kept(tmp_path: Path) -> None:
    finding = examine(check("confirm", "What was hard?", open=True), world(tmp_path, answer="a" * 1999 + "bcd"))
    assert (len(finding.said), finding.said[-1]) == (2000, "b")


@pytest.mark.parametrize(
    ("options", "choices"), [({"open": True}, None), ({"open": False}, []), ({}, []), ({"choices": ["a"]}, ["a"])]
)
def test_an_open_question_is_asked_as_one(options: dict[str, Json], choices: list[str] | None, tmp_path: Path) -> None:
    asked: list[tuple[str, Sequence[str] | None]] = []

    def ask(question: str, given: Sequence[str] | None) -> None:
        asked.append((question, given))

    examine(check("confirm", "How was it?", **options), replace(world(tmp_path), ask=ask))
    assert asked == [("How was it?", choices)]


def test_what_is_said_to_another_question_is_not_kept(tmp_path: Path) -> None:
    assert examine(check("confirm", "Did you?"), world(tmp_path, answer="yes")).said == ""
