"""Keeping: a folder, a git bundle or a git repository is put into the store."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from goldenpath.adapters.store.bundles import digest_of, is_taken, note_taken
from goldenpath.adapters.store.folders import committed_tree, note_folder, tree_of
from goldenpath.adapters.store.sources import name_of, own_name
from goldenpath.adapters.store.tags import head
from goldenpath.adapters.store.taking import take_refs, take_tag
from goldenpath.adapters.store.trees import export
from goldenpath.core.addresses import without_credentials, without_credentials_in
from goldenpath.core.errors import ForgeError, TemplateError
from goldenpath.core.releases import prerelease


@dataclass(frozen=True, slots=True)
class Kept:
    """A template's version in the store: its bare repository, commit, and exported tree.

    `why_prerelease` says why a state of a folder is no version yet.
    """

    repository: Path
    version: str
    commit: str
    tree: Path
    why_prerelease: str = ""


def keep_tree(store: Path, name: str, tree: str, version: str) -> Kept:
    """Commit a tree that the template's repository has, as `version`.

    Raises TemplateError when that version has other content already; then nothing changes.
    """
    repository = bare(store, name)
    commit = commit_of(repository, name, tree, version)
    take_tag(repository, name, f"v{version}", commit)
    return Kept(repository, version, commit, export(store, repository, commit))


def keep_folder(store: Path, name: str, folder: Path, version: str) -> Kept:
    """Put the present content of a folder into the store as `version`, and let `main` stand on it.

    Raises TemplateError when git refuses the content, or that version has other content already.
    """
    repository = bare(store, name)
    return _as_main(keep_tree(store, name, tree_of(repository, folder), version))


def keep_state(store: Path, name: str, folder: Path, version: str) -> Kept:
    """Put the present content of a folder under development into the store, and note the folder.

    It is `version` when it is committed in the repository around it and that version has no other content, else a
    pre-release of it. Raises TemplateError when git refuses the content.
    """
    repository = bare(store, name)
    tree = tree_of(repository, folder)
    known = tree_of_version(repository, version)
    why = ""
    if known and known != tree:
        why = f"{version} has other content"
    elif known != tree and committed_tree(folder) != tree:
        why = "its folder has changes that are not committed"
    kept = _as_main(keep_tree(store, name, tree, prerelease(version, tree) if why else version))
    note_folder(repository, folder)
    return Kept(kept.repository, kept.version, kept.commit, kept.tree, why)


def keep_present(store: Path, name: str, folder: Path, version: str, releases: Path) -> Kept:
    """Put a bundled template's folder into the store, and every release of it: a release if it equals one.

    While there is no bundle of releases, the present content is `version`, whatever that was before. Raises
    TemplateError when git refuses the content.
    """
    repository = bare(store, name)
    if releases.is_file():
        keep_bundle(store, name, releases)
        tree = tree_of(repository, folder)
        is_released = tree_of_version(repository, version) == tree
        return _as_main(keep_tree(store, name, tree, version if is_released else prerelease(version, tree)))
    commit = commit_of(repository, name, tree_of(repository, folder), version)
    _point(repository, f"refs/tags/v{version}", commit)
    return _as_main(Kept(repository, version, commit, export(store, repository, commit)))


def keep_bundle(store: Path, name: str, bundle: Path) -> Path:
    """Take every version of a git bundle into the store; the bare repository.

    Raises TemplateError when the store has other content for one of them.
    """
    repository = bare(store, name)
    digest = digest_of(bundle)
    if not is_taken(repository, digest):
        try:
            take_refs(repository, name, str(bundle), "refs/heads/main")
        except TemplateError as error:  # a state that was never released had that number here
            again = f"let it be made anew: rm -rf {shlex.quote(str(repository))}"
            raise TemplateError(error.message, hint=again) from error
        note_taken(repository, digest)
    return repository


def keep_clone(store: Path, url: str) -> Path:
    """Mirror a git repository into the store, or bring its mirror up to date; the bare repository.

    Credentials in `url` are used, and neither kept nor shown. Raises TemplateError when git can't fetch it, or a
    version's tag was moved to other content.
    """
    try:
        return fetch_clone(store, url)
    except ForgeError as error:
        repository = bare(store, name_of(without_credentials(url)))
        if not head(repository):
            raise TemplateError(error.message, hint=error.hint) from None
    return repository


def fetch_clone(store: Path, url: str) -> Path:
    """The same; raises ForgeError when git can't fetch it, whatever is here of it."""
    from goldenpath.adapters.repo import GitError

    shown = without_credentials(url)
    repository = bare(store, name_of(shown))
    try:
        take_refs(repository, shown, url, "HEAD", is_mirror=True)
    except GitError as error:
        raise ForgeError(
            f"{shown}: {without_credentials_in(error.reason)}", hint=f"look at the address: git ls-remote {shown}"
        ) from None
    return repository


def commit_of(repository: Path, name: str, tree: str, version: str) -> str:
    """The commit that a version of a template is on every machine, made of a tree that the repository has.

    Where the store keeps a template says whose it is on this machine; only its own name is part of the commit.
    """
    from goldenpath.adapters.repo import OURS, git

    return git(repository, "commit-tree", tree, "-m", f"{own_name(name)} {version}", **OURS)


def keep_revision(repository: Path, name: str, tree: str, revision: str) -> str:
    """The commit of a template as it was at a revision; a ref keeps it, so that clones have it."""
    commit = commit_of(repository, name, tree, revision)
    _point(repository, f"refs/goldenpath/revisions/{commit}", commit)
    return commit


def tree_of_version(repository: Path, version: str) -> str:
    """The tree of a version that the repository has; empty when it has none such."""
    from goldenpath.adapters.repo import asks

    return asks(repository, "rev-parse", "--verify", "--quiet", f"refs/tags/v{version}^{{tree}}") or ""


def bare(store: Path, name: str) -> Path:
    """The bare repository of a template in the store, made when it is not there yet."""
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


def _as_main(kept: Kept) -> Kept:
    _point(kept.repository, "refs/heads/main", kept.commit)
    return kept


def _point(repository: Path, ref: str, commit: str) -> None:
    from goldenpath.adapters.repo import asks, git

    if asks(repository, "rev-parse", "--verify", "--quiet", ref) != commit:
        git(repository, "update-ref", ref, commit)
