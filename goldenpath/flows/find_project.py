"""Find the project that a folder lies in, and read what it says about itself."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.model import Answers, Project

if TYPE_CHECKING:
    from pathlib import Path

IDENTITY = ".goldenpath.toml"
ANSWERS = ".copier-answers.yml"


def find_project(folder: Path) -> Project:
    """The project whose root is `folder` or the nearest folder above it.

    Raises UsageError when there is none, TemplateError when what it says about itself can't be read.
    """
    root = find_root(folder)
    if root is None:
        raise UsageError("this folder is in no project", hint="go into one with cd, or begin: goldenpath start backend")
    return read_project(root)


def find_root(folder: Path) -> Path | None:
    """The root of the project that a folder lies in, or None."""
    return next((root for root in (folder, *folder.parents) if (root / IDENTITY).is_file()), None)


def read_identity(root: Path) -> tuple[str, str]:
    """The id of the project at `root`, and its path's name. Raises TemplateError when they can't be read."""
    file = root / IDENTITY
    try:
        identity = tomllib.loads(file.read_text(encoding="utf-8"))
        return str(identity["id"]), str(identity.get("path", ""))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError) as error:
        raise TemplateError(f"{file}: {error!r}", hint=f"bring the file back: git restore {IDENTITY}") from error


def read_project(root: Path) -> Project:
    """The project at `root`. Raises TemplateError when its identity or its answers can't be read."""
    ident, path_id = read_identity(root)
    answers = _answers(root)
    source, version = str(answers.get("_src_path", "")), str(answers.get("_commit", ""))
    given: Answers = {key: value for key, value in answers.items() if not key.startswith("_")}
    return Project(root, ident, path_id, source, version.removeprefix("v"), given)


def identity_text(project: str, path_id: str) -> str:
    """What stands in a project's identity file."""
    named = f'path = "{path_id}"\n' if path_id else ""
    return f'# Progress along the golden path is kept under this id; keep this file.\nid = "{project}"\n{named}'


def _answers(root: Path) -> Answers:
    from goldenpath.adapters import documents

    file = root / ANSWERS
    try:
        value = documents.load(file.read_text(encoding="utf-8"), file=ANSWERS)
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError as error:
        raise TemplateError(f"{ANSWERS}: not UTF-8", hint=f"bring the file back: git restore {ANSWERS}") from error
    return value if isinstance(value, dict) else {}
