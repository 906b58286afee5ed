"""The names that rendered files get for given answers."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.adapters.jinja import render_loosely
from goldenpath.core.errors import TemplateError, TooSlowError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.core.model import Answers, Json
    from goldenpath.rules.source import Source


def targets_of(source: Source, answers: Answers) -> Iterator[tuple[str, str]]:
    """Each rendered file with its name; a file is left out when a part of its name comes out empty, as in Copier."""
    excluded = source.settings.get("_exclude")
    known: dict[str, str] = {}
    for file in source.rendered:
        parts = file.removeprefix(source.root).removesuffix(source.suffix).split("/")
        for part in parts:
            if part not in known:
                known[part] = _rendered(part, answers, source) if source.is_jinja(part) else part
        if all(known[part] for part in parts):
            target = "/".join(known[part] for part in parts)
            if not is_excluded(target, excluded):
                yield file, target


def _rendered(part: str, answers: Answers, source: Source) -> str:
    """The name that a part gets; empty when it gets none, or when only Copier knows."""
    try:
        return render_loosely(part, answers, where=part, dialect=source.dialect)
    except TooSlowError:
        raise
    except TemplateError:
        return ""


def is_excluded(name: str, patterns: Json) -> bool:
    """Whether `_exclude` keeps a file back, read generously: as names with wildcards, of the file or a folder above."""
    above = PurePosixPath(name)
    names = [name, *(folder.as_posix() for folder in above.parents), *above.parts]
    written = [str(pattern).strip("/") for pattern in patterns] if isinstance(patterns, list) else []
    return any(fnmatchcase(each, pattern) for each in names for pattern in written if pattern and "{" not in pattern)
