"""A template with a version for each thing that it may change, and a project that stands at the first one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.cli.boundary import main

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pytest

ANSWERS = ".copier-answers.yml"
IDENTITY = ".goldenpath.toml"
SETTINGS = """\
_subdirectory: template
_templates_suffix: .jinja
_preserve_symlinks: true
package:
  type: str
  default: app
"""
FIRST = "1.0.0"
ANSWER = "answer"
"""What is no version: the same one with another answer, `package=other`."""


@dataclass(frozen=True)
class File:
    """A file as git sees it."""

    content: bytes
    mode: str = "100644"


Files = dict[str, File]


def files_of(root: Path) -> Files:
    """Every file and link below a folder, but for git's own."""
    found: Files = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != ".git"]
        links = [name for name in folders if Path(folder, name).is_symlink()]
        for path in (Path(folder, name) for name in (*names, *links)):
            found[path.relative_to(root).as_posix()] = _file_at(path)
    return found


def _file_at(path: Path) -> File:
    if path.is_symlink():
        return File(os.fsencode(path.readlink()), "120000")
    return File(path.read_bytes(), "100755" if os.access(path, os.X_OK) else "100644")


def write(root: Path, files: Mapping[str, File]) -> None:
    """Write files below a folder."""
    for name, file in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.mode == "120000":
            path.symlink_to(os.fsdecode(file.content))
            continue
        path.write_bytes(file.content)
        path.chmod(0o755 if file.mode == "100755" else 0o644)


def move(before: Path, after: Path) -> None:
    """Move a file or a folder."""
    after.parent.mkdir(parents=True, exist_ok=True)
    before.rename(after)


def git(folder: Path, *arguments: str) -> str:
    """What real git prints, every byte of it."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)
    return os.fsdecode(done.stdout)


def commit(root: Path, message: str = "mine") -> None:
    """Commit everything in a folder, as an engineer does."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", message)


@dataclass(frozen=True)
class State:
    """Everything of a project that an update may change."""

    files: Files
    index: str
    head: str
    status: str


def state_of(root: Path) -> State:
    """How a project stands: every byte and mode of its files, what is staged, and the commit."""
    status = git(root, "-c", "status.showUntrackedFiles=all", "status", "--porcelain=v1", "-z", "--ignored")
    return State(files_of(root), git(root, "ls-files", "--stage", "-z"), git(root, "rev-parse", "HEAD"), status)


@dataclass(frozen=True)
class Ground:
    """A template whose versions each change one thing in the first, and the project that was started from that.

    `renders` are the files of a new project at each of them.
    """

    home: Path
    project: Path
    versions: Mapping[str, str]
    renders: Mapping[str, Files] = field(repr=False)

    def copy(self, to: Path) -> Path:
        """A project of the test's own."""
        return Path(shutil.copytree(self.project, to, symlinks=True))

    def order(self, action: str) -> tuple[str, ...]:
        """The command line that brings what an action changed."""
        return ("update", "--to", self.versions[action], *(("-d", "package=other") if action == ANSWER else ()))

    def expected(self, action: str, mine: Mapping[str, File | None]) -> Files:
        """The files of a version with those of the engineer's among them; None for one that is not there."""
        identity = {IDENTITY: _file_at(self.project / IDENTITY)}
        whole = {**self.renders[action], **identity, **mine}
        version = self.versions[action].encode()
        return {
            name: File(file.content.replace(b"VERSION", version), file.mode)
            for name, file in whole.items()
            if file is not None
        }


def settle(root: Path, conflicts: Mapping[str, bool]) -> None:
    """Take the markers out of the files in which it is marked where both sides meet, and both sides stay."""
    for name, has_markers in conflicts.items():
        if has_markers:
            file = root / name
            kept = (line for line in file.read_bytes().splitlines(keepends=True) if not _MARKER.match(line))
            file.write_bytes(b"".join(kept))


_MARKER = re.compile(rb"[<|>]{7,} |={7,}$")


def lay_ground(
    folder: Path, first: Files, actions: Mapping[str, Callable[[Path], None]], patch: pytest.MonkeyPatch
) -> Ground:
    """The ground below an empty folder, made once and used by many tests. `first` are the template's files at first."""
    home, source, project = folder / "goldenpath", folder / "tpl", folder / "proj"
    patch.setenv("GOLDENPATH_HOME", str(home))
    write(source, {"copier.yml": File(SETTINGS.encode())})
    write(source / "template", {**first, "{{ _copier_conf.answers_file }}.jinja": File(_ANSWERS_TEMPLATE)})
    git(folder, "init", "--quiet", "--initial-branch=main", str(source))
    renders, versions = {}, {}
    commit(source)
    git(source, "tag", f"v{FIRST}")
    patch.chdir(folder)
    assert main(["start", f"file://{source}", str(project), "--defaults", "--no-input", "--trust", "--forge=none"]) == 0
    for number, (name, change) in enumerate(actions.items(), start=1):
        git(source, "checkout", "--quiet", "--detach", f"v{FIRST}")
        change(source / "template")
        commit(source, name)
        versions[name] = f"2.{number}.0"
        git(source, "tag", f"v{versions[name]}")
        renders[name] = _render(source, versions[name])
    git(source, "checkout", "--quiet", "--detach", f"v{FIRST}")
    versions[ANSWER], renders[ANSWER] = FIRST, _render(source, FIRST, "other")
    _fetch(project, folder / "fetching")
    return Ground(home, project, versions, renders)


_ANSWERS_TEMPLATE = b"{{ _copier_answers|to_nice_yaml }}"


def _render(source: Path, version: str, package: str = "app") -> Files:
    """What a version renders, found without Copier: nothing of these templates is Jinja but a folder's name."""
    made = {name.replace("{{package}}", package): file for name, file in files_of(source / "template").items()}
    made.pop("{{ _copier_conf.answers_file }}.jinja")
    answers = f"_commit: v{version}\n_src_path: file://{source}\npackage: {package}\n"
    return {**made, ANSWERS: File(answers.encode())}


def _fetch(project: Path, scratch: Path) -> None:
    """Let the store have every version: an update says that it may."""
    shutil.copytree(project, scratch, symlinks=True)
    os.chdir(scratch)
    assert main(["update", "--trust", "--no-input"]) == 0
    os.chdir(scratch.parent)
