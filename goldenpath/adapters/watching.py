"""Waiting until a file changes, or until Enter is typed: file events stay silent in containers and on network disks."""

from __future__ import annotations

import os
import select
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

EVERY_S = 0.5
_IGNORED = frozenset({".git", ".venv", "node_modules", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})


Snapshot = dict[str, tuple[int, int]]


def wait_for_change(root: Path, before: Snapshot) -> None:
    """Return when a file below `root` differs from `before`, when git's HEAD moved, or when Enter was typed."""
    while snapshot(root) == before:
        if _enter_within(EVERY_S):
            return


def snapshot(root: Path) -> Snapshot:
    """The time and size of every file of the project, and of git's HEAD."""
    found: Snapshot = {}
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if name not in _IGNORED]
        for name in files:
            _add(found, os.path.join(folder, name))  # noqa: PTH118 - thousands of files, twice a second
    for name in ("HEAD", "logs/HEAD"):
        _add(found, str(root / ".git" / name))
    return found


def _add(found: Snapshot, path: str) -> None:
    try:
        state = os.lstat(path)
    except OSError:
        return
    found[path] = (state.st_mtime_ns, state.st_size)


def _enter_within(seconds: float) -> bool:
    try:
        is_there = sys.stdin.isatty()
    except ValueError:
        is_there = False
    if not is_there:
        time.sleep(seconds)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], seconds)
    return bool(ready) and sys.stdin.readline() != ""
