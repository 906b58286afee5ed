"""Staging: a folder beside the destination, in which something is made whole before it is renamed into place."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.signals import put_off
from goldenpath.core.errors import FilesInTheWayError, MachineError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = ".goldenpath-staging-"


@contextlib.contextmanager
def staging(destination: Path) -> Iterator[Path]:
    """An empty folder named like the destination, on its file system; gone afterwards, like those of killed runs.

    Raises MachineError when nothing can be written there.
    """
    with contextlib.ExitStack() as undo:
        try:
            for missing in [each for each in destination.parents if not os.path.lexists(each)][::-1]:
                missing.mkdir(exist_ok=True)
                undo.callback(_remove_empty, missing)
            _sweep(destination.parent)
            outer = Path(tempfile.mkdtemp(dir=destination.parent, prefix=f"{_PREFIX}{os.getpid()}-"))
            undo.callback(shutil.rmtree, outer, ignore_errors=True)
            inner = outer / destination.name
            inner.mkdir()
        except OSError as error:
            raise MachineError(
                f"can't write beside {destination}: {error.strerror}", hint="name a folder in which you may write"
            ) from error
        yield inner


@contextlib.contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """An empty folder among the temporary ones; Ctrl-C while it is taken away leaves nothing of it either."""
    folder = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
    try:
        yield Path(folder.name)
    finally:
        with put_off():
            folder.cleanup()


def move_into_place(staged: Path, destination: Path) -> None:
    """Rename a staged folder to its destination, which may be an empty folder. Raises FilesInTheWayError."""
    try:
        if destination.is_dir() and not destination.is_symlink():
            destination.rmdir()
        os.rename(staged, destination)  # noqa: PTH104 - fails, as it must, when somebody was faster
    except OSError as error:
        raise FilesInTheWayError(
            f"{destination} appeared meanwhile: {error.strerror}", hint="look at it, then name another folder"
        ) from error


def _remove_empty(folder: Path) -> None:
    """Take a folder away that was made for nothing; one in which something is stays."""
    with contextlib.suppress(OSError):
        folder.rmdir()


def _sweep(folder: Path) -> None:
    """Clear away what a run that was killed left behind."""
    for left in folder.glob(f"{_PREFIX}*"):
        found = re.fullmatch(rf"{re.escape(_PREFIX)}(\d+)-.*", left.name)
        if found and not _runs(int(found[1])):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
