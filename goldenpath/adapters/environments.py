"""Environments that several projects share, one at a time: ten cases of a template with one lock file need one install.

For uv, whose lock file names every package. Any other tool installs anew, from its own cache of downloads.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import itertools
import json
import tomllib
from typing import TYPE_CHECKING

from goldenpath.adapters import shell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_SECONDS = 600.0
_OWN = frozenset({"editable", "virtual", "directory"})
"""The sources in `uv.lock` of what lies in the project itself."""


@contextlib.contextmanager
def shared_environment(root: Path, caches: Path) -> Iterator[Mapping[str, str]]:
    """The variables with which the project's commands work in an environment made before, as its lock file has it.

    None for a project without a `pyproject.toml`, or whose lock file can't be made: its own commands say why then.
    """
    if not (root / "pyproject.toml").is_file() or not _uv(root, "lock"):
        yield {}
        return
    with _taken(caches / "environments" / _digest((root / "uv.lock").read_text(encoding="utf-8"))) as folder:
        own = {"UV_PROJECT_ENVIRONMENT": str(folder / "venv"), "MYPY_CACHE_DIR": str(folder / "mypy")}
        _uv(root, "sync", **own)  # exactly: what the project before installed of its own goes
        if not (root / ".venv").exists():
            (root / ".venv").symlink_to(folder / "venv", target_is_directory=True)
            _exclude(root, ".venv")  # what ignores the folder `.venv/` does not ignore a link
        yield own


@contextlib.contextmanager
def kept_caches(caches: Path) -> Iterator[Mapping[str, str]]:
    """The variables with which tools keep from one walk to the next what they hold against the files' content.

    mypy reads the types of every library anew without it, which is half of what a small project's checks cost.
    """
    with _taken(caches / "walks") as folder:
        yield {"MYPY_CACHE_DIR": str(folder / "mypy")}


def _exclude(root: Path, name: str) -> None:
    """Let git pass over a file in the project; a repository of ours is made without the folder for that."""
    exclude = root / ".git" / "info" / "exclude"
    exclude.parent.mkdir(parents=True, exist_ok=True)
    with exclude.open("a", encoding="utf-8") as file:
        file.write(f"{name}\n")


def _uv(root: Path, command: str, **environment: str) -> bool:
    ran = shell.run(["uv", command, "--quiet"], folder=root, timeout_s=_SECONDS, **environment)
    return ran is not None and ran.exit == 0


def _digest(lock: str) -> str:
    """The same for projects that differ in their own name and version alone."""
    packages = tomllib.loads(lock).get("package", [])
    own = [each for each in packages if _OWN & each.get("source", {}).keys()]
    nameless = [{**each, "name": "", "version": ""} if each in own else each for each in packages]
    texts = [json.dumps(each, default=str, sort_keys=True) for each in nameless]
    for each in own:
        texts = [text.replace(json.dumps(each["name"]), '""') for text in texts]
    return hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest()[:16]


@contextlib.contextmanager
def _taken(folder: Path) -> Iterator[Path]:
    """The first of the folder's numbered ones in which nobody works."""
    for number in itertools.count():
        own = folder / str(number)
        own.mkdir(parents=True, exist_ok=True)
        with (own / "in-use").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield own
            return
