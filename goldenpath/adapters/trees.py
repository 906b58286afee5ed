"""Trees of git, made and compared in nobody's way.

That happens in a git directory of our own beside a project's, whose objects it shares, so that neither the project's
index nor its files, configuration and hooks take part.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from goldenpath.adapters.repo import ALONE, OURS, git
from goldenpath.adapters.staging import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workshop:
    """The git directory, and the variables with which git works there."""

    folder: Path
    environment: Mapping[str, str]
    nothing: str
    """The id that stands for no object."""

    def git(self, *arguments: str, text: str | None = None, **more: str) -> str:
        """What git prints. Raises GitError."""
        return git(self.folder, *arguments, text=text, **{**self.environment, **more})


@contextlib.contextmanager
def workshop(root: Path, *, keeps: bool) -> Iterator[Workshop]:
    """A workshop for the repository around `root`. Unless it `keeps` them there, what it makes is gone afterwards."""
    objects, form = git(root, "rev-parse", "--git-path", "objects", "--show-object-format").splitlines()
    theirs = str((root / objects).resolve())
    with scratch_folder("goldenpath-merge-") as scratch:
        folder = scratch / "git"
        git(scratch, "init", "--quiet", "--bare", f"--object-format={form}", str(folder), **ALONE)
        shared = {"GIT_OBJECT_DIRECTORY": theirs} if keeps else {"GIT_ALTERNATE_OBJECT_DIRECTORIES": theirs}
        nothing = "0" * (64 if form == "sha256" else 40)
        yield Workshop(folder, {**ALONE, **OURS, **shared, "GIT_DIR": str(folder)}, nothing)


def tree_of(
    shop: Workshop,
    folder: Path,
    entries: Mapping[str, str] = MappingProxyType({}),
    *,
    ignored: Collection[str] = (),
) -> str:
    """The id of a tree with everything in a folder, these files being other ones (as `with_entries` has it).

    What the folder's own `.gitignore` keeps out of a repository is in it only when it is named in `ignored`.
    """
    scratch = tempfile.mkdtemp(dir=shop.folder)
    index = {"GIT_INDEX_FILE": f"{scratch}/index", "GIT_WORK_TREE": str(folder)}
    inside = {**shop.environment, **index}
    git(folder, "add", "--all", ".", **inside)
    there = "".join(f"{path}\0" for path in ignored if os.path.lexists(folder / path))
    if there:
        how = ("--force", "--pathspec-from-file=-", "--pathspec-file-nul")
        git(folder, "--literal-pathspecs", "add", *how, text=there, **inside)
    if entries:
        shop.git("update-index", "-z", "--index-info", text=_index_lines(shop, entries), **index)
    return shop.git("write-tree", **index)


def entries_of(shop: Workshop, tree: str) -> dict[str, str]:
    """The files of a tree: `MODE BLOB` by path."""
    lines = shop.git("ls-tree", "-r", "-z", "--full-tree", tree).split("\0")
    pairs = (line.split("\t", 1) for line in lines if line)
    return {path: f"{meta.split()[0]} {meta.split()[2]}" for meta, path in pairs}


def with_entries(shop: Workshop, tree: str, entries: Mapping[str, str]) -> str:
    """The tree with these files in it (`MODE BLOB` by path), or without those whose entry is empty."""
    if not entries:
        return tree
    index = {"GIT_INDEX_FILE": str(shop.folder / "changing")}
    shop.git("read-tree", tree, **index)
    shop.git("update-index", "-z", "--index-info", text=_index_lines(shop, entries), **index)
    return shop.git("write-tree", **index)


def _index_lines(shop: Workshop, entries: Mapping[str, str]) -> str:
    return "".join(f"{entry or f'0 {shop.nothing}'}\t{path}\0" for path, entry in entries.items())


def below(shop: Workshop, whole: str, folder: str, tree: str) -> str:
    """The tree `whole` with `tree` in the place of one of its folders, which is named with a `/` at its end."""
    if not folder:
        return tree
    index = {"GIT_INDEX_FILE": str(shop.folder / "placing"), "GIT_WORK_TREE": str(shop.folder)}
    shop.git("read-tree", whole, **index)
    shop.git("rm", "-r", "-q", "--cached", "--ignore-unmatch", "--", f":(top,literal){folder}", **index)
    shop.git("read-tree", f"--prefix={folder}", tree, **index)
    return shop.git("write-tree", **index)


def entry_of(shop: Workshop, tree: str, path: str) -> str:
    """One file of a tree as `MODE BLOB`; empty when it isn't there."""
    line = shop.git("ls-tree", "-z", "--full-tree", tree, "--", path)
    return " ".join(line.split("\t")[0].split()[0:3:2])


def matching(shop: Workshop, tree: str, patterns: list[str]) -> set[str]:
    """The files of a tree that patterns name, as `.gitignore` has them."""
    index = {"GIT_INDEX_FILE": str(shop.folder / "matching"), "GIT_WORK_TREE": str(shop.folder)}
    shop.git("read-tree", tree, **index)
    named = [f"--exclude={pattern}" for pattern in patterns]
    return {path for path in shop.git("ls-files", "-z", "--cached", "--ignored", *named, **index).split("\0") if path}


def changes_between(shop: Workshop, before: str, after: str, *, finds_renames: bool) -> list[tuple[str, str, str]]:
    """What differs between two trees: git's letter (A, D, M, T, R), the path, and the one that a renamed file had."""
    how = "--find-renames" if finds_renames else "--no-renames"
    parts = iter(shop.git("diff-tree", "-r", "-z", how, "--name-status", before, after).split("\0"))
    found: list[tuple[str, str, str]] = []
    for status in parts:
        if status:
            first = next(parts)
            found.append((status[0], next(parts), first) if status[0] in "RC" else (status[0], first, ""))
    return found


def diff_between(shop: Workshop, before: str, after: str) -> str:
    """The difference between two trees, to be read."""
    fixed = ("--no-color", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--find-renames")
    return shop.git("diff", *fixed, before, after)
