"""Inspect what a template rendered, before git or the engineer meets it."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from goldenpath.core.errors import TemplateError
from goldenpath.core.filenames import case_blind, folded, folds_to_git, problem_elsewhere, shown
from goldenpath.flows.find_project import IDENTITY

_SPECIAL_BITS = stat.S_ISUID | stat.S_ISGID | stat.S_ISVTX


def inspect_render(root: Path) -> int:
    """How many files the render has. Raises TemplateError for what must not be there.

    Refused: the identity file, any spelling of `.git` that a file system could fold to it, links that leave the tree
    or lead into a git folder, what is neither a file, a folder nor a link, set-id bits, and names that a colleague's
    system could not have, or could not tell apart.
    """
    found: list[Path] = []
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            _refuse(root, Path(folder) / name)
        found += [(Path(folder) / name).relative_to(root) for name in files]
    _refuse_alike(found)
    return len(found)


def _refuse(root: Path, path: Path) -> None:
    inside = path.relative_to(root)
    mode = path.lstat().st_mode
    if path.parent == root and folded(path.name) == IDENTITY:
        raise _refusal(inside, "goldenpath writes itself")
    if folds_to_git(path.name):
        raise _refusal(inside, "is a git folder")
    problem = problem_elsewhere(path.name)
    if problem:
        raise _refusal(inside, problem)
    if stat.S_ISLNK(mode):
        _refuse_link(root, path)
    elif not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise _refusal(inside, "is neither a file nor a folder")
    elif stat.S_ISREG(mode) and mode & _SPECIAL_BITS:
        raise _refusal(inside, f"has the special rights {stat.S_IMODE(mode):o}")


def _refuse_link(root: Path, path: Path) -> None:
    inside, real = path.relative_to(root), Path(os.path.realpath(root))
    if _is_endless(path):
        raise _refusal(inside, "is a link that leads to itself")
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(real):
        raise _refusal(inside, "is a link that leaves the project")
    if any(folds_to_git(part) for part in target.relative_to(real).parts):
        raise _refusal(inside, "is a link into a git folder")


def _is_endless(link: Path) -> bool:
    try:
        link.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def _refuse_alike(files: list[Path]) -> None:
    """Refuse a file that, or a folder of which, differs from another one in case or form alone."""
    spelled: dict[str, str] = {}
    for file in sorted(files):
        for part in (file, *file.parents[:-1]):
            other = spelled.setdefault(case_blind(str(part)), str(part))
            if other != str(part):
                raise _refusal(file, f"is the same as {shown(other)} on a disk that ignores case")


def _refusal(inside: Path, problem: str) -> TemplateError:
    return TemplateError(
        f"the template renders {shown(str(inside))}, which {problem}", hint="tell its owner; nothing was written"
    )
