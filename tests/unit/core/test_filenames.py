"""Names that another system folds or refuses are known, and usual names are not among them."""

from __future__ import annotations

import pytest

from goldenpath.core.filenames import case_blind, folds_to_git, problem_elsewhere, shown

USUAL = (
    ".gitignore",
    ".github",
    "a b.txt",
    "console.py",
    "auxiliary",
    "com.py",
    "com10",
    "..a",
    "é.md",
    "日本.md",
    "🙂",
)


@pytest.mark.parametrize("name", USUAL)
def test_a_usual_name_has_no_problem_anywhere(name: str) -> None:
    assert problem_elsewhere(name) == ""
    assert not folds_to_git(name)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        *((name, "device") for name in ("CON", "aux.txt", "Com1.tar.gz", "lpt9", "com¹", "nul .txt", "conout$")),
        *((f"a{sign}b", f"`{sign}`") for sign in '<>:"|?*\\'),
        ("end.", "at its end"),
        ("end ", "at its end"),
        *((f"a{sign}b", "control character") for sign in "\n\x1b\x7f\x85\u202e\u2066\u2028\udcff"),
    ],
)
def test_what_another_system_refuses_is_said(name: str, problem: str) -> None:
    assert problem in problem_elsewhere(name)


@pytest.mark.parametrize(
    "name", [".git", ".GIT", "GIT~1", ".git. ", ".git::$INDEX_ALLOCATION", ".g\u200cit", ".git :x"]
)
def test_every_spelling_that_folds_to_git_is_known(name: str) -> None:
    assert folds_to_git(name)


@pytest.mark.parametrize(("one", "other"), [("Read.md", "READ.md"), ("caf\u00e9", "cafe\u0301"), ("\u00c9", "e\u0301")])
def test_names_that_differ_in_case_or_form_alone_are_one(one: str, other: str) -> None:
    assert case_blind(one) == case_blind(other)


def test_a_path_is_shown_on_one_line() -> None:
    assert shown("a\nb\x1b\udcff/é\\c") == "a\\nb\\x1b\\udcff/é\\c"
