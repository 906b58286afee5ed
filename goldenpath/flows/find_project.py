"""Find the project that a folder lies in, and read what it says about itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.adapters.reading import read_text
from goldenpath.core.addresses import unabbreviated
from goldenpath.core.errors import TemplateError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Answers, Project

IDENTITY = ".goldenpath.toml"
ANSWERS = ".copier-answers.yml"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def find_project(folder: Path) -> Project:
    """The project whose root is `folder` or the nearest folder above it.

    Raises UsageError when there is none, or none with an identity, TemplateError when what it says about itself can't
    be read.
    """
    root = find_root(folder)
    if root is not None:
        return read_project(root)
    if find_rendered(folder) is not None:
        raise UsageError("this folder was made by Copier and has no identity yet", hint="goldenpath doctor --fix")
    raise _in_no_project()


def find_rendered_project(folder: Path) -> Project:
    """The same for a project that plain Copier made and that has no identity: its id is empty."""
    root = find_rendered(folder)
    if root is None:
        raise _in_no_project()
    return read_project(root)


def _in_no_project() -> UsageError:
    return UsageError("this folder is in no project", hint="go into one with cd, or begin: goldenpath start backend")


def find_root(folder: Path) -> Path | None:
    """The root of the project that a folder lies in, or None."""
    return next((root for root in (folder, *folder.parents) if (root / IDENTITY).is_file()), None)


def find_rendered(folder: Path) -> Path | None:
    """The root of what was rendered around a folder, by us or by plain Copier, or None."""
    folders = (folder, *folder.parents)
    return next((root for root in folders if (root / IDENTITY).is_file() or (root / ANSWERS).is_file()), None)


def has_identity(root: Path) -> bool:
    """Whether there is an identity at `root`, one that can be read or not."""
    return (root / IDENTITY).is_file()


def read_identity(root: Path) -> tuple[str, str]:
    """The id of the project at `root`, and its path's name. Raises TemplateError when they can't be read."""
    import tomllib

    file, hint = root / IDENTITY, f"bring the file back: git restore {IDENTITY}"
    try:
        identity = tomllib.loads(read_text(file, root, hint=hint))
    except (OSError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise TemplateError(f"{file}: {error}", hint=hint) from error
    ident, path_id = identity.get("id"), identity.get("path", "")
    if not isinstance(ident, str) or not _ID.fullmatch(ident):
        raise TemplateError(f"{file} has no `id` of a project", hint=hint)
    if not isinstance(path_id, str) or (path_id and not _ID.fullmatch(path_id)):
        raise TemplateError(f"{file}: `path` is no name of a path", hint=hint)
    return ident, path_id


def read_project(root: Path) -> Project:
    """The project at `root`; without an identity its id is empty.

    Raises TemplateError when its identity or its answers can't be read.
    """
    from goldenpath.core.model import Project

    ident, path_id = read_identity(root) if has_identity(root) else ("", "")
    answers = _answers(root)
    source, version = unabbreviated(str(answers.get("_src_path", ""))), str(answers.get("_commit", ""))
    if any(not sign.isprintable() for sign in source + version):
        raise TemplateError(
            f"{root / ANSWERS} names a template with signs that nobody can see", hint=f"git restore {ANSWERS}"
        )
    given: Answers = {key: value for key, value in answers.items() if not key.startswith("_")}
    return Project(root, ident, path_id, source, version.removeprefix("v"), given)


def identity_text(project: str, path_id: str) -> str:
    """What stands in a project's identity file."""
    named = f'path = "{path_id}"\n' if path_id else ""
    return f'# Progress along the golden path is kept under this id; keep this file.\nid = "{project}"\n{named}'


def _answers(root: Path) -> Answers:
    from goldenpath.adapters import documents

    try:
        text = read_text(root / ANSWERS, root, hint=f"bring the file back: git restore {ANSWERS}")
    except FileNotFoundError:
        return {}
    value = documents.load(text, file=ANSWERS)
    return value if isinstance(value, dict) else {}
