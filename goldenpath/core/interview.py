"""A questionnaire that is gone through again and again: what each question was seen to be, given the answers before."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldenpath.core.answers import choices_of, default_of, is_asked, is_nameless, problem_with
from goldenpath.core.errors import GoldenpathError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from goldenpath.core.answers import Language
    from goldenpath.core.model import Answers, Json
    from goldenpath.core.questions import Question


@dataclass(frozen=True, slots=True)
class Level:
    """A value that a question is tried with. Equal values have equal keys, and True is not 1.

    That with an empty key is the question's default, whatever it comes to, where it is none of the values `besides`.
    """

    key: str
    value: Json
    besides: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Taken:
    """What one question came to, given the answers before it."""

    value: Json
    key: str
    is_asked: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class View:
    """A question when its turn comes. `default` is None where it has none that it takes, `error` says why it failed.

    Of one that is not `is_readable` nobody knows whether it applies.
    """

    applies: bool
    default: Level | None
    error: str = ""
    is_readable: bool = True


@dataclass(frozen=True, slots=True)
class Interview:
    """The questions, and what was seen of them. `uses` has the numbers of the earlier ones that each depends on."""

    questions: tuple[Question, ...]
    language: Language
    uses: tuple[tuple[int, ...], ...]
    views: dict[object, View] = field(default_factory=dict)
    verdicts: dict[object, bool] = field(default_factory=dict)
    offers: dict[object, tuple[Level, ...]] = field(default_factory=dict)

    def look(self, number: int, row: Sequence[Taken]) -> View:
        """The question after the answers of `row`. Raises TooSlowError."""
        key = self._context(number, row)
        if key not in self.views:
            self.views[key] = _looked(self.questions[number], self.answers(row), self.language)
        return self.views[key]

    def takes(self, number: int, level: Level, row: Sequence[Taken]) -> bool:
        """Whether the question accepts a value after the answers of `row`. Raises TooSlowError."""
        key = (level.key, *self._context(number, row))
        if key not in self.verdicts:
            self.verdicts[key] = _accepts(self.questions[number], level.value, self.answers(row), self.language)
        return self.verdicts[key]

    def choices(self, number: int, row: Sequence[Taken]) -> tuple[Level, ...]:
        """The choices that can be taken after the answers of `row`; none for a free answer. Raises TooSlowError."""
        key = self._context(number, row)
        if key not in self.offers:
            self.offers[key] = _offered(self.questions[number], self.answers(row), self.language)
        return self.offers[key]

    def selections(self, number: int, row: Sequence[Taken]) -> tuple[Level, ...]:
        """The answers that its choices allow: one of them, or, of a question for several, each alone and all of them.

        Raises TooSlowError.
        """
        choices = self.choices(number, row)
        if not self.questions[number].is_multiselect:
            return choices
        values = [choice.value for choice in choices]
        return tuple(level_of(selected) for selected in [*([value] for value in values), values] if selected)

    def answers(self, row: Sequence[Taken]) -> Answers:
        """The answers by the names of their questions."""
        taken = zip(self.questions, row, strict=False)
        return {each.name: to.value for each, to in taken if not is_nameless(each, applies=to.is_asked)}

    def _context(self, number: int, row: Sequence[Taken]) -> tuple[int | str, ...]:
        return (number, *(row[other].key for other in self.uses[number]))


def interview_of(
    questions: tuple[Question, ...], language: Language, names_in: Callable[[str], frozenset[str] | None]
) -> Interview:
    """An interview that asks these questions. `names_in` tells the names that a text uses, None for any."""
    numbers: dict[str, int] = {}
    uses: list[tuple[int, ...]] = []
    for number, question in enumerate(questions):
        used = [names_in(text) for text in _texts([question.default, question.choices, question.when])]
        used.append(names_in(question.validator))
        names = frozenset(numbers) if None in used else frozenset().union(*(each or () for each in used))
        uses.append(tuple(sorted(numbers[name] for name in names & numbers.keys())))
        numbers[question.name] = number
    return Interview(questions, language, tuple(uses))


def replayed(interview: Interview, answers: Mapping[str, Json]) -> tuple[Taken, ...]:
    """Complete answers, as `settle` returns them, with what each question was. Raises TooSlowError."""
    row: list[Taken] = []
    for number, question in enumerate(interview.questions):
        view = interview.look(number, row)
        row.append(taken_of(level_of(answers.get(question.name)), view))
    return tuple(row)


def taken_of(level: Level, view: View) -> Taken:
    """The value as the answer to a question that looks like this."""
    is_default = view.default is not None and view.default.key == level.key
    return Taken(level.value, level.key, view.applies, is_default)


def level_of(value: Json) -> Level:
    """A value with its key."""
    return Level(key_of(value), value)


def key_of(value: Json) -> str:
    """A text that is the same for equal values of the same type, and for no others."""
    try:
        return json.dumps(value, sort_keys=True, default=repr)
    except (ValueError, TypeError, RecursionError):  # YAML has values that hold themselves
        return repr(value)


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts([key, item])
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _looked(question: Question, before: Answers, language: Language) -> View:
    applies: bool | None = None
    try:
        applies = is_asked(question, before, language)
        level = level_of(default_of(question, before, language))
    except TooSlowError:
        raise
    except (GoldenpathError, ValueError, TypeError) as error:
        return View(bool(applies), None, str(error) or type(error).__name__, is_readable=applies is not None)
    is_missing = level.value is None and not question.has_default
    is_fine = not applies or (not is_missing and _accepts(question, level.value, before, language))
    return View(applies, level if is_fine else None)


def _accepts(question: Question, value: Json, before: Answers, language: Language) -> bool:
    try:
        return not problem_with(question, value, before, language)
    except TooSlowError:
        raise
    except (GoldenpathError, ValueError, TypeError):
        return False


def _offered(question: Question, before: Answers, language: Language) -> tuple[Level, ...]:
    try:
        choices = choices_of(question, before, language)
    except TooSlowError:
        raise
    except (GoldenpathError, ValueError, TypeError):
        return ()
    levels = (level_of(choice.value) for choice in choices if not choice.refusal)
    return tuple({level.key: level for level in levels}.values())
