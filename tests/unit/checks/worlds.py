"""Checks as a path's author writes them, and worlds for them to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.checks import KINDS, World
from goldenpath.checks import examine as examine_check
from goldenpath.core.model import Check

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from goldenpath.core.model import Finding, Json, PullRequest


def world(
    root: Path,
    *,
    pulls: Sequence[PullRequest] | None = None,
    reached: Collection[str] = (),
    answer: str | None = None,
) -> World:
    """A world with this folder, these pull requests and milestones, and an engineer who always says `answer`."""
    return World(
        root=root,
        cache=root.parent / f"{root.name}-cache",
        pulls=lambda: pulls,
        reached=lambda: reached,
        ask=lambda _question, _choices: answer,
        production=root.parent / f"{root.name}-production",
    )


def check(kind: str, value: Json, /, **options: Json) -> Check:
    """A check of a kind, in line 7 of its path.md."""
    return Check(kind, {kind: value, **options}, line=7)


def examine(wanted: Check, where: World) -> Finding:
    """What the check finds."""
    return examine_check(wanted, where, KINDS)
