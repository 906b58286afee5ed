"""Tell what a newer version of a project's template would bring, as far as this machine knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import bundled_folder, bundled_names
from goldenpath.adapters.store.sources import SCHEME, name_of
from goldenpath.adapters.store.trees import known_tree
from goldenpath.core.errors import GoldenpathError
from goldenpath.flows.load_path import load_path, steps_for
from goldenpath.flows.newer_version import newer_version

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import GoldenPath
    from goldenpath.flows.open_walk import Walk


@dataclass(frozen=True, slots=True)
class News:
    """A newer version, and the titles of the steps that it has and the project's has not."""

    version: str
    steps: tuple[str, ...]


def tell_news(settings: Settings, walk: Walk) -> News | None:
    """What there is; None when nothing newer is known."""
    version = newer_version(settings, walk.project.source, walk.project.version)
    if not version:
        return None
    known = {step.id for step in walk.steps}
    try:
        path = _path(settings, walk.project.source, version)
        steps = steps_for(path, walk.answers) if path else ()
    except GoldenpathError:  # its questions may be others, or its path wrong: the update will tell
        steps = ()
    return News(version, tuple(step.title for step in steps if step.id not in known))


def _path(settings: Settings, source: str, version: str) -> GoldenPath | None:
    """The path of that version, where it can be read without git."""
    name = name_of(source.removeprefix("git+"))
    tree = known_tree(settings.store, name, version)
    if tree is None and source.startswith(SCHEME) and name in bundled_names():
        tree = bundled_folder() / name
    path = load_path(tree) if tree else None
    return path if path and path.version == version else None
