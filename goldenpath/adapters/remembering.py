"""A language of questions that remembers what it rendered: the same few texts are asked about over and over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja import syntax_of
from goldenpath.core.answers import Language
from goldenpath.core.errors import TemplateError, TooSlowError
from goldenpath.core.interview import key_of
from goldenpath.core.questions import FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goldenpath.adapters.jinja import Dialect
    from goldenpath.core.model import Json

    Names = Callable[[str], frozenset[str] | None]

MOST_SECONDS = 30.0
"""For everything that is rendered by one language; ours take a hundredth of a second together."""
_DELIMITERS = ("_string", "_prefix")


def names_in(dialect: Dialect, *, has_extensions: bool) -> Names:
    """What tells the names that a text uses; None for any, as in a text with tags that an extension brings."""
    is_usual = not any(option.endswith(_DELIMITERS) for option in dialect.options)
    known: dict[str, frozenset[str] | None] = {}

    def names(text: str) -> frozenset[str] | None:
        if is_usual and "{" not in text:
            return frozenset()
        if has_extensions:
            return None
        if text not in known:
            known[text] = _undeclared(text, dialect)
        return known[text]

    return names


def _undeclared(text: str, dialect: Dialect) -> frozenset[str] | None:
    try:
        return frozenset(syntax_of(text, dialect, file=FILE)[1])
    except TooSlowError:
        raise
    except TemplateError:
        return None


def remembering(language: Language, names: Names) -> Language:
    """The language, which renders a text once for the same answers to what it uses.

    It raises TooSlowError when all of it together takes longer than MOST_SECONDS.
    """
    bounded = _within(MOST_SECONDS, language.render)
    known: dict[object, str | TemplateError] = {}

    def render(text: str, answers: Mapping[str, Json], where: str) -> str:
        used = names(text)
        if used is not None and not used and not set(text) & set("{\r\n"):
            return text
        wanted = sorted(answers if used is None else used & answers.keys())
        key = (text, where, *((name, key_of(answers[name])) for name in wanted))
        if key not in known:
            known[key] = bounded(text, answers, where)
        found = known[key]
        if isinstance(found, TemplateError):
            raise found
        return found

    return Language(render, language.load)


def _within(
    seconds: float, render: Callable[[str, Mapping[str, Json], str], str]
) -> Callable[[str, Mapping[str, Json], str], str | TemplateError]:
    until = time.monotonic() + seconds

    def bounded(text: str, answers: Mapping[str, Json], where: str) -> str | TemplateError:
        if time.monotonic() > until:
            problem = f"{FILE}: the questions take longer than {seconds:g} s to be tried"
            raise TooSlowError(problem, hint="make the Jinja of the questions simpler")
        try:
            return render(text, answers, where)
        except TooSlowError:
            raise
        except TemplateError as error:
            return error

    return bounded
