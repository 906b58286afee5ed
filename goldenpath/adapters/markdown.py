"""Markdown, cut into front matter, introduction and sections. The only file that knows markdown-it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.core.errors import TemplateError
from goldenpath.core.pathfile import BLOCKS, Block, Section
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from goldenpath.core.model import Json


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page: its front matter (YAML), what stands before the first `##`, and the sections."""

    front: Json
    intro: str
    sections: tuple[Section, ...]


def read_page(text: str, *, file: str) -> Page:
    """The parts of a page whose line numbers are those of `text`. Raises TemplateError naming `file:line`."""
    front_text, start = _front_matter(text, file)
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
            raise TemplateError(
                f"{file}:{fence.map[0] + 1}: `{fence.info.strip()}` stands before the first step",
                hint="put it below the `##` heading of the step that it belongs to",
            )
    sections = tuple(
        _section(title, (line, end), lines, fences, file) for (line, title), end in zip(heads, ends, strict=True)
    )
    intro = "\n".join(lines[start:first]).strip()
    return Page(documents.load(front_text, file=file, first_line=2), intro, sections)


def _front_matter(text: str, file: str) -> tuple[str, int]:
    lines = text.splitlines()
    if lines and lines[0].strip() == "---":
        for number, line in enumerate(lines[1:], start=1):
            if line.strip() == "---":
                return "\n".join(lines[1:number]), number + 1
    raise TemplateError(f"{file}:1: no front matter", hint="begin the file with `---`, `goldenpath: 1`, ..., `---`")


def _tokens(text: str) -> Sequence[Token]:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").parse(text)


def _section(title: str, span: tuple[int, int], lines: list[str], fences: list[Token], file: str) -> Section:
    start, end = span
    mine = [(fence, fence.map) for fence in fences if fence.map and start <= fence.map[0] < end]
    hidden = {number for _, (first, last) in mine for number in range(first, last)}
    body = "\n".join(line for number, line in enumerate(lines) if start < number < end and number not in hidden)
    blocks = tuple(_block(fence, first + 1, file) for fence, (first, _) in mine)
    return Section(title, start + 1, _squeeze(body), blocks)


def _block(fence: Token, line: int, file: str) -> Block:
    info = fence.info.strip()
    if info not in BLOCKS:
        raise TemplateError(f"{file}:{line}: `{info}` is no known block", hint=did_you_mean(info, BLOCKS))
    return Block(info, documents.load(fence.content, file=file, first_line=line + 1), line)


def _squeeze(text: str) -> str:
    kept: list[str] = []
    for line in text.splitlines():
        if line.strip() or (kept and kept[-1].strip()):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()
