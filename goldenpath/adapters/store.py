"""The store: one bare repository per template with deterministic commits, and the exported tree of each version.

Copier wants a repository per template. A folder's tree is committed with fixed author and date, so that the
commit's id is the same on every machine, and tagged `vVERSION`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEME = "goldenpath:"
"""What the answers file of a project names instead of a path of one machine: `goldenpath:backend.git`."""

_AUTHOR = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (
        ("NAME", "goldenpath"),
        ("EMAIL", "goldenpath@localhost"),
        ("DATE", "2026-01-01T00:00:00Z"),
    )
}

_IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", ".git", ".DS_Store", ".*_cache", ".venv")


@dataclass(frozen=True, slots=True)
class Kept:
    """A template's version in the store: its bare repository, commit, and exported tree."""

    repository: Path
    version: str
    commit: str
    tree: Path


def keep_folder(store: Path, name: str, folder: Path, version: str) -> Kept:
    """Put the present content of a folder into the store as `version`. Raises TemplateError when git refuses it."""
    from goldenpath.adapters.repo import asks, git

    repository = _bare(store, name)
    with tempfile.TemporaryDirectory(dir=store) as scratch:
        copy = Path(scratch) / "tree"
        try:
            shutil.copytree(folder, copy, symlinks=True, ignore=_IGNORED)
        except shutil.Error as error:
            raise TemplateError(
                f"{folder}: {error.args[0][0][2]}", hint="a template holds files, folders and links that can be read"
            ) from error
        index = {
            "GIT_INDEX_FILE": str(Path(scratch) / "index"),
            "GIT_WORK_TREE": str(copy),
            "GIT_DIR": str(repository),
        }
        git(copy, "add", "--all", "--force", ".", **index)
        tree = git(copy, "write-tree", **index)
    commit = git(repository, "commit-tree", tree, "-m", f"{name} {version}", **_AUTHOR)
    if asks(repository, "rev-parse", "--verify", "--quiet", f"refs/tags/v{version}^{{commit}}") != commit:
        git(repository, "update-ref", f"refs/tags/v{version}", commit)
    git(repository, "update-ref", "refs/heads/main", commit)
    return Kept(repository, version, commit, export(store, repository, commit))


def keep_bundle(store: Path, name: str, bundle: Path) -> Path:
    """Fetch every version of a git bundle into the store; the bare repository."""
    from goldenpath.adapters.repo import git

    repository = _bare(store, name)
    git(
        repository,
        "fetch",
        "--quiet",
        "--force",
        str(bundle),
        "refs/tags/*:refs/tags/*",
        "refs/heads/*:refs/heads/*",
    )
    return repository


def keep_clone(store: Path, url: str) -> Path:
    """Mirror a git repository into the store, or bring its mirror up to date; the bare repository."""
    from goldenpath.adapters.repo import GitError, git

    repository = _bare(store, str(repository_of(Path(), url)).removesuffix(".git"))
    try:
        git(
            repository,
            "fetch",
            "--quiet",
            "--force",
            "--prune",
            url,
            "refs/tags/*:refs/tags/*",
            "HEAD:refs/heads/main",
        )
    except GitError as error:
        if not head(repository):
            raise TemplateError(
                f"{url}: {error.said.splitlines()[-1] if error.said else 'git could not fetch it'}",
                hint="look at the address: git ls-remote " + url,
            ) from error
    return repository


def versions(repository: Path) -> Iterator[tuple[str, str]]:
    """The versions that are tagged in a bare repository, newest first, with their commits."""
    from packaging.version import InvalidVersion, Version

    from goldenpath.adapters.repo import git

    found: list[tuple[Version, str]] = []
    lines = git(repository, "for-each-ref", "--format=%(refname:strip=2) %(objectname) %(*objectname)", "refs/tags")
    for line in lines.splitlines():
        tag, *objects = line.split()
        try:
            found.append((Version(tag), objects[-1]))
        except InvalidVersion:
            continue
    for version, commit in sorted(found, reverse=True):
        yield str(version), commit


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


def known_tree(store: Path, name: str, version: str) -> Path | None:
    """The exported tree of a version that the store already holds, found without git; None when it isn't there."""
    ref = store / f"{name}.git" / "refs" / "tags" / f"v{version}"
    try:
        commit = ref.read_text(encoding="ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    tree = store / "trees" / commit
    return tree if tree.is_dir() else None


def _bare(store: Path, name: str) -> Path:
    from goldenpath.adapters.repo import git

    repository = store / f"{name}.git"
    if not (repository / "HEAD").is_file():
        repository.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=repository.parent, prefix=".making-"))
        git(scratch, "init", "--quiet", "--bare", "--initial-branch=main")
        try:
            os.rename(scratch, repository)  # noqa: PTH104 - fails when another process was faster, which is as good
        except OSError:
            shutil.rmtree(scratch, ignore_errors=True)
    return repository


def head(repository: Path) -> str:
    """The commit of the default branch; empty when there is none."""
    from goldenpath.adapters.repo import asks

    return asks(repository, "rev-parse", "--verify", "--quiet", "refs/heads/main") or ""


def repository_of(store: Path, source: str) -> Path:
    """Where the store keeps what an answers file names as its source."""
    if source.startswith(SCHEME):
        return store / source.removeprefix(SCHEME)
    return store / f"by-url/{hashlib.sha256(source.encode()).hexdigest()[:16]}.git"
