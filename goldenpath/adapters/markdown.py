"""Markdown, cut into front matter, introduction and sections. The only file that knows markdown-it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import Fault, at_once, fault_of
from goldenpath.core.mappings import Unreadable
from goldenpath.core.pathfile import BLOCKS, Block, Section
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.token import Token

    from goldenpath.core.faults import Sink
    from goldenpath.core.model import Json


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page: its front matter (YAML), what stands before the first `##`, and the sections."""

    front: Json
    intro: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A link, heading or code block of a page: its line, what it says, and (of a code block) its info string."""

    line: int
    text: str
    info: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What else stands on a page: where its links lead, the names of its headings, and its code blocks."""

    links: tuple[Mark, ...]
    anchors: frozenset[str]
    code: tuple[Mark, ...]


def read_marks(text: str) -> Marks:
    """The links, headings and code blocks of a page, with their lines; front matter is none of it."""
    from markdown_it import MarkdownIt

    lines = text.splitlines()
    start = _end_of_front(lines)
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse("\n".join([""] * start + lines[start:]))
    fences = [token for token in tokens if token.type == "fence" and token.map]
    return Marks(
        tuple(link for token in tokens for link in _links(token, lines, parser.normalizeLinkText)),
        frozenset([*_anchors(tokens), *re.findall(r"<[^>]+\b(?:id|name)=[\"']([^\"'>]+)", text)]),
        tuple(Mark((token.map or [0])[0] + 1, token.content, token.info.strip()) for token in fences),
    )


def _anchors(tokens: Sequence[Token]) -> Iterator[str]:
    """The names of headings as GitHub makes them; one that comes again gets a number."""
    seen: Counter[str] = Counter()
    for token, after in pairwise(tokens):
        if token.type == "heading_open":
            name = re.sub(r"[^\w\- ]", "", after.content.lower()).replace(" ", "-")
            yield f"{name}-{seen[name]}" if seen[name] else name
            seen[name] += 1


def _links(token: Token, lines: Sequence[str], readable: Callable[[str], str]) -> Iterator[Mark]:
    first, last = token.map or (0, 0)
    for child in token.children or ():
        target = readable(str(child.attrGet({"link_open": "href", "image": "src"}.get(child.type, "")) or ""))
        if target:
            line = next((number for number in range(first, last) if target in readable(lines[number])), first)
            yield Mark(line + 1, target)


def read_page(text: str, *, file: str, sink: Sink = at_once) -> Page:
    """The parts of a page whose line numbers are those of `text`. Raises TemplateError unless `sink` goes on."""
    front, start = _front_matter(text, file, sink)
    lines = text.splitlines()
    tokens = _tokens("\n".join([""] * start + lines[start:]))
    heads = [
        (token.map[0], tokens[index + 1].content)
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and token.level == 0 and token.map
    ]
    fences = [token for token in tokens if token.type == "fence" and token.info.strip().startswith("goldenpath")]
    ends = [*(line for line, _ in heads), len(lines)][1:]
    first = heads[0][0] if heads else len(lines)
    for fence in fences:
        if fence.map and fence.map[0] < first:
            problem = f"`{fence.info.strip()}` stands before the first step"
            way = "put it below the `##` heading of the step that it belongs to"
            sink(Fault(file, fence.map[0] + 1, "format", problem, way))
    sections: list[Section] = []
    for (line, title), end in zip(heads, ends, strict=True):
        mine = [fence for fence in fences if fence.map and line <= fence.map[0] < end]
        blocks = tuple(block for fence in mine for block in _blocks(fence, file, sink))
        sections.append(Section(title, line + 1, _prose(lines, (line, end), mine), blocks))
    intro = "\n".join(lines[start:first]).strip()
    return Page(front, intro, tuple(sections))


def _front_matter(text: str, file: str, sink: Sink) -> tuple[Json, int]:
    lines = text.splitlines()
    end = _end_of_front(lines)
    if end:
        return _value("\n".join(lines[1 : end - 1]), file, 2, sink), end
    sink(Fault(file, 1, "format", "no front matter", "begin the file with `---`, `goldenpath: 1`, ..., `---`"))
    return Unreadable(), 0


def _end_of_front(lines: Sequence[str]) -> int:
    """How many lines the front matter has, its marks among them; 0 without one."""
    if not lines or lines[0].strip() != "---":
        return 0
    return next((number + 1 for number, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)


def _value(text: str, file: str, first_line: int, sink: Sink) -> Json:
    try:
        return documents.load(text, file=file, first_line=first_line)
    except TemplateError as error:
        sink(fault_of(error, file))
        return Unreadable()


def _tokens(text: str) -> Sequence[Token]:
    from markdown_it import MarkdownIt

    # What stands inside a line is never asked for, and would take a third of the time.
    return MarkdownIt("commonmark").disable("inline").parse(text)


def _prose(lines: Sequence[str], span: tuple[int, int], fences: Sequence[Token]) -> str:
    start, end = span
    hidden = {number for fence in fences if fence.map for number in range(*fence.map)}
    return _squeeze(
        "\n".join(line for number, line in enumerate(lines) if start < number < end and number not in hidden)
    )


def _blocks(fence: Token, file: str, sink: Sink) -> Iterator[Block]:
    info, line = fence.info.strip(), (fence.map or (0,))[0] + 1
    if info in BLOCKS:
        yield Block(info, _value(fence.content, file, line + 1, sink), line)
    else:
        sink(Fault(file, line, "unknown-key", f"`{info}` is no known block", did_you_mean(info, BLOCKS)))


def _squeeze(text: str) -> str:
    kept: list[str] = []
    for line in text.splitlines():
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()
