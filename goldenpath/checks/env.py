"""An environment variable is set. Its value is never printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.settings import variable
from goldenpath.checks.verdict import option, pattern, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"matches"})
READS: Mapping[str, Read] = {"matches": pattern}


def look(check: Check, _world: World) -> Finding:
    """Read the variable; with `matches`, its value must match as a whole."""
    name = option(check, "env")
    value = variable(name)
    expected = f"{name} is set" + (" to the expected form" if "matches" in check.options else "")
    if value is None:
        return verdict(holds=False, expected=expected, found="it is not set")
    if "matches" in check.options and not pattern(check, "matches").fullmatch(value):
        return verdict(holds=False, expected=expected, found="it is set to something else")
    return verdict(holds=True, expected=expected, found="it is")
