"""Sources: what an answers file calls a template, and where the store keeps that."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from pathlib import Path

SCHEME = "goldenpath:"
"""What the answers file of a project names instead of a path of one machine: `goldenpath:backend.git`."""

_DIGEST = re.compile(r"-[0-9a-f]{8}$")
"""What tells folders of one name from each other."""
_NAME = re.compile(r"[\w.+!-]+(/[\w.+!-]+)*", re.ASCII)
_PLACE = re.compile(r"(?!(trees|by-url)/)[\w+-][\w.+-]*(?<!\.git)(/[\w+-][\w.+-]*)?", re.ASCII)
"""`NAME`, `folder/NAME` or `CATALOG/NAME`, and nothing inside a repository, or inside the files of a template."""


def repository_of(store: Path, source: str) -> Path:
    """Where the store keeps what an answers file names as its source. Raises TemplateError for what is no name."""
    return store / f"{name_of(source)}.git"


def name_of(source: str) -> str:
    """The name under which the store keeps a source. Raises TemplateError for what is no name."""
    if not source.startswith(SCHEME):
        return f"by-url/{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    name = source.removeprefix(SCHEME).removesuffix(".git")
    if not (is_name(name) and _PLACE.fullmatch(name)):
        raise TemplateError(f"the project names {source!r} as its template", hint="git restore its answers file")
    return name


def own_name(name: str) -> str:
    """What a template is called, of the name under which the store keeps it."""
    place, _, own = name.rpartition("/")
    return _DIGEST.sub("", own) if place == "folder" else own


def is_name(text: str) -> bool:
    """Whether a text names something inside the store, and nothing outside of it."""
    return _NAME.fullmatch(text) is not None and ".." not in text
