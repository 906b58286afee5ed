"""Where an edit of a text stands to what a new version changes in it: far away, near, or on the very line.

A gap is a place between two lines, by the number of lines before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FAR = 4
"""How many lines lie between a change and an edit that is far from it, at least."""
SMALL = 8
"""A text with fewer lines may well be written anew as a whole."""
_HEAD = re.compile(r"@@ -(\d+)(?:,(\d+))? ")
_MEANINGLESS = re.compile(rb"\s+|\d+(?:\.\d+)*")


@dataclass(frozen=True, slots=True)
class Hunk:
    """Lines that a new version replaces, counted from 0: from `start` up to `end`, the same when it only adds."""

    start: int
    end: int


def hunks_of(patches: str) -> Iterator[tuple[Hunk, ...]]:
    """The hunks of each file in what `git diff -U0` prints, in its order."""
    found: list[Hunk] | None = None
    for line in patches.split("\n"):
        if line.startswith("diff --git "):
            if found is not None:
                yield tuple(found)
            found = []
        head = _HEAD.match(line)
        if head and found is not None:
            found.append(_hunk(int(head[1]), int(head[2] or 1)))
    if found is not None:
        yield tuple(found)


def _hunk(number: int, count: int) -> Hunk:
    """A hunk as git counts: from 1, and one that only adds stands after its line."""
    return Hunk(number - 1, number - 1 + count) if count else Hunk(number, number)


def far_gaps(count: int, hunks: Sequence[Hunk]) -> list[int]:
    """Of the gaps in a text of `count` lines that are far from every hunk: the first, the last, one in the middle."""
    far = [gap for gap in range(count + 1) if all(_distance(gap, hunk) >= FAR for hunk in hunks)]
    return sorted({far[0], far[len(far) // 2], far[-1]}) if far else []


def near_gaps(count: int, hunks: Sequence[Hunk]) -> list[int]:
    """A gap near each hunk, 1 to 3 lines away from it, where there is one that is on no other hunk."""
    found: set[int] = set()
    for hunk in hunks:
        wanted = (hunk.start - 2, hunk.end + 2, hunk.start - 1, hunk.end + 1, hunk.start - 3, hunk.end + 3)
        gaps = (gap for gap in wanted if 0 <= gap <= count and all(_distance(gap, other) > 0 for other in hunks))
        found.update(list(gaps)[:1])
    return sorted(found)


def _distance(gap: int, hunk: Hunk) -> int:
    """How many lines are between a gap and a hunk; 0 when they touch."""
    return max(hunk.start - gap, gap - hunk.end, 0)


def meant_hunks(before: Sequence[bytes], after: Sequence[bytes]) -> list[Hunk]:
    """What differs between two texts in more than white space and numbers: neither a new format nor a stamp."""
    matcher = SequenceMatcher(None, _meanings(before), _meanings(after), autojunk=False)
    return [Hunk(start, end) for kind, start, end, _, _ in matcher.get_opcodes() if kind != "equal"]


def _meanings(lines: Iterable[bytes]) -> list[bytes]:
    return [_MEANINGLESS.sub(b"", line) for line in lines]


def lines_of(content: bytes) -> list[bytes]:
    """The lines of a text, each with its end."""
    return re.findall(rb"[^\n]*\n|[^\n]+", content)


def with_lines(lines: Sequence[bytes], added: Sequence[tuple[int, bytes]]) -> bytes:
    """The text with a line in each of these gaps, which ends as the first line of the text does."""
    ending = b"\r\n" if lines and lines[0].endswith(b"\r\n") else b"\n"
    whole = list(lines)
    for gap, text in sorted(added, reverse=True):
        if gap == len(lines) > 0 and not whole[gap - 1].endswith(b"\n"):
            whole[gap - 1] += ending
        whole.insert(gap, text + ending)
    return b"".join(whole)
