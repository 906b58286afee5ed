"""List what can be started, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import bundled_folder, bundled_names
from goldenpath.core.errors import UsageError
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.load_path import load_path
from goldenpath.flows.read_questions import read_questions

if TYPE_CHECKING:
    from goldenpath.core.model import GoldenPath
    from goldenpath.core.questions import Question


@dataclass(frozen=True, slots=True)
class Catalog:
    """A place that paths come from."""

    name: str
    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PathPage:
    """A path and the questions of its template."""

    path: GoldenPath
    questions: tuple[Question, ...]


def list_paths() -> list[GoldenPath]:
    """The paths that can be started by name, sorted by name."""
    found = [load_path(bundled_folder() / name) for name in bundled_names()]
    return [path for path in found if path is not None]


def show_path(name: str) -> PathPage:
    """One path, in full. Raises UsageError when there is none of that name."""
    names = bundled_names()
    path = load_path(bundled_folder() / name) if name in names else None
    if path is None:
        raise UsageError(
            f"there is no path called `{name}`", hint=f"{did_you_mean(name, names)} see all: goldenpath list"
        )
    return PathPage(path, read_questions(bundled_folder() / name).questions)


def list_catalogs() -> list[Catalog]:
    """The places that paths come from."""
    return [Catalog("bundled", "comes with goldenpath", tuple(bundled_names()))]
