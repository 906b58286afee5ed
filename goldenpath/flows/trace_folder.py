"""Trace a project's folder: enough of every file to see later what was touched, and what is another than before."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass, field
from stat import S_ISLNK, S_ISREG
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

Touch: TypeAlias = "tuple[int, int, int]"
"""Rights and kind, size, and when it was last written (ns)."""
Trace: TypeAlias = "dict[str, Touch]"
"""By path in the folder."""

_OF_GIT = frozenset({"HEAD", "config", "packed-refs", "refs"})
"""Of a repository: where it stands. Its index is refreshed by whoever looks at its status."""
_CACHE, _ENVIRONMENT = "CACHEDIR.TAG", "pyvenv.cfg"
"""A folder with that tag is a cache, which may be deleted at any time (https://bford.info/cachedir/). uv puts one into
environments, too, which are more than that.
"""


def trace(root: Path) -> Trace:
    """Every file and link below the folder but for caches, those of git as far as they say where its branches are."""
    found: Trace = {}
    waiting = [""]
    while waiting:
        inside = waiting.pop()
        for entry in _entries(f"{root}/{inside}"):
            if inside == ".git/" and entry.name not in _OF_GIT:
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(f"{inside}{entry.name}/")
                continue
            with contextlib.suppress(FileNotFoundError):  # a journal, say, of a service that runs there
                status = entry.stat(follow_symlinks=False)
                found[f"{inside}{entry.name}"] = (status.st_mode, status.st_size, status.st_mtime_ns)
    return found


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """What lies in a folder; nothing where that is a cache, can't be read, or is gone."""
    try:
        with os.scandir(folder) as listing:
            entries = list(listing)
    except OSError:
        return []
    names = {entry.name for entry in entries}
    return [] if _CACHE in names and _ENVIRONMENT not in names else entries


def changed(before: Trace, after: Trace) -> list[str]:
    """What is new, gone or written since, sorted."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


@dataclass
class Contents:
    """What the files of a folder hold: the same when one is written anew with what it held before."""

    _known: dict[str, tuple[Touch, str]] = field(default_factory=dict)

    def of(self, root: Path) -> dict[str, tuple[int, str]]:
        """Rights and kind, and a digest, by path, of everything that `trace` sees; read where it was written since.

        What an environment holds is not read: no step writes it anew but by installing.
        """
        touches = trace(root)
        environments = tuple(name.removesuffix(_ENVIRONMENT) for name in touches if name.endswith(f"/{_ENVIRONMENT}"))
        self._known = {
            name: (touch, str(touch) if name.startswith(environments) else self._digest(root, name, touch))
            for name, touch in touches.items()
        }
        return {name: (touch[0], digest) for name, (touch, digest) in self._known.items()}

    def _digest(self, root: Path, name: str, touch: Touch) -> str:
        known, file = self._known.get(name), root / name
        if known and known[0] == touch:
            return known[1]
        try:
            if S_ISLNK(touch[0]):
                return f"-> {file.readlink()}"
            return hashlib.sha256(file.read_bytes()).hexdigest() if S_ISREG(touch[0]) else ""
        except OSError:  # what we may not read, or is gone by now, is told by when it was written
            return str(touch)
