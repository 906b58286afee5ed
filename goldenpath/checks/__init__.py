"""Check kinds: one file each, and one line in `KINDS`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.checks import (
    alert,
    command,
    confirm,
    deployed,
    dns,
    env,
    file,
    git,
    http,
    metric,
    milestone,
    port,
    pr,
    tool,
)
from goldenpath.checks.examine import examine
from goldenpath.checks.problems import problems
from goldenpath.checks.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.world import Kind

KINDS: Mapping[str, Kind] = {
    "alert": alert,
    "command": command,
    "confirm": confirm,
    "deployed": deployed,
    "dns": dns,
    "env": env,
    "file": file,
    "git": git,
    "http": http,
    "metric": metric,
    "milestone": milestone,
    "port": port,
    "pr": pr,
    "tool": tool,
}

KEYS: Mapping[str, frozenset[str]] = {name: kind.KEYS for name, kind in KINDS.items()}
"""The keys of each kind besides its own name and the common ones."""

__all__ = ["KEYS", "KINDS", "World", "examine", "problems"]
