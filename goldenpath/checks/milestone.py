"""The engineer has reached a milestone, as the ledger tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.checks.verdict import option, verdict, wrong
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS: frozenset[str] = frozenset()


def look(check: Check, world: World) -> Finding:
    """Look the milestone up among those reached."""
    name = _known(check, "milestone")
    holds = name in world.reached()
    return verdict(holds=holds, expected=f"milestone {name}", found="reached" if holds else "not reached yet")


def _known(check: Check, key: str) -> str:
    name = option(check, key)
    if name not in MILESTONES:
        raise wrong(check, f"there is no milestone {name!r}: {did_you_mean(name, MILESTONES)}")
    return name


READS: Mapping[str, Read] = {"milestone": _known}
