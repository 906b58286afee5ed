"""Releases: a commit's files, its wheel, and an environment with what its lock file says. uv does the work."""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.adapters.repo import git
from goldenpath.core.errors import ChecksFailedError, MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from goldenpath.core.production import Release

MOST_SECONDS = 900.0
LOCK = "uv.lock"


def take_files(project: Path, commit: str, destination: Path) -> None:
    """Put the files of a commit into a folder that is made for it. Raises GitError and OSError."""
    destination.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".archive-") as scratch:
        archive = Path(scratch) / "commit.tar"
        git(project, "archive", "--format=tar", f"--output={archive}", commit)
        try:
            with tarfile.open(archive) as packed:
                packed.extractall(destination, filter="data")
        except tarfile.TarError as error:  # a link that leads out of it, a device
            raise ChecksFailedError(
                f"commit {commit[:10]} has what can't be released: {error}", hint="take it out, and commit"
            ) from error


def build(release: Path) -> Iterator[str]:
    """Build the wheel of `release/source`, and an environment with it in `release/venv`; says what it does.

    What the wheel needs is installed as `uv.lock` has it. Raises ChecksFailedError with the end of what uv says.
    """
    source, venv = release / "source", release / "venv"
    yield "building the wheel"
    _uv(["build", "--wheel", "--quiet", "--out-dir", str(release / "wheel"), str(source)], source)
    yield "installing it in an environment of its own"
    inside = {"UV_PROJECT_ENVIRONMENT": str(venv)}
    _uv(["sync", "--locked", "--no-dev", "--no-install-project", "--quiet"], source, **inside)
    (wheel,) = (release / "wheel").glob("*.whl")
    python = str(venv / "bin" / "python")
    _uv(["pip", "install", "--quiet", "--no-deps", "--python", python, str(wheel)], source)


def command(release: Path, words: Sequence[str]) -> list[str]:
    """A command of a release: its program is in the release's environment, else in its files, else on the machine."""
    own = (release / "venv" / "bin" / words[0], release / "source" / words[0])
    return [next((str(place) for place in own if place.is_file()), words[0]), *words[1:]]


def variables(place: Path, release: Release) -> dict[str, str]:
    """What a release is told: its commit, and what its deploy.toml says. Its own environment's programs come first."""
    path = f"{place / 'venv' / 'bin'}:/usr/local/bin:/usr/bin:/bin"
    return {"PATH": path, **release.file.environment, release.file.commit: release.commit}


def drop(release: Path) -> None:
    """Forget a release's folder, or what there is of it."""
    shutil.rmtree(release, ignore_errors=True)


def _uv(arguments: Sequence[str], folder: Path, **environment: str) -> None:
    ran = shell.run(["uv", "--no-progress", *arguments], folder=folder, timeout_s=MOST_SECONDS, **environment)
    if ran is None:
        raise MachineError("uv is not on this machine", hint="install it: pipx install uv")
    if ran.exit is None:
        raise MachineError(f"`uv {arguments[0]}` took longer than {MOST_SECONDS:g} s", hint="is the network there?")
    if ran.exit:
        said = "\n".join(ran.output.strip().splitlines()[-8:])
        raise ChecksFailedError(
            f"the release can't be built: `uv {arguments[0]}` ended badly", hint=_hint(said), log=said
        )


def _hint(said: str) -> str:
    if LOCK in said or "lockfile" in said:
        return f"write {LOCK} and commit it: uv lock"
    if "space" in said:
        return "make room on the disk, then the same again"
    return "put it right, commit it, and deploy again"
