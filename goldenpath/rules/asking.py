"""Questions and answers: what is asked for nothing, defaults that are refused, sets of answers that don't fit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.core.errors import GoldenpathError, TemplateError
from goldenpath.core.faults import Fault
from goldenpath.core.mappings import LinedDict
from goldenpath.core.pathfile import FILE
from goldenpath.rules.bodies import COPIER_NAMES
from goldenpath.rules.source import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.core.model import Json
    from goldenpath.rules.source import Source
    from goldenpath.rules.texts import JinjaText


def dead_question(source: Source) -> Iterable[Fault]:
    """Questions whose answers nothing uses. Without a path it is a warning: scripts may read the answers file."""
    used = {name for text in source.texts for name in _used(text)} | set(_elsewhere(source))
    for question in source.questions:
        if question.name not in used:
            place = source.place(question.name)
            problem = f"question `{question.name}` is asked, and nothing uses its answer"
            yield Fault(place.file, place.line, "dead-question", problem, "use it, or take it out", source.page is None)


def _used(text: JinjaText) -> Iterator[str]:
    """The names that a text uses; those of a text that can't be read are all its words."""
    if text.fault is not None:
        yield from re.findall(r"\w+", text.content)
        return
    yield from (name for name in text.uses.names if name != text.question)
    yield from (name for owner, name in text.uses.attributes if owner == "_copier_answers")


def _elsewhere(source: Source) -> Iterator[str]:
    """The words of files that are not rendered: includes with a computed name, extensions, scripts of tasks."""
    own = ("answers/", "solutions/", source.copier_file)
    for file, content in source.tree.texts.items():
        if file not in source.rendered and not file.startswith(own) and not file.endswith(".md"):
            yield from re.findall(r"\w+", content)


def default_fits(source: Source) -> Iterable[Fault]:
    """Defaults that their own question refuses. A question without one is asked, and what can't be read is said."""
    error = source.settled[DEFAULTS]
    if not isinstance(error, GoldenpathError) or "no answer to" in error.message or _is_unreadable(source):
        return
    if isinstance(error, TemplateError) and source.has_extensions:
        return
    name = next((name for name in re.findall(r"`(\w+)`", error.message) if name in source.places), "")
    place = source.place(name)
    problem = error.message if isinstance(error, TemplateError) else f"the default of {error.message}"
    yield Fault(place.file, place.line, "default-fits", problem, "give a default that fits", source.page is None)


def _is_unreadable(source: Source) -> bool:
    """Whether something of copier.yml could not be read, so that settling its answers says the same once more."""
    is_amiss = any(fault.file not in source.answers and fault.file != FILE for fault in source.troubles)
    known = {question.name for question in source.questions} | COPIER_NAMES
    asked = [text for text in source.texts if text.question]
    return is_amiss or any(text.fault or text.uses.undeclared.keys() - known for text in asked)


def answers_fit(source: Source) -> Iterable[Fault]:
    """Named sets of answers that the questions don't take."""
    if _is_unreadable(source):
        return
    troubled = {fault.file for fault in source.troubles}
    for file, given in source.answers.items():
        if file not in troubled:
            yield from _misfit(source, file, given)


def _misfit(source: Source, file: str, given: Json) -> Iterator[Fault]:
    if not isinstance(given, LinedDict):
        yield Fault(file, 1, "answers-fit", "holds no answers", "write `question: answer` lines, or take it out")
        return
    error = source.settled[file]
    if not isinstance(error, GoldenpathError) or (isinstance(error, TemplateError) and source.has_extensions):
        return
    name = next((name for name in re.findall(r"`(\w+)`", error.message) if name in given), "")
    if name or "no answer to" in error.message:
        fix = error.hint if "did you mean" in error.hint else f"see what {source.copier_file} says of it"
        yield Fault(file, given.line_of(name), "answers-fit", error.message, fix)
