"""Where edits stand to changes: gaps that are far, near, and lines that mean the same."""

from __future__ import annotations

import random
import subprocess
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.edit_places import FAR, Hunk, far_gaps, hunks_of, lines_of, meant_hunks, near_gaps, with_lines

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "diff --git a/one b/one\n"


@pytest.mark.parametrize(
    ("head", "hunk"),
    [
        ("@@ -3 +3 @@", Hunk(2, 3)),
        ("@@ -3,2 +3,5 @@ def it", Hunk(2, 4)),
        ("@@ -3,0 +4,2 @@", Hunk(3, 3)),
        ("@@ -0,0 +1 @@", Hunk(0, 0)),
    ],
)
def test_a_hunk_is_read_as_git_counts(head: str, hunk: Hunk) -> None:
    assert list(hunks_of(f"{HEAD}index 1..2\n{head}\n-it\n+that\n")) == [(hunk,)]


def test_hunks_are_of_their_files_and_a_file_without_any_is_one() -> None:
    patches = f"{HEAD}similarity index 100%\n{HEAD}@@ -1 +1 @@\n-@@ -5 +5 @@\n+diff --git a/x b/x\n"
    assert list(hunks_of(patches)) == [(), (Hunk(0, 1),)]
    assert list(hunks_of("")) == []


def test_gaps_are_far_from_every_hunk() -> None:
    assert far_gaps(20, [Hunk(8, 10)]) == [0, 15, 20]
    assert far_gaps(20, [Hunk(4, 16)]) == [0, 20]
    assert far_gaps(20, [Hunk(3, 17)]) == []
    assert far_gaps(0, []) == [0]


def test_gaps_are_near_a_hunk_and_on_none() -> None:
    assert near_gaps(20, [Hunk(8, 10)]) == [6]
    assert near_gaps(20, [Hunk(0, 3), Hunk(4, 20)]) == []
    assert near_gaps(20, [Hunk(0, 3)]) == [5]


def test_white_space_and_numbers_mean_nothing() -> None:
    before = [b"one 1.0.0\n", b"two\n", b"three\n"]
    assert meant_hunks(before, [b"  one 1.1.0\n", b"two \n", b"three\n"]) == []
    assert meant_hunks(before, [b"one 2\n", b"second\n", b"three\n"]) == [Hunk(1, 2)]


def test_lines_are_added_with_the_ending_of_the_text() -> None:
    assert with_lines(lines_of(b"a\r\nb\r\n"), [(0, b"x"), (2, b"y")]) == b"x\r\na\r\nb\r\ny\r\n"
    assert with_lines(lines_of(b"a\nb"), [(2, b"y")]) == b"a\nb\ny\n"
    assert with_lines([], [(0, b"x")]) == b"x\n"
    assert b"".join(lines_of(b"a\x0cb\rc\n\nd")) == b"a\x0cb\rc\n\nd"


@pytest.mark.parametrize("seed", range(6))
def test_git_merges_every_line_that_is_far(tmp_path: Path, seed: int) -> None:
    """The claim that the rule stands on, held against git itself."""
    chance = random.Random(seed)
    before = [f"{number} {'x' * (number % 5)}\n".encode() for number in range(40)]
    after = list(before)
    for number in sorted(chance.sample(range(40), 4), reverse=True):
        after[number : number + chance.choice([0, 1, 2])] = [b"changed %d\n" % number] * chance.choice([0, 1])
    files = {name: tmp_path / name for name in ("before", "after", "ours")}
    files["before"].write_bytes(b"".join(before))
    files["after"].write_bytes(b"".join(after))
    compare = ["git", "diff", "--no-index", "-U0", "--histogram", str(files["before"]), str(files["after"])]
    (hunks,) = hunks_of(subprocess.run(compare, check=False, capture_output=True, text=True).stdout)
    gaps = [gap for gap in range(41) if all(min(abs(gap - h.start), abs(gap - h.end)) >= FAR for h in hunks)]
    assert set(far_gaps(40, hunks)) <= set(gaps)
    files["ours"].write_bytes(with_lines(before, [(gap, b"mine %d" % gap) for gap in far_gaps(40, hunks)]))
    merge = ["git", "merge-file", "-p", *(str(files[name]) for name in ("ours", "before", "after"))]
    assert subprocess.run(merge, check=False, capture_output=True).returncode == 0
