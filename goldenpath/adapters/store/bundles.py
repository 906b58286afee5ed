"""Bundles: every released version of a template in one file, the same bytes for the same versions."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

_NOTE = "goldenpath-bundle"


def write_bundle(repository: Path, bundle: Path) -> None:
    """Write every version of a bare repository into a bundle, which takes its name when it is whole.

    One thread and nobody's configuration: the order of objects and their deltas depend on both.
    """
    from goldenpath.adapters.repo import ALONE, git

    bundle.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=bundle.parent, prefix=".making-") as scratch:
        made = Path(scratch) / bundle.name
        git(
            repository,
            *("-c", "pack.threads=1", "bundle", "create", "--quiet", "--version=2", str(made)),
            *("HEAD", "--branches", "--tags"),
            **ALONE,
        )
        os.replace(made, bundle)  # noqa: PTH105 - both are names of one file system


def digest_of(bundle: Path) -> str:
    """What tells a bundle from every other. Raises OSError."""
    return hashlib.sha256(bundle.read_bytes()).hexdigest()


def is_taken(repository: Path, digest: str) -> bool:
    """Whether all of this bundle was put into the repository before."""
    try:
        return digest in (repository / _NOTE).read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return False


def note_taken(repository: Path, digest: str) -> None:
    """Keep that all of this bundle is in the repository."""
    with (repository / _NOTE).open("a", encoding="ascii") as file:
        file.write(digest + "\n")
