"""Refs, read without git, for which `status` has no time: gitrepository-layout and gitformat-bundle."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_TAGS = "refs/tags/"
_MOST_BYTES = 1_000_000


def tag_names(repository: Path) -> frozenset[str]:
    """The names of every tag of a bare repository; none when there is no repository."""
    loose = {
        f"{os.path.relpath(folder, repository)}/{name}"
        for folder, _, names in os.walk(repository / _TAGS)
        for name in names
        if not name.endswith(".lock")
    }
    every = loose | {name for name, _ in _packed(repository)}
    return frozenset(name.removeprefix(_TAGS) for name in every if name.startswith(_TAGS))


def commit_at(repository: Path, ref: str) -> str:
    """What a ref stands on: a commit, or an annotated tag; empty when there is no such ref."""
    try:
        return (repository / ref).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return dict(_packed(repository)).get(ref, "")


def refs_of(bundle: Path) -> dict[str, str]:
    """The commits that a git bundle names, by ref; none if it is no bundle.

    A version's tag is `refs/tags/vVERSION`, and `refs/heads/main` is the present one. Raises OSError.
    """
    with bundle.open("rb") as file:
        head = file.read(_MOST_BYTES).partition(b"\n\n")[0]
    if not head.startswith((b"# v2 git bundle\n", b"# v3 git bundle\n")):
        return {}
    lines = (line.partition(" ") for line in head.decode(errors="replace").splitlines()[1:])
    return {name: commit for commit, _, name in lines if commit[:1] not in {"-", "@"}}


def _packed(repository: Path) -> list[tuple[str, str]]:
    """The refs that git has packed into one file, and what each stands on."""
    try:
        lines = (repository / "packed-refs").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    entries = (line.split(" ", 1) for line in lines if line[:1] not in {"#", "^", ""})
    return [(entry[1], entry[0]) for entry in entries if len(entry) == 2]
