"""Bytecode: what Python compiled in a project, given to the cache that checks compile into, so that it is done once."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

_PASSED_OVER = frozenset({".git", "node_modules"})
_COMPILED = "__pycache__"


def take_over(root: Path, cache: Path) -> None:
    """Link what lies compiled in a project into the cache, where Python looks under PYTHONPYCACHEPREFIX.

    Only into folders that the cache does not have yet. Python holds each file against its source as it always does
    (PEP 3147, PEP 552), and replaces it whole when it is stale, so that the project's own one stays as it is. What
    can't be linked is compiled again.
    """
    for folder, folders, _files in os.walk(root.resolve()):
        folders[:] = [name for name in folders if name not in _PASSED_OVER]
        if _COMPILED in folders:
            folders.remove(_COMPILED)
            target = cache.joinpath(*Path(folder).parts[1:])
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
            os.link(each, target / each.name)
