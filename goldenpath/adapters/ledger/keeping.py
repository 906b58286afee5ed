"""Keeping and forgetting: a copy that is consistent while others write, and names that are really gone."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import name_new, sync_folder
from goldenpath.adapters.ledger.opening import transaction
from goldenpath.core.errors import FilesInTheWayError, LedgerError

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger

_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC})


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
        count = _copy(ledger, copy, file)
        name_new(copy, file)
    except FileExistsError as error:
        raise FilesInTheWayError(f"{file} is there already", hint="name another file") from error
    except OSError as error:
        raise _not_written(file, error.strerror or str(error)) from error
    finally:
        copy.unlink(missing_ok=True)
        copy.with_name(f"{copy.name}-journal").unlink(missing_ok=True)
    sync_folder(file.parent)
    return count


def _copy(ledger: Ledger, copy: Path, file: Path) -> int:
    """By VACUUM INTO: one short read of the file, and no page that holds what was forgotten."""
    with ledger.reading() as connection:
        if connection is None:
            raise LedgerError("there is no ledger yet", hint="begin with: goldenpath start backend")
        connection.execute("PRAGMA synchronous=FULL")
        try:
            connection.execute("VACUUM INTO ?", [str(copy)])
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in _FULL:
                raise _not_written(file, str(error)) from error
            raise
    with contextlib.closing(sqlite3.connect(copy)) as written:
        count = int(written.execute("SELECT count(*) FROM events").fetchone()[0])
    handle = os.open(copy, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return count


def _not_written(file: Path, words: str) -> LedgerError:
    return LedgerError(f"the backup {file}: {words}", hint="name a file on a disk with more room")


def forget(ledger: Ledger, engineer: str) -> list[str]:
    """Delete an engineer's names and addresses, overwriting where they stood; what they were. Raises LedgerError.

    The whole table is written anew: a row that SQLite once moved has left its bytes where it stood before.
    """
    with ledger.writing() as connection:
        connection.execute("PRAGMA secure_delete=ON")
        with transaction(connection):
            found = connection.execute(
                "SELECT value FROM people WHERE engineer = ? ORDER BY kind DESC, value", [engineer]
            ).fetchall()
            others = connection.execute("SELECT * FROM people WHERE engineer <> ?", [engineer]).fetchall()
            connection.execute("DELETE FROM people")
            connection.executemany("INSERT INTO people VALUES (?, ?, ?)", others)
    return [str(row[0]) for row in found]
