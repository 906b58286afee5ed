"""Files that survive a power cut: written beside their place, flushed to the disk, then given their name."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_LINKS = frozenset({errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


def write_whole(path: Path, text: str) -> None:
    """Write a private file so that it is there whole or not at all. Raises OSError."""
    with writing_whole(path) as file:
        file.write(text)


@contextlib.contextmanager
def writing_whole(path: Path) -> Iterator[IO[str]]:
    """A private file to write into, which takes its name, and the place of what had it, when all went well."""
    import tempfile

    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)  # noqa: PTH105 - both are names of one file system
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108
        raise
    sync_folder(path.parent)


def make_folder(folder: Path) -> None:
    """Make a private folder, and those above it that are missing, for good. Raises OSError."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for made in missing:
        sync_folder(made.parent)


def name_new(made: Path, path: Path) -> None:
    """Give a whole file a name that no other has yet. Raises FileExistsError, and OSError; then it has not got it.

    Where there are no hard links it is copied; who comes meanwhile sees a part of it.
    """
    try:
        os.link(made, path)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _copy(made, path)


def _copy(made: Path, path: Path) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        try:
            file.write(made.read_bytes())
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink()
            raise


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk; where folders can't be flushed (network homes), they are not."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
