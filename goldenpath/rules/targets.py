"""The names that rendered files get for given answers, and which files are kept back whatever the answers are."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja import render_loosely
from goldenpath.core.errors import TemplateError, TooSlowError
from goldenpath.rules.subfolders import root_with

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goldenpath.core.model import Answers
    from goldenpath.rules.source import Source

_KEPT_BACK = ("copier.yaml", "copier.yml", "~*", "*.py[co]", "__pycache__", ".git", ".DS_Store", ".svn")
"""Copier's own `_exclude`, of a template that has neither this nor `_subdirectory`."""


def rendered_files(source: Source) -> Iterator[str]:
    """The files that a project may get: Copier excludes by the name that a file gets, and not by its own."""
    patterns = _patterns(source)
    for file in source.tree.files:
        below = [file.removeprefix(root) for root in source.roots if file.startswith(root)]
        if not all(is_excluded(_plain(name, source.suffix), patterns) for name in below):
            yield file


def targets_of(source: Source, answers: Answers) -> Iterator[tuple[str, str]]:
    """Each rendered file with its name; a file is left out when a part of its name comes out empty, as in Copier."""
    root = root_with(source, answers)
    if root is None:
        return
    excluded = _patterns_with(source, answers)
    known: dict[str, str] = {}
    for file in source.rendered:
        if not file.startswith(root):
            continue
        parts = _plain(file.removeprefix(root), source.suffix).split("/")
        for part in parts:
            if part not in known:
                known[part] = _rendered(part, answers, source) if source.is_jinja(part) else part
        if all(known[part] for part in parts):
            target = "/".join(known[part] for part in parts)
            if not is_excluded(target, excluded):
                yield file, target


def _plain(name: str, suffix: str) -> str:
    """The name without what says that the file is rendered: Copier takes off what stands after the last dot."""
    return PurePosixPath(name).with_suffix("").as_posix() if suffix and name.endswith(suffix) else name


def _rendered(part: str, answers: Answers, source: Source) -> str:
    """The name that a part gets; empty when it gets none, or when only Copier knows."""
    try:
        return render_loosely(part, answers, where=part, dialect=source.dialect)
    except TooSlowError:
        raise
    except TemplateError:
        return ""


def _patterns(source: Source) -> list[str]:
    """What `_exclude` says, as it is written."""
    given = source.settings.get("_exclude")
    if "_exclude" in source.settings:
        return [str(pattern) for pattern in given] if isinstance(given, list) else []
    below = source.settings.get("_subdirectory") or ""
    return [] if PurePosixPath(str(below)) != PurePosixPath() else list(_KEPT_BACK)


def _patterns_with(source: Source, answers: Answers) -> list[str]:
    """What `_exclude` says with these answers when a project is begun. Of one text, every line is a pattern."""
    known = {**answers, "_copier_operation": "copy"}
    said = (_rendered(each, known, source) if source.is_jinja(each) else each for each in _patterns(source))
    return [line for text in said for line in re.split(r"\r\n|\r|\n", text)]


def is_excluded(name: str, patterns: Sequence[str]) -> bool:
    """Whether `_exclude` keeps a file back, read as gitignore does; one with Jinja in it keeps none back."""
    is_kept_back = False
    for pattern in patterns:
        written = pattern.strip().removeprefix("!")
        if written.strip("/") and "{" not in written and _is_meant(name, written):
            is_kept_back = not pattern.strip().startswith("!")
    return is_kept_back


def _is_meant(name: str, pattern: str) -> bool:
    """Whether a pattern means the file, or a folder above it; one with a slash begins at the top."""
    path = PurePosixPath(name)
    folders = [folder.as_posix() for folder in path.parents if folder.name]
    names = folders if pattern.endswith("/") else [name, *folders]
    if "/" not in pattern.rstrip("/"):
        names = [PurePosixPath(each).name for each in names]
    wanted = pattern.strip("/")
    return any(fnmatchcase(each, wanted) or fnmatchcase(each, wanted.removeprefix("**/")) for each in names)
