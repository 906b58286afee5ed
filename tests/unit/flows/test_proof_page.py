"""The page about `template test` has every rule, level and variable that the code has, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from goldenpath.core.proving import Level, Proof
from goldenpath.flows import plan_cases, prove_ground, prove_path, untaken_branches
from goldenpath.flows.inspect_case import FINDINGS
from goldenpath.flows.prove_faults import PROOFS
from goldenpath.flows.prove_renders import RENDERS
from goldenpath.flows.prove_update_faults import UPDATES
from goldenpath.flows.script_edits import EDITS
from goldenpath.rules import RULES, files

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "reference" / "proof.md").read_text(encoding="utf-8")
OF_LINT = ("answers-fit", "default-fits")
"""Rules of lint that planning the cases asks, too."""


def section(title: str) -> str:
    """What stands below a heading, up to the next one of any level."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def rows(title: str) -> dict[str, str]:
    """The table of a section: its first column without backticks, and its second."""
    found = re.findall(r"^\| `([\w-]+)` \| (.+?) \|", section(title), re.MULTILINE)
    assert len(found) == len(dict(found))
    return dict(found)


@pytest.mark.parametrize(
    ("title", "known"),
    [
        ("Every render", {**RENDERS, **FINDINGS, untaken_branches.RULE: untaken_branches.MEANING}),
        ("Every project and every step", PROOFS),
        ("Every update", UPDATES),
    ],
)
def test_every_rule_of_a_proof_stands_on_the_page_with_its_meaning(title: str, known: dict[str, str]) -> None:
    assert list(rows(title).items()) == list(known.items())


def test_the_rules_about_cases_stand_there_as_lint_has_them() -> None:
    found = rows("Cases and answers")
    assert list(found) == [plan_cases.RULE, *OF_LINT]
    assert [found[name] for name in OF_LINT] == [RULES[name].meaning for name in OF_LINT]


def test_levels_and_outcomes_stand_there_in_their_order() -> None:
    assert list(rows("Levels")) == list(Level)
    assert list(rows("A step")) == list(Proof)


def test_every_edit_stands_there_with_whether_it_may_be_a_conflict() -> None:
    found = re.findall(r"^\| `([\w-]+)` \| .+ \| (no|yes) \|$", section("Updates"), re.MULTILINE)
    assert found == [(name, "no" if edit.conflict else "yes") for name, edit in EDITS.items()]


def test_every_variable_that_a_proof_treats_in_its_own_way_is_named() -> None:
    text = section("The environment")
    named = {*prove_ground._DROPPED, *prove_ground._KEPT, *prove_ground._CACHES, *prove_ground._SOURCES}
    assert named <= set(re.findall(r"`(\w+)`", text))
    assert {f"~/{file}" for file in prove_ground._SOURCES.values()} <= set(re.findall(r"`(~[^`]+)`", text))


def test_the_names_of_files_are_those_of_the_code() -> None:
    assert f"solutions/STEP/{files.WAIVED}" in section("Waivers")
    assert f"`{prove_ground.ENTER}`" in section("Looking at a failure")


def test_no_rule_is_found_that_the_page_lacks() -> None:
    calls = [
        call
        for file in (Path(prove_path.__file__)).parent.glob("*.py")
        if file.name.startswith(("prove_", "plan_cases"))
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Fault"
    ]
    said = {str(call.args[2].value) for call in calls if isinstance(call.args[2], ast.Constant)} - {""}
    assert len(said) > 10
    titles = ("Cases and answers", "Every render", "Every project and every step", "Every update")
    assert said <= {name for title in titles for name in rows(title)}
