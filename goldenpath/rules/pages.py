"""Links of a template's own pages: to files and headings that are there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault
from goldenpath.core.suggest import nearest
from goldenpath.rules.files import resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.adapters.markdown import Mark
    from goldenpath.rules.source import Source

_ELSEWHERE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:|//|/")
_JINJA = re.compile(r"[{}]")


def dead_link(source: Source) -> Iterable[Fault]:
    """Relative links that lead nowhere. Those to other sites, and those that Jinja makes, are not followed."""
    for page, marks in source.marks.items():
        for link in marks.links:
            if not _ELSEWHERE.match(link.text) and not _JINJA.search(link.text):
                yield from _follow(source, page, link)


def _follow(source: Source, page: str, link: Mark) -> Iterator[Fault]:
    name, _, anchor = link.text.partition("#")
    target = resolved(page, name.partition("?")[0]) if name else page
    is_folder = any(file.startswith(f"{target.rstrip('/')}/") for file in source.tree.files)
    if target not in source.tree.files and not is_folder and not target.startswith(".."):
        near = nearest(target, source.tree.files)
        fix = f"did you mean `{near}`?" if near else "write the file, or take the link out"
        problem = f"the link `{link.text}` leads to no file"
        yield Fault(page, link.line, "dead-link", problem, fix, is_warning=source.page is None)
    elif anchor and target in source.marks and anchor not in source.marks[target].anchors:
        anchors = source.marks[target].anchors
        near = nearest(anchor, anchors)
        fix = f"did you mean `#{near}`?" if near else f"{target} has no heading of that name"
        problem = f"the link `{link.text}` leads to no heading"
        yield Fault(page, link.line, "dead-link", problem, fix, is_warning=source.page is None)
