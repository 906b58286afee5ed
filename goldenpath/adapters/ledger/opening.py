"""Opening the ledger's file in two ways: to read, which never makes or changes anything, and to write."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.schema import BUSY_S, has_tables, prepare
from goldenpath.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """A connection that can't write, or None when there is no ledger yet. Raises LedgerError when it is not ours."""
    if not path.exists():
        yield None
        return
    with named_errors(path):
        _take_back_what_is_half_done(path)
        with contextlib.closing(_connect(path, "ro")) as connection:
            yield connection if has_tables(connection) else None


@contextlib.contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is made when it is not there. Raises LedgerError for a file that is not ours."""
    with named_errors(path):
        _make_private(path)
        with contextlib.closing(_connect(path, "rw")) as connection:
            prepare(connection)
            yield connection


@contextlib.contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """What SQLite and the file system say, as a LedgerError that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(f"the ledger {path}: {error}", hint=_way_out(error, path)) from error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=BUSY_S, isolation_level=None)


def _take_back_what_is_half_done(path: Path) -> None:
    """After a killed writer the first reader has to roll back its journal, which it can't in mode `ro`."""
    with contextlib.closing(_connect(path, "ro")) as connection:
        try:
            connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
        else:
            return
    with contextlib.closing(_connect(path, "rw")) as connection:
        connection.execute("PRAGMA user_version").fetchone()


def _make_private(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _way_out(error: Exception, path: Path) -> str:
    if "locked" in str(error):
        return "another command holds it; wait for that one to end, then type the same again"
    if isinstance(error, sqlite3.DatabaseError) and "not a database" in str(error):
        return f"keep a copy, then move it away: mv '{path}' '{path}.damaged'"
    return "look at it with: goldenpath doctor"
