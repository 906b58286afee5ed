"""Tools: what checks and the prose use is named in `needs`, so that a start can say what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault
from goldenpath.core.pathfile import FILE
from goldenpath.rules.shell_words import EVERYWHERE, tools_of
from goldenpath.rules.steps import line_of_front

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.core.model import Check, Json
    from goldenpath.rules.source import Source

_SHELL_BLOCKS = frozenset({"sh", "bash", "shell", "zsh"})
_SHELLS = frozenset({"sh", "bash", "zsh"})
_OF_KINDS = {"git": "git", "pr": "git"}


def needs_tool(source: Source) -> Iterable[Fault]:
    """Tools that are used and not declared, at the first place of each."""
    if (
        source.path is None
        or not source.has_front
        or any(fault.problem.startswith(("needs", "front matter: `needs`")) for fault in source.troubles)
    ):
        return
    declared = {need.tool for need in source.path.needs}
    for tool, (line, user) in _first_uses(source).items():
        if tool not in declared and tool not in EVERYWHERE:
            fix = f"add `- {{tool: {tool}, fix: ...}}` to `needs` in the front matter, with how to get it"
            yield Fault(FILE, line, "needs-tool", f"{user} uses {tool}, which `needs` does not name", fix)


def _first_uses(source: Source) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for tool, line, user in (*_of_project(source), *_of_checks(source), *_of_prose(source)):
        found.setdefault(tool, (line, user))
    return found


def _of_project(source: Source) -> Iterator[tuple[str, int, str]]:
    for argv in source.path.checks if source.path else ():
        yield from ((tool, line_of_front(source, "checks"), "a check of the project") for tool in _of_argv(list(argv)))


def _of_checks(source: Source) -> Iterator[tuple[str, int, str]]:
    waiting: list[Check] = [check for step in source.steps for check in step.checks]
    while waiting:
        check = waiting.pop(0)
        waiting.extend(check.children)
        argv = check.options.get("command")
        tools = list(_of_argv(argv if isinstance(argv, list) else [argv])) if check.kind == "command" else []
        for tool in (*tools, *([_OF_KINDS[check.kind]] if check.kind in _OF_KINDS else [])):
            yield tool, check.line, f"check `{check.kind}`"


def _of_argv(argv: list[Json]) -> Iterator[str]:
    words = [str(part) for part in argv if part is not None]
    if not words or "/" in words[0] or "{" in words[0]:
        return
    yield words[0]
    if words[0] in _SHELLS and len(words) > 2 and words[1].startswith("-") and words[1].endswith("c"):
        yield from (tool for tool, _ in tools_of(words[2]))


def _of_prose(source: Source) -> Iterator[tuple[str, int, str]]:
    for block in source.marks[FILE].code if FILE in source.marks else ():
        if block.info.split()[:1] and block.info.split()[0] in _SHELL_BLOCKS:
            for tool, line in tools_of(block.text):
                yield tool, block.line + line, "a code block"
