"""Bytecode: what Python compiled in a project, given to the cache that checks compile into, so that it is done once."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from pathlib import Path

_PASSED_OVER = frozenset({".git", "node_modules"})
_COMPILED = "__pycache__"


def take_over(root: Path, cache: Path, *, to: Path | None = None) -> None:
    """Link what lies compiled in a folder into the cache, where Python looks under PYTHONPYCACHEPREFIX.

    It looks there for the folder itself, or for the one that it is taken over `to` and has the same files. Only
    folders that the cache does not have yet are filled. Python holds each file against its source as it always does
    (PEP 3147, PEP 552), and replaces it whole when it is stale, so that the folder's own one stays as it is. What
    can't be linked is compiled again.
    """
    place = cache.joinpath(*(to or root).resolve().parts[1:])
    for folder, folders, _files in os.walk(root):
        folders[:] = [name for name in folders if name not in _PASSED_OVER]
        if _COMPILED in folders:
            folders.remove(_COMPILED)
            target = place / Path(folder).relative_to(root)
            if not any(target.glob("*.pyc")):
                _link_all(Path(folder, _COMPILED), target)


def inherit(before: Path, environment: Path) -> None:
    """Link what an environment's Python compiled into one that has the same libraries; the first start takes half.

    Python holds each file against its source, so what is another version is compiled again. Raises nothing: what can't
    be linked is compiled.
    """
    libraries = next(iter(environment.glob("lib/python*/site-packages")), environment)
    earlier = before / libraries.relative_to(environment)
    for folder, folders, _files in os.walk(earlier):
        if _COMPILED in folders:
            folders.remove(_COMPILED)
            target = libraries / Path(folder).relative_to(earlier)
            if target.is_dir():
                _link_all(Path(folder, _COMPILED), target / _COMPILED)


def _link_all(source: Path, target: Path) -> None:
    with contextlib.suppress(OSError):
        target.mkdir(parents=True, exist_ok=True)
        for each in source.glob("*.pyc"):
            _link(each, target / each.name)


def _link(source: Path, target: Path) -> None:
    """Link, or where that leads to another disk, copy. Python ends over a file that is cut short, so it comes whole."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        coming = target.with_suffix(".coming")
        shutil.copy2(source, coming)
        coming.replace(target)
