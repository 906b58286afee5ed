"""Examining: the opposite, another try, and checks that stand together."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.checks import KEYS, KINDS
from goldenpath.core.model import Check
from goldenpath.core.outcomes import Evidence
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Json

PASS = check("file", "there.txt")
FAIL = check("file", "missing.txt")
UNKNOWN = check("command", ["no-such-tool-here"])
SAID = check("confirm", "Did you?")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "there.txt").write_text("")
    return tmp_path


def together(kind: str, *children: Check, fail: str = "") -> Check:
    return Check(kind, {kind: []}, line=7, fail=fail, children=children)


@pytest.mark.parametrize(
    ("kind", "children", "outcome"),
    [
        ("any", [PASS], "passed"),
        ("any", [FAIL, PASS], "passed"),
        ("any", [UNKNOWN, PASS], "passed"),
        ("any", [FAIL, UNKNOWN], "unknown"),
        ("any", [UNKNOWN, FAIL], "unknown"),
        ("any", [FAIL, FAIL], "failed"),
        ("all", [PASS, PASS], "passed"),
        ("all", [PASS, FAIL], "failed"),
        ("all", [PASS, UNKNOWN], "unknown"),
        ("all", [UNKNOWN, FAIL], "failed"),
        ("all", [UNKNOWN, PASS], "unknown"),
        ("any", [together("all", PASS, FAIL), together("all", PASS)], "passed"),
    ],
)
def test_any_wants_one_and_all_wants_each(kind: str, children: list[Check], outcome: str, root: Path) -> None:
    assert examine(together(kind, *children), world(root)).outcome == outcome


@pytest.mark.parametrize(("kind", "first", "second"), [("any", PASS, "ran"), ("all", FAIL, "ran")])
def test_what_is_decided_is_not_looked_at_further(kind: str, first: Check, second: str, root: Path) -> None:
    examine(together(kind, first, check("command", ["touch", second])), world(root))
    assert not (root / second).exists()


def test_together_they_say_what_each_expects_and_found(root: Path) -> None:
    finding = examine(together("any", FAIL, replace(FAIL, options={"file": "other.txt"})), world(root))
    assert finding.expected == "missing.txt is there or other.txt is there"
    assert finding.found == "there is no missing.txt; there is no other.txt"


@pytest.mark.parametrize(("children", "evidence"), [([PASS, SAID], Evidence.SAID), ([PASS, PASS], Evidence.VERIFIED)])
def test_what_rests_on_a_word_is_said(children: list[Check], evidence: Evidence, root: Path) -> None:
    assert examine(together("all", *children), world(root, answer="yes")).evidence is evidence


@pytest.mark.parametrize(("plain", "outcome"), [(PASS, "failed"), (FAIL, "passed"), (UNKNOWN, "unknown")])
def test_not_turns_the_outcome_around_and_leaves_unknown(plain: Check, outcome: str, root: Path) -> None:
    finding = examine(replace(plain, is_negated=True), world(root))
    assert finding.outcome == outcome
    assert finding.expected.startswith("not: ")


def test_not_applies_to_what_stands_together(root: Path) -> None:
    assert examine(replace(together("any", FAIL, FAIL), is_negated=True), world(root)).outcome == "passed"


def test_a_failed_check_says_how_the_author_would_put_it_right(root: Path) -> None:
    assert examine(replace(FAIL, fail="Write it."), world(root)).fix == "Write it."
    assert examine(replace(PASS, fail="Write it."), world(root)).fix == ""
    assert "install" in examine(replace(UNKNOWN, fail="Write it."), world(root)).fix
    nested = together("all", replace(FAIL, fail="Write it."), fail="Do both.")
    assert examine(nested, world(root)).fix == "Do both."
    assert examine(replace(nested, fail=""), world(root)).fix == "Write it."


def counting(exit_from: int) -> Check:
    script = f'echo >> tries; test "$(wc -l < tries)" -ge {exit_from}'
    return check("command", ["sh", "-c", script])


@pytest.mark.parametrize(
    ("retries", "passes_at", "outcome", "tries"),
    [(0, 2, "failed", 1), (3, 2, "passed", 2), (2, 9, "failed", 3), (3, 1, "passed", 1)],
)
def test_a_failed_check_is_tried_again_until_it_passes(
    retries: int, passes_at: int, outcome: str, tries: int, root: Path
) -> None:
    finding = examine(replace(counting(passes_at), retries=retries, every_s=0.0), world(root))
    assert finding.outcome == outcome
    assert (root / "tries").read_text().count("\n") == tries


def test_a_negated_check_is_tried_again_until_the_opposite_holds(root: Path) -> None:
    wanted = check("command", ["sh", "-c", 'echo >> tries; test "$(wc -l < tries)" -lt 3'])
    finding = examine(replace(wanted, is_negated=True, retries=5, every_s=0.0), world(root))
    assert finding.outcome == "passed"
    assert (root / "tries").read_text().count("\n") == 3


def test_between_tries_it_waits(root: Path) -> None:
    begun = time.monotonic()
    examine(replace(FAIL, retries=2, every_s=0.1), world(root))
    assert 0.2 <= time.monotonic() - begun < 2


def test_an_unknown_check_is_not_tried_again(root: Path) -> None:
    begun = time.monotonic()
    examine(replace(UNKNOWN, retries=5, every_s=5.0), world(root))
    assert time.monotonic() - begun < 5


def test_every_kind_is_known_with_its_keys() -> None:
    assert set(KEYS) == set(KINDS)
    assert KEYS["file"] >= {"exists", "contains", "matches", "json", "yaml", "toml", "equals"}
    assert KEYS["http"] >= {"status", "headers", "contains", "json", "equals"}


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("command", {"command": ["sleep", "5"]}),
        ("command", {"command": ["./no-such-script"]}),
        ("file", {"file": "nowhere.txt", "contains": "bug"}),
        ("http", {"http": "http://127.0.0.1:1/"}),
        ("git", {"git": "clean"}),
    ],
)
def test_what_could_not_be_seen_is_never_turned_into_a_pass(
    kind: str, options: dict[str, Json], tmp_path: Path
) -> None:
    negated = Check(kind, options, line=1, is_negated=True, timeout_s=0.3)
    assert examine(negated, world(tmp_path)).outcome == "failed"
