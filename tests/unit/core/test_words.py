"""Words to people and programs: did you mean, safe text, JSON."""

from __future__ import annotations

import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import errors
from goldenpath.core.jsonable import jsonable
from goldenpath.core.outcomes import Outcome
from goldenpath.core.suggest import did_you_mean, nearest
from goldenpath.core.visible import visible, visible_line
from tests.conftest import NOW

if TYPE_CHECKING:
    from datetime import datetime


@pytest.mark.parametrize(
    ("word", "known", "hint"),
    [
        ("bakend", ["backend", "client"], "did you mean `backend`?"),
        ("zzz", ["client", "backend"], "known: backend, client"),
        ("zzz", [], "none is known here"),
        ("", ["a"], "known: a"),
    ],
)
def test_a_typo_gets_the_nearest_word_or_all_of_them(word: str, known: list[str], hint: str) -> None:
    assert did_you_mean(word, known) == hint


def test_nothing_is_near_when_nothing_is_close() -> None:
    assert (nearest("statsu", ["status", "start"]), nearest("zzz", ["status"])) == ("status", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\rb", "a\\rb"),
        ("a\r\nb\tc\n", "a\nb\tc\n"),
        ("\x00\x07\x7f\x9b", "\\x00\\x07\\x7f\\x9b"),
        ("abc\u202edef\u2069", "abc\\u202edef\\u2069"),
        (".git\u200c", ".git\\u200c"),
        ("a\u200db", "a\\u200db"),
        ("a\u2028hint: x\ufeff", "a\\u2028hint: x\\ufeff"),
        ("Zoë 日本 👍", "Zoë 日本 👍"),
        ("👩\u200d👧 क\u200dष ❤\ufe0f", "👩\u200d👧 क\u200dष ❤\ufe0f"),
    ],
)
def test_unsafe_characters_become_visible_and_others_stay(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_character_that_is_not_seen_becomes_visible() -> None:
    unseen = [chr(code) for code in range(sys.maxunicode) if unicodedata.category(chr(code)) in {"Cf", "Zl", "Zp"}]
    assert [sign for sign in unseen if sign in visible(f"a{sign}b")] == []


def test_in_one_line_new_lines_and_tabs_are_visible_too() -> None:
    assert visible_line("./x\nhint: rm\r\n\t\x1b") == "./x\\nhint: rm\\n\\t\\x1b"


@dataclass(frozen=True)
class Report:
    at: datetime
    root: Path
    outcome: Outcome
    more: tuple[object, ...] = ()


def test_a_report_becomes_json_with_times_in_utc() -> None:
    report = Report(NOW, Path("/a"), Outcome.PASSED, (1, 1.5, True, None, {"k": [Outcome.FAILED]}))
    assert jsonable(report) == {
        "at": "2026-03-02T09:00:00.000Z",
        "root": "/a",
        "outcome": "passed",
        "more": [1, 1.5, True, None, {"k": ["failed"]}],
    }
    assert type(jsonable(Outcome.PASSED)) is str


@pytest.mark.parametrize("value", [{1}, b"a", object()])
def test_what_json_has_no_word_for_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=f"no JSON for {type(value).__name__}"):
        jsonable({"deep": [value]})


@pytest.mark.parametrize(
    ("kind", "exit_code"),
    [
        (errors.ChecksFailedError, 1),
        (errors.UsageError, 2),
        (errors.TemplateError, 3),
        (errors.MachineError, 4),
        (errors.FilesInTheWayError, 5),
        (errors.ForgeError, 6),
        (errors.LedgerError, 7),
    ],
)
def test_exit_codes_are_stable(kind: type[errors.GoldenpathError], exit_code: int) -> None:
    error = kind("what", hint="next")
    assert (error.exit_code, error.message, error.hint, str(error)) == (exit_code, "what", "next", "what")


def test_every_kind_of_error_has_its_own_code() -> None:
    kinds = errors.GoldenpathError.__subclasses__()
    assert len({kind.code for kind in kinds}) == len({kind.exit_code for kind in kinds}) == len(kinds)
