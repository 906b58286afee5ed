"""Filling in a questionnaire: complete answers that every question takes, as near to what is wished as can be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from goldenpath.core.interview import Level, Taken, taken_of
from goldenpath.core.made_up import made_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import TypeAlias

    from goldenpath.core.interview import Interview, View

    Row: TypeAlias = tuple[Taken, ...]

DEFAULT = Level("", None)
"""A question's default, whatever it comes to."""
MOST_STEPS = 2_000
"""How many values one search looks at; for a questionnaire of fifty questions, forty of which were in vain, say."""


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """No answers were found. `question` is the number of the first that took no value, for the reason of `error`.

    When it `is_proven` there are none; else the search was given up.
    """

    question: int
    is_proven: bool
    error: str = ""


@dataclass(slots=True)
class Steps:
    """How many more values may be looked at, in all searches together."""

    left: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """What answers are to be like. `fixed` questions must be asked, and have that value.

    Of any other the first value that it takes in the `order` for its number and the answers before it is taken; if it
    takes none, its default, then any.
    """

    order: Callable[[int, Row], Iterable[Level]]
    fixed: Mapping[int, Level]


@dataclass(slots=True)
class _Visit:
    """A question that was reached: the values left to try, and the earlier ones to blame when there is none."""

    left: Iterator[Taken]
    blamed: set[int]


def fill_in(interview: Interview, wishes: Wishes, steps: Steps) -> Row | DeadEnd:
    """Answers that every question takes. Raises TooSlowError.

    A question without any value sends the search back to the last one that it, or what failed after it, depends on
    (conflict-directed backjumping, Prosser 1993), so that nothing is tried twice in vain.
    """
    row: list[Taken] = []
    visits: list[_Visit] = []
    first: DeadEnd | None = None
    until = steps.left - MOST_STEPS
    while len(row) < len(interview.questions):
        number = len(row)
        if number == len(visits):
            visits.append(_Visit(_values(interview, wishes, number, tuple(row)), set(interview.uses[number])))
        taken = next(visits[number].left, None)
        steps.left -= 1
        if taken is not None:
            row.append(taken)
            continue
        first = first or DeadEnd(number, is_proven=True, error=interview.look(number, row).error)
        back = max(visits[number].blamed, default=None)
        if back is None:
            return first
        if steps.left < max(until, 0):
            return DeadEnd(first.question, is_proven=False, error=first.error)
        visits[back].blamed |= visits[number].blamed - {back}
        del visits[back + 1 :], row[back:]
    return tuple(row)


def _values(interview: Interview, wishes: Wishes, number: int, row: Row) -> Iterator[Taken]:
    """The values to try for a question after the answers of `row`, best first."""
    view = interview.look(number, row)
    fixed = wishes.fixed.get(number)
    if not view.applies:
        if fixed is None and view.default:
            yield taken_of(view.default, view)
        return
    wished = chain(wishes.order(number, row), (DEFAULT,)) if fixed is None else (fixed,)
    tried: set[str] = set()
    for level in (each if each.key else _default(view, each) for each in wished):
        if level and level.key not in tried and interview.takes(number, level, row):
            tried.add(level.key)
            yield taken_of(level, view)
    if not tried and fixed is None:
        others = (*interview.selections(number, row), *made_up(interview.questions[number]))
        yield from (taken_of(level, view) for level in others if interview.takes(number, level, row))


def _default(view: View, wish: Level) -> Level | None:
    return view.default if view.default and view.default.key not in wish.besides else None
