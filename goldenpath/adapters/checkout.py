"""A project's place in its repository, and bringing its index and files to another tree and back."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.repo import GitError, asks, git
from goldenpath.adapters.staging import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from goldenpath.adapters.merging import Stage

_BUSY = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply")
_OWN = r"^core\.(autocrlf|attributesfile)$"
_PATIENCE_S = 3.0
"""How long another git may hold the index: an editor's `git status` is over by then."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project lies: the `top` of its repository, the folder `below` that (with a `/`, or empty), its HEAD.

    `options` is how the person has git write and read text files, which decides whether a file was changed.
    """

    root: Path
    top: Path
    git_folder: Path
    below: str
    head: str
    options: tuple[str, ...]

    def git(self, *arguments: str, text: str | None = None, **environment: str) -> str:
        """What git prints at the top, with the person's own options. Raises GitError."""
        return git(self.top, "--literal-pathspecs", *self.options, *arguments, text=text, **environment)

    @property
    def busy(self) -> str:
        """What git is in the middle of there; empty when it is in nothing."""
        return next((name for name in _BUSY if (self.git_folder / name).exists()), "")


def place_of(root: Path) -> Place | None:
    """Where the project at `root` lies; None when that is no repository with a commit."""
    head = asks(root, "rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    if not head:
        return None
    git_folder, top, *below = git(
        root, "rev-parse", "--absolute-git-dir", "--show-toplevel", "--show-prefix"
    ).splitlines()
    return Place(root, Path(top), Path(git_folder), "".join(below), head, _own_options(root))


def _own_options(root: Path) -> tuple[str, ...]:
    """What the person's configuration says about text files, which our own options would hide."""
    said = asks(root, "config", "--null", "--show-origin", "--get-regexp", _OWN) or ""
    parts = said.split("\0")
    pairs = (
        entry.split("\n", 1)
        for origin, entry in zip(parts[::2], parts[1::2], strict=False)
        if "\n" in entry and not origin.startswith("command line")
    )
    return tuple(part for name, value in pairs for part in ("-c", f"{name}={value}"))


def edited(place: Place) -> list[str]:
    """The tracked files of the project that differ from the last commit, by their names in the repository."""
    how = ("--porcelain=v1", "-z", "--no-renames", "--untracked-files=no")
    said = place.git("--no-optional-locks", "status", *how, "--", str(place.root))
    return [line[3:] for line in said.split("\0") if line]


def differing(place: Place, tree: str, paths: Iterable[str]) -> list[str]:
    """Which of the files are not on the disk as a tree of the repository has them: other, missing, or there.

    The index is left alone, which `git diff` would write.
    """
    with scratch_folder("goldenpath-index-") as scratch:
        own = {"GIT_INDEX_FILE": str(scratch / "index")}
        with contextlib.suppress(FileNotFoundError):
            shutil.copy2(place.git_folder / "index", own["GIT_INDEX_FILE"])
        place.git("read-tree", "--reset", tree, **own)
        known = set(place.git("ls-files", "-z", **own).split("\0"))
        other = set(place.git("diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", **own).split("\0"))
    return sorted(path for path in set(paths) if (path in other if path in known else _is_no_folder(place.top / path)))


def committed(place: Place) -> set[str]:
    """The files of the last commit."""
    return set(place.git("ls-tree", "-r", "-z", "--name-only", "--full-tree", "HEAD").split("\0")) - {""}


def unwatched(place: Place, paths: Iterable[str]) -> list[str]:
    """Which of the files are on the disk though git was told not to look at them: nobody sees an edit in such a one."""
    wanted = set(paths)
    entries = (entry.partition(" ") for entry in place.git("ls-files", "-v", "-z").split("\0"))
    return [path for tag, _, path in entries if tag not in _WATCHED and path in wanted and _is_there(place.top / path)]


_WATCHED = frozenset("HMRCK?U")
"""The letters of files that git looks at: those that it does not are in lower case, or an S."""


def unmerged(place: Place) -> list[str]:
    """The files of the repository that are in conflict."""
    said = place.git("ls-files", "--unmerged", "-z")
    return sorted({line.split("\t", 1)[1] for line in said.split("\0") if line})


def in_the_way(place: Place, added: Iterable[str], known: Collection[str]) -> list[str]:
    """What stands on the disk where a new file is to be: nobody tracks it, so nothing may replace it."""
    found: set[str] = set()
    for path in added:
        above = [parent.as_posix() for parent in list(Path(path).parents)[-2::-1]]
        for name in above:
            if name not in known and _is_no_folder(place.top / name):
                found.add(name)
        if _is_there(place.top / path) and not _holds_only(place, path, known):
            found.add(path)
    return sorted(found)


def _is_there(path: Path) -> bool:
    return os.path.lexists(path)


def _is_no_folder(path: Path) -> bool:
    return _is_there(path) and (path.is_symlink() or not path.is_dir())


def _holds_only(place: Place, path: str, known: Collection[str]) -> bool:
    """Whether it is a folder in which only tracked files are, which a merge may take away."""
    folder = place.top / path
    if _is_no_folder(folder):
        return False
    files = (Path(at, name).relative_to(place.top).as_posix() for at, _, names in os.walk(folder) for name in names)
    return all(name in known for name in files)


def lock_of(place: Place) -> Path | None:
    """The file with which another git holds the index, when it does not let go; None when nobody holds it."""
    lock = place.git_folder / "index.lock"
    until = time.monotonic() + _PATIENCE_S
    while lock.exists():
        if time.monotonic() > until:
            return lock
        time.sleep(_PATIENCE_S / 30)
    return None


def refusal(place: Place, before: str, after: str) -> str:
    """Why the project is not such that `lay` could bring it to the tree `after`; empty when it could.

    Nothing is changed. Raises GitError.
    """
    with contextlib.suppress(GitError):  # it ends with 1 where files differ, which may be no file of these
        place.git("update-index", "-q", "--refresh")
    try:
        place.git("read-tree", "-m", "-u", "--dry-run", before, after)
    except GitError as error:
        return error.message
    return ""


def lay(place: Place, before: str, after: str, stages: Mapping[str, Sequence[Stage]]) -> None:
    """Bring index and files from one tree of the repository to another, with these files in conflict.

    Raises GitError; then a part of it may be done.
    """
    with _letting_go(place):
        place.git("read-tree", "-m", "-u", before, after)
    lines = (
        line
        for path, found in stages.items()
        for line in (
            f"0 {'0' * len(place.head)}\t{path}\0",
            *(f"{each.mode} {each.blob} {each.number}\t{path}\0" for each in found),
        )
    )
    if stages:
        place.git("update-index", "-z", "--index-info", text="".join(lines))


@contextlib.contextmanager
def _letting_go(place: Place) -> Iterator[None]:
    """Take away the lock of a git of ours that was killed, by the system's limits say: it can't do so itself."""
    try:
        yield
    except GitError as error:
        if error.status < 0:
            (place.git_folder / "index.lock").unlink(missing_ok=True)
        raise


def bring_back(place: Place, touched: Iterable[str]) -> None:
    """Bring these files back to the last commit; those that it has not are taken away. Raises GitError, OSError."""
    known = committed(place)
    gone, back = sorted(set(touched) - known), sorted(set(touched) & known)
    for path in gone:
        _take_away(place.top, place.top / path)
    with _letting_go(place):
        if gone:
            lines = "".join(f"{path}\0" for path in gone)
            place.git("rm", "-r", "-q", "-f", "--cached", "--ignore-unmatch", *_FROM_STDIN, text=lines)
        if back:
            lines = "".join(f"{path}\0" for path in back)
            place.git("restore", "--source=HEAD", "--staged", "--worktree", *_FROM_STDIN, text=lines)
    with contextlib.suppress(GitError):  # it only looks at the files, so that the next `git status` need not
        place.git("update-index", "-q", "--refresh")


_FROM_STDIN = ("--pathspec-from-file=-", "--pathspec-file-nul")


def _take_away(top: Path, path: Path) -> None:
    """Remove a file, and the folders that are empty without it."""
    if _is_no_folder(path):
        path.unlink()
    for folder in path.parents:
        if folder == top:
            return
        with contextlib.suppress(OSError):
            folder.rmdir()
