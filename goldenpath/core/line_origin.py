"""From a line of a rendered text back to the line of the template that it was made from."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST_LETTERS = 2


def line_of_origin(rendered: Sequence[str], source: Sequence[str], line: int, *, value: str, tag: str) -> int:
    """The line of `source` that the rendered one is the same as, else could be made from, else the last sure one above.

    Patterns say what Jinja replaces: `value` by a value, any other `tag` by nothing. Of several lines, it is the first
    below the last one that is surely known.
    """
    if not 0 < line <= len(rendered):
        return 1
    wanted = rendered[line - 1].rstrip()
    lines = [each.rstrip() for each in source]
    sure = _last_sure(rendered[: line - 1], lines)
    order = [*range(sure, len(lines)), *range(sure)]
    same = (number for number in order if lines[number] == wanted)
    fitting = (number for number in order if _fits(lines[number], wanted, f"{value}|{tag}"))
    bare = (number for number in order if number >= sure and _pattern(value).fullmatch(lines[number].strip()))
    found = next(chain(same, fitting, bare), None)
    return max(sure, 1) if found is None else found + 1


def _last_sure(above: Sequence[str], source: list[str]) -> int:
    """The number of the source's line that stands there once, and is the nearest above; 0 when there is none."""
    counts = Counter(source)
    known = next((each.rstrip() for each in reversed(above) if each.strip() and counts[each.rstrip()] == 1), None)
    return 0 if known is None else source.index(known) + 1


def _fits(source: str, wanted: str, tag: str) -> bool:
    """Whether what stands around Jinja in a line of the source stands in the rendered line, in that order."""
    first, *others = _pattern(tag).split(source)
    if not others or sum(map(str.isalnum, first + "".join(others))) < _FEWEST_LETTERS or not wanted.startswith(first):
        return False
    place = len(first)
    for part in others:
        place = wanted.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return wanted.endswith(others[-1])


@lru_cache(maxsize=16)
def _pattern(tag: str) -> re.Pattern[str]:
    return re.compile(tag)
