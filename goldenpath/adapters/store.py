"""The store: one bare repository per template with deterministic commits, and the exported tree of each version.

Copier wants a repository per template. A folder's tree is committed with fixed author and date, so that the
commit's id is the same on every machine, and tagged `vVERSION`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.core.addresses import without_credentials, without_credentials_in
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

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


_COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = re.compile(r"[\w.+!-]+(/[\w.+!-]+)*", re.ASCII)
_ABBREVIATED = re.compile(r"(?:^|-g)([0-9a-f]{4,40})$")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag that names a version, and the commit that it stands on."""

    tag: str
    version: Version
    commit: str


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
    refs = ("refs/tags/*:refs/tags/*", "refs/heads/*:refs/heads/*")
    git(repository, "fetch", "--quiet", "--force", str(bundle), *refs)
    return repository


def keep_clone(store: Path, url: str) -> Path:
    """Mirror a git repository into the store, or bring its mirror up to date; the bare repository.

    Credentials in `url` are used, and neither kept nor shown. Raises TemplateError when git can't fetch it.
    """
    from goldenpath.adapters.repo import GitError, git

    shown = without_credentials(url)
    repository = _bare(store, name_of(shown))
    try:
        git(
            repository,
            *("fetch", "--quiet", "--force", "--prune", "--", url),
            *("refs/tags/*:refs/tags/*", "HEAD:refs/heads/main"),
        )
    except GitError as error:
        if not head(repository):
            said = error.said.splitlines()[-1] if error.said else "git could not fetch it"
            raise TemplateError(
                f"{shown}: {without_credentials_in(said)}", hint=f"look at the address: git ls-remote {shown}"
            ) from None
    return repository


def versions(repository: Path) -> Iterator[Tagged]:
    """The versions that are tagged in a bare repository, newest first, after all of them the pre-releases."""
    from packaging.version import InvalidVersion, Version

    from goldenpath.adapters.repo import git

    found: list[Tagged] = []
    lines = git(repository, "for-each-ref", "--format=%(refname:strip=2) %(objectname) %(*objectname)", "refs/tags")
    for line in lines.splitlines():
        tag, *objects = line.split()
        try:
            found.append(Tagged(tag, Version(tag), objects[-1]))
        except InvalidVersion:
            continue
    yield from sorted(found, key=lambda each: (not each.version.is_prerelease, each.version), reverse=True)


def resolve(repository: Path, version: str) -> str:
    """The commit that Copier's `_commit` (without its `v`) names: by a tag, `TAG-N-gCOMMIT`, or an id; else empty."""
    from goldenpath.adapters.repo import asks

    names = [f"refs/tags/v{version}", f"refs/tags/{version}", *_ABBREVIATED.findall(version)]
    found = (asks(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") for name in names)
    return next((commit for commit in found if commit), "")


def recorded(repository: Path, commit: str) -> str:
    """What Copier records as the `_commit` of a project at this commit."""
    from goldenpath.adapters.repo import git

    return git(repository, "describe", "--tags", "--always", commit)


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
    if not (_is_name(name) and _is_name(recorded)):
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
    if _is_name(recorded):
        write_whole(_note(repository, recorded), commit + "\n")


def _note(repository: Path, recorded: str) -> Path:
    return repository / "goldenpath" / recorded.replace("/", "%")


def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None and ".." not in text


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
    """Where the store keeps what an answers file names as its source. Raises TemplateError for what is no name."""
    return store / f"{name_of(source)}.git"


def name_of(source: str) -> str:
    """The name under which the store keeps a source. Raises TemplateError for what is no name."""
    if not source.startswith(SCHEME):
        return f"by-url/{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    name = source.removeprefix(SCHEME).removesuffix(".git")
    if not _is_name(name):
        raise TemplateError(f"the project names {source!r} as its template", hint="git restore its answers file")
    return name
