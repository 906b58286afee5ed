"""Locks between processes of ours: files, so that the system lets go of one whose holder was killed."""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import make_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def alone(lock: Path) -> Iterator[None]:
    """Wait until no other process is in here with the same lock file. Raises OSError."""
    make_folder(lock.parent)
    with os.fdopen(os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "rb") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        yield
