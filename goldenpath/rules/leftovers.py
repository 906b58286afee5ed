"""Leftovers in a render: Jinja that nobody rendered, what an undefined value becomes, marks of a merge."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.rules.made import Finding
from goldenpath.rules.reading import COPIER_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.made import Made, Origin

RULE = "leftover"
MOST_IN_A_FILE = 5
PROSE = frozenset({".adoc", ".md", ".mdx", ".rst", ".txt"})
_OTHERS_TEMPLATES = frozenset(
    {
        *(".ejs", ".gotmpl", ".hbs", ".htm", ".html", ".j2", ".jinja", ".jinja2", ".liquid", ".mako", ".mustache"),
        *(".njk", ".svelte", ".template", ".tera", ".tmpl", ".tpl", ".twig", ".vue"),
    }
)
"""Files that are templates of the project's own: `{{ title }}` is theirs."""
_USUAL = ("{{", "{%", "{#")
_FAILED = re.compile(
    r"\b(?:Strict|Chainable|Debug)?Undefined\b"
    r"|<(?:bound method|built-in method|generator object|function|Macro|jinja2\.[\w.]+ object) [^<>\n]{1,200}>"
)
"""What Python shows for a value that was never there, or never called."""
_LEAST_SAID = 4


def leftovers(made: Made) -> Iterator[Finding]:
    """What should have been rendered, or taken out, before anybody got the file."""
    yield from _in_name(made)
    yield from islice(_unrendered(made) if made.origin.is_template else _copied(made), MOST_IN_A_FILE)
    yield from islice(_failed(made), MOST_IN_A_FILE)
    yield from _conflicts(made)


def _in_name(made: Made) -> Iterator[Finding]:
    sign = next((sign for sign in _signs(made.origin) if sign in made.name and sign not in made.origin.file), None)
    if sign:
        yield Finding(RULE, 1, f"`{sign}` is left in the name of what it makes", "look at the answers in its name")


def _signs(origin: Origin) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*_USUAL, *(start for start, _ in origin.signs)]))


def _unrendered(made: Made) -> Iterator[Finding]:
    """Signs of Jinja that the template does not hand through, in `raw` or between quotes, and no answer holds."""
    signs = _signs(made.origin)
    if not any(sign in made.text for sign in signs):
        return
    own = (*_tails(made.origin.literals(), signs), *_said(made, signs))
    sign_at = re.compile("|".join(map(re.escape, signs)))
    for number, line in enumerate(made.text.split("\n"), 1):
        left = next((found for found in sign_at.finditer(line) if not line.startswith(own, found.start())), None)
        if left:
            problem = f"`{left[0]}` is left in what is rendered"
            yield Finding(RULE, number, problem, "let Jinja render it once more, or write {% raw %} around it")


@lru_cache(maxsize=1024)
def _tails(literals: tuple[str, ...], signs: tuple[str, ...]) -> tuple[str, ...]:
    """From each sign to the end of its line."""
    sign_at = re.compile("|".join(map(re.escape, signs)))
    lines = [line for literal in literals for line in literal.split("\n")]
    return tuple(dict.fromkeys(line[found.start() :].rstrip() for line in lines for found in sign_at.finditer(line)))


def _said(made: Made, signs: tuple[str, ...]) -> Iterable[str]:
    """How the Jinja in answers begins, but for Jinja over the template's own questions: that was meant for us."""
    foreign = tuple(text for text in made.said if not _own_jinja(made.origin).search(text))
    return [tail[:_LEAST_SAID] for tail in _tails(foreign, signs)]


@lru_cache(maxsize=1024)
def _own_jinja(origin: Origin) -> re.Pattern[str]:
    """Jinja that uses one of the template's questions, or what Copier gives."""
    (variable, end), (block, _), _ = origin.signs
    names = "|".join(map(re.escape, sorted(origin.names))) or r"(?!)"
    known = rf"(?:{names}|_copier_\w+)\b"
    return re.compile(
        rf"{re.escape(variable)}[-+]?\s*{known}\s*(?:[|.\[~]|[-+]?{re.escape(end)})"
        rf"|{re.escape(block)}[-+]?\s*(?:el)?if\s+(?:not\s+)?{known}"
        rf"|{re.escape(block)}[-+]?\s*for\s+[\w, ]+\s+in\s+{known}"
    )


def _copied(made: Made) -> Iterator[Finding]:
    """Jinja over the template's own questions in a file that is copied as it is. In copier.yml it is at home."""
    if (
        made.origin.file in COPIER_FILES
        or not made.origin.suffix
        or PurePosixPath(made.name).suffix in _OTHERS_TEMPLATES
    ):
        return
    own = _own_jinja(made.origin)
    for number, line in enumerate(made.text.split("\n"), 1):
        found = own.search(line)
        if found:
            problem = f"`{found[0].strip()[:40]}` is copied as it is: the file is not rendered"
            fix = f"add {made.origin.suffix} to its name, or leave it when it is the project's own"
            yield Finding(RULE, number, problem, fix, is_warning=True)


def _failed(made: Made) -> Iterator[Finding]:
    for found in _FAILED.finditer(made.text):
        if not any(found[0] in text for text in (made.origin.text, *made.origin.literals(), *made.said)):
            what = found[0].split(" at 0x")[0].strip("<>")
            line = made.text.count("\n", 0, found.start()) + 1
            yield Finding(RULE, line, f"`{what}` is left where a value should be", "look at the expression in its line")


_MERGE = (re.compile(r"<{7}(?: |$)"), re.compile(r"={7}$"), re.compile(r">{7}(?: |$)"))


def _conflicts(made: Made) -> Iterator[Finding]:
    """The three marks of a merge in their order: a row of `=` alone is a heading somewhere."""
    if "<<<<<<<" not in made.text:
        return
    begun = wanted = 0
    for number, line in enumerate(made.text.splitlines(), 1):
        if _MERGE[0].match(line):
            begun, wanted = number, 1
        elif wanted and _MERGE[wanted].match(line):
            wanted = (wanted + 1) % len(_MERGE)
            if not wanted:
                is_prose = PurePosixPath(made.name).suffix in PROSE
                problem = "the marks of a merge conflict are left"
                yield Finding(RULE, begun, problem, "resolve the conflict in the template", is_warning=is_prose)
