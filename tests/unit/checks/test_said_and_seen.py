"""The `confirm`, `env`, `milestone` and `pr` checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from goldenpath.core.model import Json, PullRequest, PullRequestState
from goldenpath.core.outcomes import Evidence
from tests.conftest import NOW
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from pathlib import Path

VALUE = "hunter2-very-secret"


@pytest.mark.parametrize(
    ("options", "said", "outcome"),
    [
        ({}, "yes", "passed"),
        ({}, " Y ", "passed"),
        ({}, "no", "failed"),
        ({}, "perhaps", "failed"),
        ({"answer": "main"}, "main", "passed"),
        ({"answer": "main"}, " Main ", "passed"),
        ({"answer": "main"}, "mine", "failed"),
        ({"answer": 404}, "404", "passed"),
        ({"choices": ["a", "b"], "answer": "b"}, "b", "passed"),
        ({"choices": ["a", "b"], "answer": "b"}, "2", "passed"),
        ({"choices": ["a", "b"], "answer": "b"}, "1", "failed"),
        ({"choices": ["a", "b"], "answer": "b"}, "3", "failed"),
        ({"choices": ["a", "b"], "answer": "b"}, "0", "failed"),
        ({"choices": ["a", "b"], "answer": "b"}, "²", "failed"),
        ({"choices": ["200", "404"], "answer": "404"}, "404", "passed"),
    ],
)
def test_an_answer_is_held_against_the_wanted_one(
    options: dict[str, Json], said: str, outcome: str, tmp_path: Path
) -> None:
    finding = examine(check("confirm", "Did you?", **options), world(tmp_path, answer=said))
    assert (finding.outcome, finding.expected) == (outcome, "Did you?")


@pytest.mark.parametrize("said", ["yes", "no"])
def test_what_was_confirmed_is_said_and_never_verified(said: str, tmp_path: Path) -> None:
    assert examine(check("confirm", "Did you?"), world(tmp_path, answer=said)).evidence is Evidence.SAID


def test_a_question_that_nobody_answers_is_unknown(tmp_path: Path) -> None:
    finding = examine(check("confirm", "Did you?"), world(tmp_path))
    assert finding.outcome == "unknown"
    assert "--answer" in finding.fix


@pytest.mark.parametrize(
    ("options", "value", "outcome"),
    [
        ({}, VALUE, "passed"),
        ({}, "", "passed"),
        ({}, None, "failed"),
        ({"matches": "hunter.*"}, VALUE, "passed"),
        ({"matches": "hunter"}, VALUE, "failed"),
        ({"matches": "hunter"}, None, "failed"),
    ],
)
def test_a_variable_is_set_and_its_value_is_never_told(
    options: dict[str, Json], value: str | None, outcome: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("API_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("API_TOKEN", value)
    finding = examine(check("env", "API_TOKEN", **options), world(tmp_path))
    assert finding.outcome == outcome
    assert "API_TOKEN" in finding.expected
    assert VALUE not in repr(finding)


def test_a_pattern_that_is_wrong_names_the_line_and_not_the_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_TOKEN", VALUE)
    with pytest.raises(TemplateError, match=r"path.md:7: check `env`") as caught:
        examine(check("env", "API_TOKEN", matches="("), world(tmp_path))
    assert VALUE not in str(caught.value)


@pytest.mark.parametrize(("reached", "outcome"), [({"first-commit"}, "passed"), ({"started"}, "failed")])
def test_a_milestone_is_reached_or_not(reached: set[str], outcome: str, tmp_path: Path) -> None:
    assert examine(check("milestone", "first-commit"), world(tmp_path, reached=reached)).outcome == outcome


def test_a_milestone_that_does_not_exist_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"path.md:7: check `milestone`.*did you mean `first-commit`"):
        examine(check("milestone", "first-comit"), world(tmp_path))


def pulls(*states: PullRequestState) -> list[PullRequest]:
    return [
        PullRequest(number, f"Change {number}", "mine", "main", "c0ffee", "eng-1", NOW, state)
        for number, state in enumerate(states, start=1)
    ]


OPEN, MERGED = PullRequestState.OPEN, PullRequestState.MERGED


@pytest.mark.parametrize(
    ("wanted", "options", "states", "outcome", "found"),
    [
        ("opened", {}, [OPEN], "passed", "#1 Change 1"),
        ("opened", {}, [MERGED], "passed", "#1 Change 1"),
        ("opened", {}, [], "failed", "none was opened"),
        ("merged", {}, [OPEN, MERGED], "passed", "#2 Change 2"),
        ("merged", {}, [OPEN], "failed", "none was merged"),
        ("merged", {"count": 2}, [MERGED, MERGED], "passed", "#1 Change 1, #2 Change 2"),
        ("merged", {"count": "2"}, [MERGED, OPEN], "failed", "#1 Change 1"),
    ],
)
def test_pull_requests_are_counted(
    wanted: str, options: dict[str, Json], states: list[PullRequestState], outcome: str, found: str, tmp_path: Path
) -> None:
    finding = examine(check("pr", wanted, **options), world(tmp_path, pulls=pulls(*states)))
    assert (finding.outcome, finding.found) == (outcome, found)


def test_without_a_forge_pull_requests_are_unknown(tmp_path: Path) -> None:
    assert examine(check("pr", "opened"), world(tmp_path, pulls=None)).outcome == "unknown"


@pytest.mark.parametrize(("wanted", "options"), [("closed", {}), ("opened", {"count": "two"})])
def test_a_pr_check_that_its_author_got_wrong_names_the_line(
    wanted: str, options: dict[str, Json], tmp_path: Path
) -> None:
    with pytest.raises(TemplateError, match=r"path.md:7: check `pr`"):
        examine(check("pr", wanted, **options), world(tmp_path, pulls=[]))
