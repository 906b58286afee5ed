"""The values that each question of a template is tried with, in order: from the least to the most."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.filling import DeadEnd, Wishes, fill_in
from goldenpath.core.interview import Level, level_of
from goldenpath.core.made_up import long_texts, made_up, short_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from goldenpath.core.filling import Row, Steps
    from goldenpath.core.interview import Interview
    from goldenpath.core.questions import Question

MOST_LEVELS = 8
"""How many values of one question are tried."""
MOST_CONTEXTS = 64
"""After how many answers choices are looked at that depend on the answers."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of a question: `rows` that its choices are taken from, the defaults first, and the values `named`.

    Those named stand in some set of answers.
    """

    rows: Sequence[Row]
    named: Sequence[Level]


def levels_of(interview: Interview, number: int, sight: Sight) -> tuple[Level, ...]:
    """The values to try for a question, at most MOST_LEVELS; none for one that is never asked. Raises TooSlowError."""
    question = interview.questions[number]
    if not isinstance(question.when, str) and not question.when:
        return ()
    default = interview.look(number, sight.rows[0]).default
    musts = [*([default] if default else []), *sight.named]
    offers = [interview.choices(number, row) for row in sight.rows] if question.choices else []
    if any(offers) and question.is_multiselect:
        return thinned(sorted(_selections(offers, musts), key=_length), musts)
    if any(offers):
        return thinned(_unique(level for offer in offers for level in offer), musts)
    if question.is_multiselect:
        return (level_of([]),)
    if question.type == "bool":
        return tuple(map(level_of, (False, True)))
    return _free(interview, number, sight, default)


def _selections(offers: Sequence[Sequence[Level]], musts: Sequence[Level]) -> list[Level]:
    """None of the choices, each alone, those that are asked for, and all of them."""
    alone = (level_of([level.value]) for offer in offers for level in offer)
    together = (level_of([level.value for level in offer]) for offer in offers)
    return _unique([level_of([]), *alone, *musts, *together])


def _free(interview: Interview, number: int, sight: Sight, default: Level | None) -> tuple[Level, ...]:
    """The default, what is named, and the ends of what a text may be; something made up when that is nothing."""
    question, base = interview.questions[number], sight.rows[0]

    def first(candidates: Iterable[Level]) -> list[Level]:
        return [level for level in candidates if interview.takes(number, level, base)][:1]

    others = _unique([*sight.named, *(() if default or sight.named else first(made_up(question)))])
    if question.type == "str":
        lengths = [_length(level) for level in (*others, *([default] if default else []))] or [1]
        others += [level for level in first(short_texts(question)) if _length(level) < min(lengths)]
        others += [level for level in first(long_texts(question)) if _length(level) > max(lengths)]
    if not default:
        return thinned(_sorted(question, others), sight.named)
    others = _sorted(question, thinned([default, *others], [default, *sight.named]))
    besides = frozenset(level.key for level in others if level is not default)
    return tuple(Level("", None, besides) if level is default else level for level in others)


def _sorted(question: Question, levels: Iterable[Level]) -> list[Level]:
    """Texts by their length, numbers by their size, anything else as it comes."""
    measure = {"str": _length, "int": _size, "float": _size}.get(question.type, lambda _: 0)
    return sorted(levels, key=measure)


def _length(level: Level) -> float:
    return len(level.value) if isinstance(level.value, str | list) else 0


def _size(level: Level) -> float:
    return level.value if isinstance(level.value, int | float) else float("-inf")


def _unique(levels: Iterable[Level]) -> list[Level]:
    return list({level.key: level for level in levels}.values())


def thinned(levels: Sequence[Level], musts: Iterable[Level], most: int = MOST_LEVELS) -> tuple[Level, ...]:
    """At most so many of them, in their order: the first and the last, those that must be there, and some between."""
    places = {level.key: place for place, level in enumerate(levels)}
    wanted = [places[level.key] for level in musts if level.key in places]
    last = len(levels) - 1
    spread = (place * last // (most - 1) for place in range(most))
    kept = list(dict.fromkeys([*wanted[:1], 0, last, *wanted[1:], *spread, *range(last)]))[:most]
    return tuple(levels[place] for place in sorted(kept)) if levels else ()


def all_levels(
    interview: Interview, rows: Sequence[Row], named: Sequence[Sequence[Level]], steps: Steps
) -> list[tuple[Level, ...]]:
    """The values of every question, those `named` for it among them. Raises TooSlowError.

    The first of the `rows` are the defaults. Choices that depend on earlier answers are taken from all of them, and
    from answers that differ in what the choices depend on.
    """
    levels: list[tuple[Level, ...]] = []
    for number, question in enumerate(interview.questions):
        contexts = [*rows]
        if question.choices:
            used = [each for each in interview.uses[number] if levels[each]]
            contexts += _contexts(interview, {each: levels[each] for each in used}, steps)
        levels.append(levels_of(interview, number, Sight(contexts, named[number])))
    return levels


def _contexts(interview: Interview, used: Mapping[int, Sequence[Level]], steps: Steps) -> Iterator[Row]:
    """Answers with every combination of these values; of too many, with each value once."""
    chosen = itertools.product(*used.values()) if math.prod(map(len, used.values())) <= MOST_CONTEXTS else ()
    fixed = [dict(zip(used, each, strict=True)) for each in chosen if each]
    for each in fixed or [{number: level} for number, levels in used.items() for level in levels]:
        row = fill_in(interview, Wishes(lambda _number, _row: (), each), steps)
        if not isinstance(row, DeadEnd):
            yield row
