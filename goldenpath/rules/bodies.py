"""Jinja in a template: what can't be read, names that nothing sets, and what is another at each render."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja import filters_and_tests
from goldenpath.core.faults import Fault
from goldenpath.core.suggest import nearest
from goldenpath.rules.texts import Home

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.source import Source
    from goldenpath.rules.texts import JinjaText

COPIER_NAMES = frozenset(
    {
        *("_copier_answers", "_copier_conf", "_copier_operation", "_copier_phase", "_copier_python"),
        *("_external_data", "_folder_name", "_stage", "_version_from", "_version_to", "_version_current"),
        *("_version_pep440_from", "_version_pep440_to", "_version_pep440_current"),
    }
)
"""What Copier gives to bodies, names and questions besides the answers, the names of migrations among it."""

UNSTEADY_FILTERS = frozenset({"ans_random", "random", "random_mac", "shuffle", "strftime"})
UNSTEADY_CALLS = frozenset({"lipsum", "now"})
UNSTEADY_SETTINGS = frozenset({"dst_path", "src_path"})
"""What of `_copier_conf` is a path of one machine."""

_YIELD = re.compile(r"\{%-?\s*yield\s+(\w+)")
"""How the name of a file sets a variable for its body: a file for each item of a list."""

_MOST_NAMED = 5
_MANUAL = "see https://jinja.palletsprojects.com/templates"


def jinja_syntax(source: Source) -> Iterable[Fault]:
    """Texts that Jinja can't read, and filters and tests that don't exist but in extensions of the template's own."""
    for text in source.texts:
        if text.fault is not None and not (_may_have_tags(text, source) and "unknown tag" in text.fault.problem):
            yield text.fault
        if text.is_ours or not source.has_extensions:
            yield from _unknown(text, source)


def _may_have_tags(text: JinjaText, source: Source) -> bool:
    """Whether tags may be there that nobody here knows: an extension's, or Copier's `yield` in a name."""
    return text.home is Home.NAME or (source.has_extensions and not text.is_ours)


def _unknown(text: JinjaText, source: Source) -> Iterator[Fault]:
    filters, tests = filters_and_tests(None if text.is_ours else source.dialect)
    for word, used, known in (("filter", text.uses.filters, filters), ("test", text.uses.tests, tests)):
        for name, line in used.items():
            if name not in known:
                near = nearest(name, known)
                fix = f"did you mean `{near}`?" if near else _MANUAL
                problem = f"Jinja: there is no {word} `{name}`"
                yield Fault(text.file, text.line_of(line, name), "jinja-syntax", problem, fix)


def undefined_variable(source: Source) -> Iterable[Fault]:
    """Names that neither questions nor Copier set, in what Copier renders. Only rendering knows for sure.

    Where an extension may set names for all texts, they are told in one fault: nobody here knows which.
    """
    known = {question.name for question in source.questions} | COPIER_NAMES
    texts = [text for text in source.texts if not text.is_ours and not text.is_included]
    if source.may_set_names:
        yield from _unknown_names(texts, known, source)
        return
    for text in texts:
        yield from _undefined(text, known, source)


def _unknown_names(texts: Iterable[JinjaText], known: set[str], source: Source) -> Iterator[Fault]:
    names = sorted({name for text in texts for name, _, _ in _unset(text, known, source)})
    if names:
        place = source.place("_jinja_extensions")
        listed = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
        more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
        problem = f"{listed}{more}: set by no question, so that an extension has to"
        fix = "see that one of the extensions sets them, or ask questions for them"
        yield Fault(place.file, place.line, "undefined-variable", problem, fix, is_warning=True)


def path_variable(source: Source) -> Iterable[Fault]:
    """Names in path.md and solutions that no question has: the engineer meets an error there."""
    known = {question.name for question in source.questions}
    for text in source.texts:
        if text.is_ours:
            yield from _undefined(text, known, source)


def _undefined(text: JinjaText, known: set[str], source: Source) -> Iterator[Fault]:
    rule = "path-variable" if text.is_ours else "undefined-variable"
    for name, line, near in _unset(text, known, source):
        fix = f"did you mean `{near}`?" if near else "ask a question for it, or take it out"
        problem = f"`{name}` is set by no question"
        yield Fault(text.file, text.line_of(line, name), rule, problem, fix, is_warning=not text.is_ours)


def _unset(text: JinjaText, known: set[str], source: Source) -> Iterator[tuple[str, int, str]]:
    """The names that nothing sets, each with its line and a known name that is like it."""
    known = known | set(_YIELD.findall(text.file))
    for name, line in text.uses.undeclared.items():
        is_brought = source.has_extensions and name in text.uses.called
        if name not in known and not is_brought:
            yield name, line, nearest(name, known)


def steady(source: Source) -> Iterable[Fault]:
    """What reads the clock, chance or this machine: two renders with the same answers differ."""
    for text in source.texts:
        for name, line in _unsteady(text):
            problem = f"`{name}` gives something else at each render, or on each machine"
            fix = "ask a question for it, or do without"
            where = text.line_of(line, name.rpartition(".")[2])
            yield Fault(text.file, where, "steady", problem, fix, is_warning=source.page is None)


def _unsteady(text: JinjaText) -> Iterator[tuple[str, int]]:
    uses = text.uses
    yield from ((name, line) for name, line in uses.filters.items() if name in UNSTEADY_FILTERS)
    yield from ((name, line) for name, line in uses.called.items() if name in UNSTEADY_CALLS)
    for (owner, name), line in uses.attributes.items():
        if owner == "_copier_conf" and name in UNSTEADY_SETTINGS and text.home in {Home.BODY, Home.NAME}:
            yield f"{owner}.{name}", line
