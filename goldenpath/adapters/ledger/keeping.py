"""Keeping and forgetting: a copy that is consistent while others write, and names that are really gone."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import sync_folder
from goldenpath.adapters.ledger.opening import transaction
from goldenpath.core.errors import FilesInTheWayError, LedgerError

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger


def back_up(ledger: Ledger, file: Path) -> int:
    """Write a whole, private copy of the ledger as it is at this moment; how many events are in it.

    Raises FilesInTheWayError when the file is there, LedgerError when the ledger can't be read or the copy written.
    """
    if os.path.lexists(file):
        raise FilesInTheWayError(f"{file} is there already", hint="name another file; a backup is never written over")
    try:
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:80]}-")
        os.close(handle)
    except OSError as error:
        raise FilesInTheWayError(
            f"{file.parent}: {error.strerror}", hint="name a file in a folder that can be written"
        ) from error
    copy = Path(name)
    try:
        count = _copy(ledger, copy)
        os.link(copy, file)
    except FileExistsError as error:
        raise FilesInTheWayError(f"{file} is there already", hint="name another file") from error
    finally:
        copy.unlink(missing_ok=True)
    sync_folder(file.parent)
    return count


def _copy(ledger: Ledger, copy: Path) -> int:
    """By VACUUM INTO: one short read of the file, and no page that holds what was forgotten."""
    with ledger.reading() as connection:
        if connection is None:
            raise LedgerError("there is no ledger yet", hint="begin with: goldenpath start backend")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("VACUUM INTO ?", [str(copy)])
    with contextlib.closing(sqlite3.connect(copy)) as written:
        count = int(written.execute("SELECT count(*) FROM events").fetchone()[0])
    handle = os.open(copy, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return count


def forget(ledger: Ledger, engineer: str) -> list[str]:
    """Delete an engineer's names and addresses, overwriting where they stood; what they were. Raises LedgerError."""
    with ledger.writing() as connection:
        connection.execute("PRAGMA secure_delete=ON")
        with transaction(connection):
            found = connection.execute(
                "SELECT value FROM people WHERE engineer = ? ORDER BY kind DESC, value", [engineer]
            ).fetchall()
            connection.execute("DELETE FROM people WHERE engineer = ?", [engineer])
    return [str(row[0]) for row in found]
