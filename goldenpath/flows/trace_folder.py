"""Trace a project's folder: enough of every file to see later what was touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

Trace: TypeAlias = "dict[str, tuple[int, int, int]]"
"""By path in the folder: rights and kind, size, and when it was last written (ns)."""

_OF_GIT = frozenset({"HEAD", "config", "packed-refs"})
"""Of a repository: where it stands. Its index is refreshed by whoever looks at its status."""
_CACHE, _ENVIRONMENT = "CACHEDIR.TAG", "pyvenv.cfg"
"""A folder with that tag is a cache, which may be deleted at any time (https://bford.info/cachedir/). uv puts one into
environments, too, which are more than that.
"""


def trace(root: Path) -> Trace:
    """Every file and link below the folder but for caches, those of git as far as they say where its branches are."""
    found: Trace = {}
    for folder, folders, files in os.walk(root):
        inside = os.path.relpath(folder, root)
        if _CACHE in files and _ENVIRONMENT not in files:
            folders.clear()
            continue
        if inside == ".git":
            folders[:] = [name for name in folders if name == "refs"]
        for name in files:
            if inside == ".git" and name not in _OF_GIT:
                continue
            status = (Path(folder) / name).lstat()
            found[os.path.normpath(f"{inside}/{name}")] = (status.st_mode, status.st_size, status.st_mtime_ns)
    return found


def changed(before: Trace, after: Trace) -> list[str]:
    """What is new, gone or written since, sorted."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
