"""Make a new template: the bundled one for templates, rendered into a folder of the author's. No project, no ledger."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.staging import move_into_place, staging
from goldenpath.adapters.store import sources, tags
from goldenpath.core.errors import FilesInTheWayError, UsageError
from goldenpath.core.pathfile import ID
from goldenpath.flows.inspect_render import inspect_render
from goldenpath.flows.start_project import refuse_occupied

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Answers, Template

MADE_FROM = "golden-path"
"""The bundled template whose projects are templates."""

NAMING = "name"
"""Its question for what the path is called."""

_MOST_LETTERS = 40


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """A template that was made: its folder, its files, and the repository around it, if there is one.

    `has_workflow`: it brings a workflow for GitHub, which looks for those at the top of a repository alone.
    """

    root: Path
    name: str
    made_from: str
    files: tuple[str, ...]
    has_workflow: bool
    inside: Path | None


def refuse_name(name: str) -> None:
    """Raise UsageError for what is no name of a path."""
    if not ID.fullmatch(name) or not 2 <= len(name) <= _MOST_LETTERS:
        raise UsageError(
            f"{name!r} is no name of a path",
            hint=f"use 2 to {_MOST_LETTERS} lower-case letters, digits and single hyphens, starting with a letter, "
            "like greeter; --into FOLDER says where it goes",
        )


def refuse_taken(folder: Path) -> None:
    """Raise FilesInTheWayError when something is where the template would go, or it would go into a git folder."""
    if os.path.lexists(folder):
        raise FilesInTheWayError(
            f"{folder} is there already", hint="name another: goldenpath template new OTHER-NAME, or add --into FOLDER"
        )
    refuse_occupied(folder)


def new_template(
    settings: Settings, template: Template, answers: Answers, destination: Path
) -> Generator[str, None, Scaffolded]:
    """Yields what is being done; returns the template. When it raises, nothing of it is there."""
    from goldenpath.adapters.rendering.process import Ordered, render_template
    from goldenpath.adapters.repo import enclosing

    refuse_taken(destination)
    yield f"Making the template {destination.name}"
    repository = sources.repository_of(settings.store, template.source)
    with staging(destination) as staged:
        render_template(
            Ordered(
                template=template,
                repository=repository,
                recorded=tags.recorded(repository, template.commit),
                into=staged,
                answers=answers,
                is_trusted=False,
                runs_tasks=False,
            )
        )
        inspect_render(staged)
        files = sorted(file.relative_to(staged).as_posix() for file in staged.rglob("*") if file.is_file())
        move_into_place(staged, destination)
    return Scaffolded(
        root=destination,
        name=destination.name,
        made_from=f"{template.name} {template.version}",
        files=tuple(files),
        has_workflow=any(file.startswith(".github/workflows/") for file in files),
        inside=enclosing(destination.parent),
    )
