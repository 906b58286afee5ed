"""Folders: the content of a folder under development, whether it is committed, and where the folder is."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.store.sources import is_name
from goldenpath.core.errors import TemplateError, UsageError

_LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "*.pyc", ".git", ".DS_Store", ".*_cache", ".venv")
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}
"""The repository around a folder may be somebody else's, and name a command with which to fetch what it lacks."""
_NOTE = "goldenpath-folder"


def tree_of(repository: Path, folder: Path) -> str:
    """Put the content of a folder into a repository of the store; the id of its tree.

    What tools leave behind, and what the repository around the folder ignores, is no part of it. Raises TemplateError
    for what git does not take.
    """
    from goldenpath.adapters.repo import git

    with tempfile.TemporaryDirectory(dir=repository) as scratch:
        copy = Path(scratch) / "tree"
        _copy(folder, copy)
        index = {
            "GIT_INDEX_FILE": str(Path(scratch) / "index"),
            "GIT_WORK_TREE": str(copy),
            "GIT_DIR": str(repository),
        }
        git(copy, "add", "--all", "--force", ".", **index)
        return git(copy, "write-tree", **index)


def take_revision(repository: Path, folder: Path, revision: str) -> str:
    """Put a folder as it was at a git revision into a repository of the store; its tree, empty when it was not there.

    Raises UsageError when the folder is in no repository, or that has no such revision.
    """
    from goldenpath.adapters.repo import git

    root = _asks(folder, "rev-parse", "--show-toplevel")
    if not root:
        raise UsageError(f"{folder} is in no git repository", hint="leave --from out")
    commit = _asks(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        hint = "fetch it first; in CI, check the repository out with its history (`fetch-depth: 0`)"
        raise UsageError(f"git knows no revision {revision!r} here", hint=hint)
    tree = _asks(folder, "rev-parse", "--verify", "--quiet", f"{commit}:./")
    if not tree:
        return ""
    objects = folder / _asks(folder, "rev-parse", "--git-path", "objects")
    with tempfile.TemporaryDirectory(dir=repository) as scratch:
        copy = Path(scratch) / "tree"
        copy.mkdir()
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index"), "GIT_WORK_TREE": str(copy)}
        theirs = {"GIT_DIR": str(repository), "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(objects.resolve())}
        git(copy, "read-tree", tree, **index, **theirs)
        git(copy, "checkout-index", "--all", **index, **theirs)
        return tree_of(repository, copy)


def committed_tree(folder: Path) -> str:
    """The tree that the repository around a folder has committed of it; empty when it has none."""
    return _asks(folder, "rev-parse", "--verify", "--quiet", "HEAD:./")


def note_folder(repository: Path, folder: Path) -> None:
    """Keep in the store which folder a template came from. It is no part of what a project says."""
    text = json.dumps(str(folder)) + "\n"
    try:
        is_noted = (repository / _NOTE).read_text(encoding="ascii") == text
    except (OSError, UnicodeDecodeError):
        is_noted = False
    if not is_noted:
        write_whole(repository / _NOTE, text)


def folder_of(store: Path, name: str) -> Path | None:
    """The folder of this machine that a template of the store came from; None when it came from no folder."""
    if not is_name(name):
        return None
    try:
        noted = json.loads((store / f"{name}.git" / _NOTE).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return Path(noted) if isinstance(noted, str) and noted else None


def _copy(folder: Path, copy: Path) -> None:
    ignored = _ignored_around(folder)

    def leave_out(where: str, names: list[str]) -> set[str]:
        below = os.path.relpath(where, folder)
        theirs = {name for name in names if os.path.normpath(f"{below}/{name}") in ignored}
        return _LEFT_BEHIND(where, names) | theirs

    try:
        shutil.copytree(folder, copy, symlinks=True, ignore=leave_out)
    except shutil.Error as error:
        raise TemplateError(
            f"{folder}: {error.args[0][0][2]}", hint="a template holds files, folders and links that can be read"
        ) from error


def _ignored_around(folder: Path) -> frozenset[str]:
    """What the repository around ignores below the folder; nothing when it keeps nothing of the folder at all."""
    if not committed_tree(folder) and not _asks(folder, "ls-files", "-z", "--", "."):
        return frozenset()
    found = _asks(folder, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--", ".")
    return frozenset(name.rstrip("/") for name in found.split("\0") if name)


def _asks(folder: Path, *arguments: str) -> str:
    """What git prints; empty when it says no."""
    from goldenpath.adapters.repo import GitError, git

    try:
        return git(folder, *arguments, **_OFFLINE)
    except GitError:
        return ""
