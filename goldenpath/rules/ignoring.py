"""What path.md ignores: rules by their id, each with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault
from goldenpath.core.mappings import LinedDict
from goldenpath.core.pathfile import FILE
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.source import Source


def unknown_ignores(source: Source) -> Iterable[Fault]:
    """Rules that are ignored and that nobody knows."""
    from goldenpath.rules import RULES

    for rule in source.path.ignore if source.path else ():
        if rule not in RULES:
            problem = f"front matter: `ignore` names `{rule}`, which is no rule"
            yield Fault(FILE, _line(source, rule), "ignore", problem, did_you_mean(rule, RULES))


def idle_ignores(source: Source, idle: Iterable[str]) -> Iterator[Fault]:
    """Rules that are ignored and would find nothing."""
    for rule in idle:
        problem = f"front matter: `ignore` names `{rule}`, which finds nothing here"
        yield Fault(FILE, _line(source, rule), "ignore", problem, "take it out", is_warning=True)


def _line(source: Source, rule: str) -> int:
    front = source.page.front if source.page else None
    ignore = front.get("ignore") if isinstance(front, dict) else None
    return ignore.line_of(rule) if isinstance(ignore, LinedDict) else 1
