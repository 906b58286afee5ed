"""The project's forge has pull requests: opened, or merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.checks.verdict import option, unknown, verdict, whole, wrong
from goldenpath.core.model import PullRequestState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"count"})


def look(check: Check, world: World) -> Finding:
    """Count the forge's pull requests; a merged one was opened too. Unknown without a forge."""
    wanted, count = _state(check, "pr"), whole(check, "count", 1)
    expected = f"{count} pull request{'s' if count > 1 else ''} {wanted}"
    pulls = world.pulls()
    if pulls is None:
        return unknown(expected, "the project has no forge that we can ask", "look at it: goldenpath doctor")
    counted = [pull for pull in pulls if wanted == "opened" or pull.state is PullRequestState.MERGED]
    named = ", ".join(f"#{pull.number} {pull.title}" for pull in counted[:3])
    return verdict(holds=len(counted) >= count, expected=expected, found=named or f"none was {wanted}")


def _state(check: Check, key: str) -> str:
    wanted = option(check, key)
    if wanted not in {"opened", "merged"}:
        raise wrong(check, f"`{key}` is opened or merged, not {wanted!r}")
    return wanted


READS: Mapping[str, Read] = {"pr": _state, "count": whole}
