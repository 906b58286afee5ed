"""Trees: the exported folder of each version, found again without git."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.store.sources import is_name

_COMMIT = re.compile(r"[0-9a-f]{40}")


def export(store: Path, repository: Path, commit: str) -> Path:
    """The folder that holds the tree of `commit`, made when it is not there yet."""
    from goldenpath.adapters.repo import git

    target = store / "trees" / commit
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=".making-"))
    index = {"GIT_INDEX_FILE": str(scratch / "index"), "GIT_DIR": str(repository)}
    tree = scratch / "tree"
    tree.mkdir()
    git(tree, "read-tree", commit, **index, GIT_WORK_TREE=str(tree))
    git(tree, "checkout-index", "--all", **index, GIT_WORK_TREE=str(tree))
    try:
        tree.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    shutil.rmtree(scratch, ignore_errors=True)
    return target


def known_tree(store: Path, name: str, recorded: str) -> Path | None:
    """The exported tree of a version that the store already holds, found without git; None when it isn't there."""
    if not (is_name(name) and is_name(recorded)):
        return None
    repository = store / f"{name}.git"
    for ref in (repository / f"refs/tags/v{recorded}", _note(repository, recorded)):
        try:
            commit = ref.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            continue
        tree = store / "trees" / commit
        if _COMMIT.fullmatch(commit) and tree.is_dir():
            return tree
    return None


def note_version(repository: Path, recorded: str, commit: str) -> None:
    """Keep which commit a recorded version is, so that `known_tree` finds it."""
    if is_name(recorded):
        write_whole(_note(repository, recorded), commit + "\n")


def _note(repository: Path, recorded: str) -> Path:
    return repository / "goldenpath" / recorded.replace("/", "%")
