"""What `template test` found out, as people and workflows see it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.cli.proof_faults import annotate_proof, faults_met
from goldenpath.cli.proof_page import show_report
from goldenpath.cli.screen import Screen
from goldenpath.core.faults import Fault
from goldenpath.core.jsonable import jsonable
from goldenpath.core.proving import Level, Proof, ProofReport, StepProof
from tests.cli.proof_reports import LOOSE, ROUGH, STEPS, many, proven, report, result
from tests.cli.test_json_contract import holds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.core.proving import Proven

SHAPE = {
    "templates": [
        {
            "name": str,
            "folder": str,
            "is_at_hand": bool,
            "strength": int,
            "covered": int,
            "feasible": int,
            "results": [
                {
                    "case": str,
                    "level": str,
                    "faults": [
                        {"file": str, "line": int, "rule": str, "problem": str, "fix": str, "is_warning": bool},
                    ],
                    "seconds": float,
                    "steps": [{"step": str, "proof": str, "seconds": float, "is_offline": bool, "mutants": int}],
                    "kept": str,
                }
            ],
            "faults": list,
            "seconds": float,
            "unreadable": str,
            "hint": str,
            "earlier": (list, type(None)),
        }
    ],
    "cases": int,
    "errors": int,
    "warnings": int,
    "unreadable": int,
    "unchanged": [str],
}
PROVEN_STEP = StepProof("clone", Proof.PROVEN, 1.0, is_offline=True)

AGAIN = "next: put the faults right, then the same again"

Shown = list[str]


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[ProofReport], Shown]:
    """What a report looks like in a pipe, line by line."""
    monkeypatch.setenv("COLUMNS", "80")

    def show(whole: ProofReport) -> Shown:
        show_report(Screen(), whole)
        return capsys.readouterr().out.splitlines()

    return show


@pytest.fixture
def annotated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[ProofReport], Shown]:
    """The annotations of a report in a GitHub workflow, whose workspace is above the working folder."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))

    def annotate(whole: ProofReport) -> Shown:
        annotate_proof(Screen(), whole)
        captured = capsys.readouterr()
        assert captured.out == ""
        return captured.err.splitlines()

    return annotate


def sums(lines: Shown) -> Shown:
    """What stands below the templates."""
    first = next(number for number, line in enumerate(lines) if re.match(r"\d+ cases?: ", line))
    return lines[first:]


def test_a_sound_template_is_a_line_and_one_for_each_case(shown: Callable[[ProofReport], Shown]) -> None:
    assert shown(report(proven(result("defaults"), result("big"), result("big", level=Level.PROJECT)))) == [
        "✓ backend  2 cases, 42 of 42 pairs, 9.2 s",
        "  ✓ render   defaults  0.5 s",
        "  ✓ render   big       0.5 s",
        "  ✓ project  big       0.5 s",
        "2 cases: 0 faults, 0 warnings",
    ]


@pytest.mark.parametrize(
    ("strength", "covered", "feasible", "said"),
    [
        (3, 7, 8, ", 7 of 8 triples, "),
        (1, 1, 1, ", 1 of 1 answer, "),
        (4, 2, 3, ", 2 of 3 combinations of 4 answers, "),
        (2, 0, 0, "1 case, 9.2 s"),
    ],
)
def test_the_coverage_is_said(
    shown: Callable[[ProofReport], Shown], strength: int, covered: int, feasible: int, said: str
) -> None:
    each = replace(proven(result("defaults")), strength=strength, covered=covered, feasible=feasible)
    assert said in shown(report(each))[0]


def test_a_walk_shows_each_step_with_what_its_proof_came_to(shown: Callable[[ProofReport], Shown]) -> None:
    lines = shown(report(proven(result("defaults", level=Level.PATH, steps=STEPS))))
    assert lines[1:] == [
        "  ✗ path     defaults  0.5 s",
        "      • welcome       reading",
        "      ✓ clone         proven   3.1 s, 4 mutants",
        "      ✗ add-endpoint  refuted  12.0 s, not verified offline",
        "      ? deploy        unknown  1.0 s",
        "      · later         untried",
        "1 case: 0 faults, 0 warnings",
        "5 steps walked: 1 proven, 1 refuted, 1 reading, 1 unknown, 1 untried, 1 not verified offline",
        "next: install what the unknown steps need, or go online, then the same again",
    ]


def test_what_is_unknown_is_not_shown_as_proven(shown: Callable[[ProofReport], Shown]) -> None:
    lines = shown(report(proven(result("defaults", level=Level.PATH, steps=STEPS[:2] + STEPS[3:]))))
    assert [line.lstrip()[0] for line in lines[:2]] == ["?", "?"]


def test_the_same_fault_in_many_cases_is_shown_once(shown: Callable[[ProofReport], Shown]) -> None:
    names = ["defaults", "minimal", "pair-1", "pair-2", "pair-3", "pair-4"]
    lines = shown(report(proven(*(result(name, LOOSE, ROUGH) for name in names[:3]), *map(result, names[3:]))))
    assert lines[1] == "  ✗ render   defaults  0.5 s, 1 fault, 1 warning"
    assert lines[7:] == [
        "  backend/path.md:12  fault passes-unsolved",
        "    step `clone` passes unsolved",
        "    in defaults, minimal and pair-1",
        "    fix: let a check ask for its work",
        "  backend/template/a.md:3  warning final-newline",
        "    no new line at its end",
        "    in defaults, minimal and pair-1",
        "    fix: add one",
        "6 cases: 1 fault, 1 warning",
        AGAIN,
    ]


def test_what_fails_beyond_its_render_can_be_kept(shown: Callable[[ProofReport], Shown]) -> None:
    lines = shown(report(proven(result("defaults", LOOSE, level=Level.PROJECT))))
    assert lines[-1] == f"{AGAIN} with --keep, which leaves the folders of failing cases to look at"


def test_the_head_says_from_how_many_versions(shown: Callable[[ProofReport], Shown]) -> None:
    each = proven(result("1.0.0 defaults", level=Level.UPDATE))
    lines = shown(report(replace(each, earlier=("1.0.0", "main~3"))))
    assert lines[0] == "✓ backend  1 case, 42 of 42 pairs, updates from 2 versions, 9.2 s"
    assert lines[1] == "  ✓ update   1.0.0 defaults  0.5 s"
    assert not [line for line in shown(report(each)) if "updates" in line]


def test_that_there_is_no_earlier_version_is_a_line_and_no_fault(shown: Callable[[ProofReport], Shown]) -> None:
    lines = shown(report(replace(proven(result("defaults")), earlier=())))
    assert lines[2:] == [
        "  there is no earlier version to update from; name a revision: --from REV",
        "1 case: 0 faults, 0 warnings",
    ]


def test_of_an_update_that_failed_both_renders_are_kept(shown: Callable[[ProofReport], Shown]) -> None:
    lines = shown(report(proven(result("1.0.0 defaults", LOOSE, level=Level.UPDATE, kept="/kept/it"))))
    assert lines[2:4] == [
        "      kept: /kept/it",
        "      both renders are in it, and of each edit that failed `yours` and the `result`",
    ]


@pytest.mark.parametrize(
    ("cases", "of", "where"),
    [
        (0, 3, ""),
        (1, 1, "in case-1"),
        (2, 2, "in case-1 and case-2"),
        (3, 3, "in all 3 cases"),
        (3, 4, "in case-1, case-2 and case-3"),
        (4, 5, "in case-1, case-2 and 2 more"),
    ],
)
def test_the_cases_of_a_fault_are_named(cases: int, of: int, where: str) -> None:
    results = [result(f"case-{each}", *([LOOSE] if each <= cases else [])) for each in range(1, of + 1)]
    each = proven(*results, faults=() if cases else (LOOSE,))
    assert [met.where for met in faults_met(each)] == [where]


def test_a_case_that_meets_a_fault_at_two_levels_is_named_once() -> None:
    each = proven(result("big", LOOSE), result("big", LOOSE, level=Level.PROJECT), result("defaults"))
    assert [(met.cases, met.where) for met in faults_met(each)] == [(("big",), "in big")]


def test_what_is_an_error_in_one_case_is_an_error() -> None:
    each = proven(result("a", replace(LOOSE, is_warning=True)), result("b", LOOSE))
    assert [met.fault.is_warning for met in faults_met(each)] == [False]


def test_a_problem_of_many_lines_stays_below_its_fault(shown: Callable[[ProofReport], Shown]) -> None:
    fault = Fault("path.md", 1, "checks", "`pytest` fails\nE  assert 1 == 2\n", "mend it")
    lines = shown(report(proven(result("defaults", fault))))
    assert lines[3:7] == ["    `pytest` fails", "    E  assert 1 == 2", "    in defaults", "    fix: mend it"]


def test_a_kept_folder_says_how_to_step_in(shown: Callable[[ProofReport], Shown]) -> None:
    lines = shown(report(proven(result("defaults", LOOSE, kept="/kept/it's here"))))
    assert lines[2] == "      kept: /kept/it's here"
    command = lines[3].removeprefix("      step in: ").removesuffix(", then goldenpath status")
    assert shlex.split(command) == ["sh", "/kept/it's here/enter.sh"]
    assert lines[-1] == AGAIN


def unreadable() -> Proven:
    return replace(proven(name="gone"), unreadable="gone is no template", hint="name one")


@pytest.mark.parametrize(
    ("whole", "said"),
    [
        (report(), ["0 cases: 0 faults, 0 warnings"]),
        (report(unchanged=("a", "b")), ["0 cases: 0 faults, 0 warnings", "unchanged, not tried: a, b"]),
        (
            report(unreadable()),
            [
                "0 cases: 0 faults, 0 warnings, 1 template that can't be read",
                "next: mend what can't be read, then the same again",
            ],
        ),
        (
            report(proven(faults=(LOOSE,))),
            ["0 cases: 1 fault, 0 warnings", AGAIN],
        ),
        (report(proven(result("a", ROUGH))), ["1 case: 0 faults, 1 warning"]),
        (
            report(proven(result("a", level=Level.PATH, steps=(PROVEN_STEP,)))),
            [
                "1 case: 0 faults, 0 warnings",
                "1 step walked: 1 proven",
                "next: the same with --mutate, which finds what no check notices",
            ],
        ),
        (
            report(proven(result("a", level=Level.PATH, steps=(replace(PROVEN_STEP, mutants=1),)))),
            ["1 case: 0 faults, 0 warnings", "1 step walked: 1 proven"],
        ),
    ],
    ids=["nothing", "unchanged", "unreadable", "a-fault-of-no-case", "a-warning", "proven", "mutated"],
)
def test_the_end_sums_up_and_says_what_is_next(
    shown: Callable[[ProofReport], Shown], whole: ProofReport, said: Shown
) -> None:
    assert sums(shown(whole)) == said


def test_a_template_that_can_t_be_read_says_why(shown: Callable[[ProofReport], Shown]) -> None:
    assert shown(report(unreadable()))[:2] == ["✗ gone  gone is no template", "    name one"]


def test_two_hundred_cases_with_hostile_names_are_lines(shown: Callable[[ProofReport], Shown]) -> None:
    lines = shown(many(200))
    assert lines[0] == "✗ backend  200 cases, 42 of 42 pairs, 9.2 s"
    assert sum(line.startswith(("  ✓ render   pair-", "  ✗ render   pair-")) for line in lines) == 199
    assert "    in pair-40, pair-80 and 2 more" in lines
    assert "  ✗ path     bad\\x1b[31m\\x07\\u202e\\nname  0.5 s" in lines
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", "\n".join(lines))
    assert all(line.startswith("    ") for line in lines if line.strip().startswith("name"))


def test_nothing_is_annotated_outside_a_workflow(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    annotate_proof(Screen(), report(proven(result("a", LOOSE))))
    assert capsys.readouterr() == ("", "")


def test_a_workflow_gets_one_annotation_for_each_distinct_fault(annotated: Callable[[ProofReport], Shown]) -> None:
    whole = report(proven(result("a", ROUGH, LOOSE), result("b", ROUGH, LOOSE)), proven(name="other", faults=(LOOSE,)))
    assert annotated(whole) == [
        (
            "::error file=work/backend/path.md,line=12,title=backend%3A passes-unsolved::"
            "step `clone` passes unsolved%0Ain a and b%0Afix: let a check ask for its work"
        ),
        (
            "::error file=work/other/path.md,line=12,title=other%3A passes-unsolved::"
            "step `clone` passes unsolved%0Afix: let a check ask for its work"
        ),
        (
            "::warning file=work/backend/template/a.md,line=3,title=backend%3A final-newline::"
            "no new line at its end%0Ain a and b%0Afix: add one"
        ),
    ]


@pytest.mark.parametrize(
    ("errors", "warnings", "last"),
    [
        (50, 0, None),
        (53, 1, "::error title=template test::3 faults and 1 warning more: see the log of this step"),
        (40, 11, "::warning title=template test::0 faults and 1 warning more: see the log of this step"),
    ],
)
def test_a_workflow_gets_fifty_annotations_at_most_and_how_many_more(
    annotated: Callable[[ProofReport], Shown], errors: int, warnings: int, last: str | None
) -> None:
    faults = [replace(ROUGH, line=each) for each in range(1, warnings + 1)]
    faults += [replace(LOOSE, line=each) for each in range(1, errors + 1)]
    lines = annotated(report(proven(result("a", *faults))))
    assert sum("%0Ain a%0Afix: " in line for line in lines) == 50
    assert sum(line.startswith("::error file") for line in lines) == min(50, errors)
    assert lines[50:] == ([last] if last else [])


def test_every_field_of_a_report_comes_out_as_json() -> None:
    whole = report(
        proven(result("a", LOOSE, ROUGH, level=Level.PATH, steps=STEPS, kept="/kept/x"), faults=(LOOSE,)),
        unreadable(),
        unchanged=("other",),
    )
    told = json.loads(json.dumps(jsonable(whole)))
    holds(told, SHAPE, "template test")
    first = told["templates"][0]["results"][0]
    assert (first["level"], [step["proof"] for step in first["steps"]]) == (
        "path",
        ["reading", "proven", "refuted", "unknown", "untried"],
    )
    assert (told["errors"], told["warnings"], told["unreadable"], told["unchanged"]) == (2, 1, 1, ["other"])
