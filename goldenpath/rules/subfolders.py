"""The folders of a template that are rendered: the one that `_subdirectory` names, or those that answers may choose."""

from __future__ import annotations

import posixpath
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, TypeVar

from goldenpath.adapters.jinja_literals import signs_of
from goldenpath.core.answers import choices_of, default_of, is_asked
from goldenpath.core.errors import GoldenpathError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from goldenpath.core.answers import Language
    from goldenpath.core.model import Answers, Json
    from goldenpath.core.questions import Question
    from goldenpath.rules.source import Source

_Value = TypeVar("_Value")
_NEVER = (".", "answers/", "solutions/")
"""Folders that are not guessed to be rendered."""
_MOST_TRIED = 1_000
"""How many sets of answers are tried to see which folders they choose."""


def roots_of(source: Source) -> tuple[str, ...]:
    """What the names of rendered files may begin with, as `template/`; an empty text where it is the whole folder."""
    pattern = _pattern(source)
    if not source.is_jinja(pattern):
        return (_root(pattern),)
    there = {"", *(f"{above}/" for file in source.tree.files for above in _above(file))}
    said = {_said(source, answers) for answers in _tried(source)}
    named = {root for root in there if root in said}
    if not named:  # an extension may know, or an engineer
        alike = _alike(source, pattern)
        named = {root for root in there if not root.startswith(_NEVER) and alike.fullmatch(root.rstrip("/"))} - {""}
    return tuple(sorted(named)) or ("",)


def root_with(source: Source, answers: Answers) -> str | None:
    """What the names of rendered files begin with, given these answers; None when only Copier knows."""
    said = _said(source, answers)
    return source.roots[0] if said is None and len(source.roots) == 1 else said


def _said(source: Source, answers: Answers) -> str | None:
    pattern = _pattern(source)
    try:
        return _root(
            source.language.render(pattern, answers, "`_subdirectory`") if source.is_jinja(pattern) else pattern
        )
    except TooSlowError:
        raise
    except GoldenpathError:
        return None


def _pattern(source: Source) -> str:
    below = source.settings.get("_subdirectory")
    return below if isinstance(below, str) else ""


def _root(folder: str) -> str:
    inside = posixpath.normpath(folder.strip("/") or ".")
    return "" if inside == "." else f"{inside}/"


def _above(file: str) -> Iterator[str]:
    return (above.as_posix() for above in PurePosixPath(file).parents if above.name)


def _alike(source: Source, pattern: str) -> re.Pattern[str]:
    """The names that the pattern could come to, whatever its Jinja gives for a part of a name."""
    tags = "|".join(f"{re.escape(start)}.*?{re.escape(end)}" for start, end in signs_of(source.dialect).values())
    return re.compile("[^/]*".join(map(re.escape, re.split(tags, pattern.strip("/"), flags=re.DOTALL))))


def _tried(source: Source) -> Iterator[Answers]:
    """The defaults, the sets in answers/, and every choice of the questions that the folder depends on."""
    yield from (answers for answers in source.settled.values() if isinstance(answers, dict))
    wanted = _deciding(source)
    rows: list[Answers] = [{}]
    for question in source.questions:
        if question.name in wanted:
            rows = [{**row, **each} for row in rows for each in _ways(question, row, source)][:_MOST_TRIED]
    yield from rows


def _deciding(source: Source) -> set[str]:
    """The questions that the folder depends on, and those that these depend on."""
    said = {question.name: _words(question) for question in source.questions}
    wanted: set[str] = set()
    found = set(re.findall(r"\w+", _pattern(source))) & said.keys()
    while found - wanted:
        wanted |= found
        found = {name for each in wanted for name in said[each] & said.keys()}
    return wanted


def _words(question: Question) -> set[str]:
    return set(re.findall(r"\w+", f"{question.default} {question.choices} {question.when}"))


def _ways(question: Question, before: Answers, source: Source) -> Iterator[Answers]:
    """What the question may come to, given the answers before it; nothing when only an engineer knows that."""
    applies = _read(is_asked, question, before, source)
    values = [_read(default_of, question, before, source)] if question.has_default else []
    if applies is not False:
        choices = [choice.value for choice in _read(choices_of, question, before, source) or ()]
        every: list[Json] = choices or ([True, False] if question.type == "bool" else [])
        values += [[value] for value in every] if question.is_multiselect else every
    elif not values:
        yield {}
    for value in values:
        if value is not None:
            yield {question.name: value}


def _read(
    read: Callable[[Question, Answers, Language], _Value], question: Question, before: Answers, source: Source
) -> _Value | None:
    """What is read of a question; None when it can't be: that is told elsewhere."""
    try:
        return read(question, before, source.language)
    except TooSlowError:
        raise
    except (GoldenpathError, TypeError, ValueError):
        return None
