"""Inspect what a template rendered, before git or the engineer meets it."""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from pathlib import Path

from goldenpath.core.errors import TemplateError
from goldenpath.flows.find_project import IDENTITY

_HFS_IGNORABLE = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def inspect_render(root: Path) -> int:
    """How many files the render has. Raises TemplateError for what must not be there.

    Refused: the identity file, any spelling of `.git` that a file system could fold to it, links that leave the tree
    or lead into a git folder, and what is neither a file, a folder nor a link.
    """
    count = 0
    for folder, folders, files in os.walk(root):
        for name in (*folders, *files):
            path = Path(folder) / name
            _refuse(root, path)
        count += len(files)
    return count


def _refuse(root: Path, path: Path) -> None:
    shown = path.relative_to(root)
    mode = path.lstat().st_mode
    if str(shown).casefold() == IDENTITY:
        raise _refusal(shown, "goldenpath writes itself")
    if _folds_to_git(path.name):
        raise _refusal(shown, "is a git folder")
    if stat.S_ISLNK(mode):
        target = (path.parent / path.readlink()).resolve()
        if not target.is_relative_to(root.resolve()):
            raise _refusal(shown, "is a link that leaves the project")
        if any(_folds_to_git(part) for part in target.relative_to(root.resolve()).parts):
            raise _refusal(shown, "is a link into a git folder")
    elif not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise _refusal(shown, "is neither a file nor a folder")


def _refusal(shown: Path, problem: str) -> TemplateError:
    return TemplateError(f"the template renders {shown}, which {problem}", hint="tell its owner; nothing was written")


def _folds_to_git(name: str) -> bool:
    folded = _HFS_IGNORABLE.sub("", unicodedata.normalize("NFKC", name)).casefold().rstrip(". ")
    return folded.partition(":")[0] in {".git", "git~1"}
