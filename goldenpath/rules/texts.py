"""Every text of a template that Jinja renders: bodies, names, what copier.yml computes, the page, solutions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja_uses import Uses, uses_of
from goldenpath.core.errors import TemplateError, TooSlowError
from goldenpath.core.faults import fault_of
from goldenpath.rules.source import SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.core.faults import Fault
    from goldenpath.core.model import Check, Json, Step
    from goldenpath.core.questions import Question
    from goldenpath.rules.source import Source


class Home(StrEnum):
    """Where a text stands, which decides who renders it."""

    BODY = "body"
    NAME = "name"
    COPIER = "copier"
    PAGE = "page"
    SOLUTION = "solution"


@dataclass(frozen=True, slots=True)
class JinjaText:
    """A text that Jinja renders, what it uses, and the fault when it can't be read. `question` is whose it is."""

    home: Home
    file: str
    line: int
    content: str
    question: str = ""
    is_of_solution: bool = False
    is_included: bool = False
    uses: Uses = field(default_factory=Uses)
    fault: Fault | None = None

    @property
    def is_whole_file(self) -> bool:
        """Whether the text is all of its file, so that its lines are the file's."""
        return self.home in {Home.BODY, Home.SOLUTION}

    @property
    def is_ours(self) -> bool:
        """Whether we render it, and not Copier: strictly, and without the filters that Copier adds."""
        return self.home in {Home.PAGE, Home.SOLUTION} or self.is_of_solution

    def line_of(self, line: int, name: str) -> int:
        """The file's line of a name that stands in this line of the text."""
        return line if self.is_whole_file else self.line + _lines_before(self.content, name)


def _lines_before(content: str, name: str) -> int:
    found = re.search(rf"\{{[{{%][^{{}}]*\b{re.escape(name)}\b", content)
    return content.count("\n", 0, found.end()) if found else 0


def jinja_texts(source: Source) -> Iterator[JinjaText]:
    """All of them, and the files that they include; each is read once."""
    waiting = [*_bodies(source), *_copier(source), *_page(source), *_solutions(source)]
    seen = {text.file for text in waiting if text.home is Home.BODY}
    while waiting:
        text = _read(waiting.pop(0), source)
        yield text
        for file in included_by(text, source):
            if file not in seen:
                seen.add(file)
                waiting.append(JinjaText(Home.BODY, file, 1, source.text(file), is_included=True))


def included_by(text: JinjaText, source: Source) -> Iterator[str]:
    """The files that a text includes; Copier looks for them in the template's folder, others beside the text."""
    for target in text.uses.templates:
        roots = (f"{root}{target}" for root in source.roots)
        names = (target, *roots, (PurePosixPath(text.file).parent / target).as_posix())
        yield from (name for name in dict.fromkeys(names) if name in source.tree.texts)


def _read(text: JinjaText, source: Source) -> JinjaText:
    try:
        return replace(text, uses=uses_of(text.content, None if text.is_ours else source.dialect, file=text.file))
    except TooSlowError:
        raise
    except TemplateError as error:
        fault = fault_of(error, text.file)
        return replace(text, fault=fault if text.is_whole_file else replace(fault, line=text.line))


def _bodies(source: Source) -> Iterator[JinjaText]:
    names: set[str] = set()
    for file in source.rendered:
        link = source.tree.links[file] if source.is_kept_link(file) and file.endswith(source.suffix) else ""
        for part in (*source.below(file).split("/"), link):
            if source.is_jinja(part) and part not in names:
                names.add(part)
                yield JinjaText(Home.NAME, file, 1, part)
        if file.endswith(source.suffix) and not source.is_kept_link(file):
            yield JinjaText(Home.BODY, file, 1, source.text(file))


def _copier(source: Source) -> Iterator[JinjaText]:
    for key, value in source.settings.items():
        place = source.place(key)
        for text in _strings(value) if key != "_envops" else ():
            yield JinjaText(Home.COPIER, place.file, place.line, text)
    for question in source.questions:
        place = source.place(question.name)
        for text in _of_question(question):
            yield JinjaText(Home.COPIER, place.file, place.line, text, question.name)


def _of_question(question: Question) -> Iterator[str]:
    for value in (question.default, question.choices, question.when, question.help, question.validator):
        yield from _strings(value)
    yield question.placeholder


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _strings(key)
            yield from _strings(item)


def _page(source: Source) -> Iterator[JinjaText]:
    lines = source.text("path.md").splitlines()
    for step in source.steps:
        for text in (step.title, step.when, *step.hints):
            yield JinjaText(Home.PAGE, "path.md", _line_in(lines, text, step.line), text)
        yield JinjaText(Home.PAGE, "path.md", _line_in(lines, step.body, step.line), step.body)
        yield from _checks(step)


def _line_in(lines: list[str], text: str, first: int) -> int:
    """The line, from the heading on, on which a text begins: YAML and the cutting of sections don't keep it."""
    begin = text.strip().split("\n")[0].strip()[:40]
    return next((number for number, line in enumerate(lines[first - 1 :], first) if begin and begin in line), first)


def _checks(step: Step) -> Iterator[JinjaText]:
    waiting: list[Check] = list(step.checks)
    while waiting:
        check = waiting.pop(0)
        waiting.extend(check.children)
        for text in (check.expected, check.fail, *_strings({**check.options} if not check.children else {})):
            yield JinjaText(Home.PAGE, "path.md", check.line, text)


def _solutions(source: Source) -> Iterator[JinjaText]:
    for file in source.tree.files:
        if file.startswith("solutions/"):
            if file.endswith(SUFFIX):
                yield JinjaText(Home.SOLUTION, file, 1, source.text(file))
            _, _, below = file.partition("/files/")
            if "{" in below:
                yield JinjaText(Home.NAME, file, 1, below, is_of_solution=True)
