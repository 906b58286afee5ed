"""Tags: the versions in a bare repository of the store."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.store.taking import withdrawn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from packaging.version import Version

_PLACES = ("refs/tags/v", "refs/tags/", withdrawn("v"), withdrawn(""))
_BETWEEN = re.compile(r"-\d+-g[0-9a-f]{4,40}$")
_ABBREVIATED = re.compile(r"(?:^|-g)([0-9a-f]{4,40})$")


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tag that names a version, and the commit that it stands on."""

    tag: str
    version: Version
    commit: str


def versions(repository: Path) -> Iterator[Tagged]:
    """The versions that are tagged in a bare repository, newest first, after all of them the pre-releases."""
    from packaging.version import InvalidVersion, Version

    from goldenpath.adapters.repo import git

    found: list[Tagged] = []
    lines = git(repository, "for-each-ref", "--format=%(refname:strip=2) %(objectname) %(*objectname)", "refs/tags")
    for line in lines.split("\n"):
        tag, *objects = line.split(" ")
        if not tag.isascii():  # a space of another script is none for git, and one for who reads a version
            continue
        try:
            found.append(Tagged(tag, Version(tag), objects[-1] or objects[0]))
        except InvalidVersion:
            continue
    yield from sorted(found, key=lambda each: (not each.version.is_prerelease, each.version), reverse=True)


def resolve(repository: Path, version: str) -> str:
    """The commit that Copier's `_commit` (without its `v`) names: by a tag, `TAG-N-gCOMMIT`, or an id; else empty."""
    from goldenpath.adapters.repo import asks

    names = [*(place + version for place in _PLACES), *_ABBREVIATED.findall(version)]
    found = (asks(repository, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") for name in names)
    return next((commit for commit in found if commit), "")


def is_ahead(repository: Path, version: str, release: str) -> bool:
    """Whether what a project stands at came after a release: `1.2.0-3-gabc1234`, three commits behind its tag."""
    from goldenpath.adapters.repo import asks

    if not _BETWEEN.search(version):
        return False
    commits = [resolve(repository, each) for each in (release, version)]
    return all(commits) and asks(repository, "merge-base", "--is-ancestor", *commits) is not None


def recorded(repository: Path, commit: str) -> str:
    """What Copier records as the `_commit` of a project at this commit."""
    from goldenpath.adapters.repo import git

    return git(repository, "describe", "--tags", "--always", commit)


def head(repository: Path) -> str:
    """The commit of the default branch; empty when there is none."""
    from goldenpath.adapters.repo import asks

    return asks(repository, "rev-parse", "--verify", "--quiet", "refs/heads/main") or ""
