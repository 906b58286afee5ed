"""Identify a project: give one an id of its own that was copied, or made by plain Copier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import durable, state
from goldenpath.core.errors import GoldenpathError
from goldenpath.core.identifiers import mint
from goldenpath.flows.fetch_template import template_of
from goldenpath.flows.find_project import (
    IDENTITY,
    find_rendered,
    find_root,
    identity_text,
    read_identity,
    read_project,
)
from goldenpath.flows.load_path import load_path
from goldenpath.flows.trust import mark_of

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Project


def find_nameless(folder: Path) -> Path | None:
    """The root of the project around a folder that plain Copier made and that has no identity, or None."""
    return find_rendered(folder) if find_root(folder) is None else None


def identify(settings: Settings, root: Path, path_id: str) -> str:
    """Give the project at `root` an id of its own; what was done. Raises OSError."""
    ident = mint("prj")
    durable.write_whole(root / IDENTITY, identity_text(ident, path_id))
    (root / IDENTITY).chmod(0o644)
    state.note_place(settings, ident, root)
    return f"the project has an id of its own: {ident}; commit {IDENTITY}"


def path_of(settings: Settings, root: Path) -> str:
    """The name of the path that a project without identity is on; empty when this machine does not know it."""
    try:
        project = read_project(root)
        path = load_path(template_of(settings, project.source, project.version).folder)
    except GoldenpathError:
        return ""
    return path.id if path else ""


def is_a_copy(settings: Settings, project: Project) -> bool:
    """Whether the project is one of several, and not the first of them that was seen on this machine."""
    first = next(iter(state.places(settings, project.id)), "")
    return bool(twins_of(settings, project)) and first != str(project.root)


def twins_of(settings: Settings, project: Project) -> list[str]:
    """Other folders with the project's id that are copies: a clone has a `.git` of its own and the same origin."""
    from goldenpath.adapters import repo

    mine = repo.remote_url(project.root)
    twins: list[str] = []
    for place in state.places(settings, project.id):
        other = Path(place)
        if other.resolve() == project.root.resolve() or find_root(other) != other:
            continue
        theirs = repo.remote_url(other)
        is_clone = mine == theirs != "" or mine.endswith(place) or theirs.endswith(str(project.root))
        has_same_id = read_identity(other)[0] == project.id
        if has_same_id and (not is_clone or mark_of(other) == mark_of(project.root) != ""):
            twins.append(place)
    return twins
