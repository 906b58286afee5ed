"""Opening the ledger's file in two ways: to read, which never makes or changes anything, and to write."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import sqlite3
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import make_folder, sync_folder
from goldenpath.adapters.ledger.schema import has_tables, prepare
from goldenpath.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOCKS_FAIL = frozenset({sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_IOERR_RDLOCK})

_LIKE = {
    errno.ENOSPC: sqlite3.SQLITE_FULL,
    errno.EDQUOT: sqlite3.SQLITE_FULL,
    errno.EROFS: sqlite3.SQLITE_READONLY,
    errno.EACCES: sqlite3.SQLITE_CANTOPEN,
    errno.EPERM: sqlite3.SQLITE_CANTOPEN,
    errno.ENOTDIR: sqlite3.SQLITE_CANTOPEN,
}
"""What the file system says, in SQLite's words."""


@contextlib.contextmanager
def reading(path: Path, patience_s: float) -> Iterator[sqlite3.Connection | None]:
    """A connection that can't write, or None when there is no ledger yet. Raises LedgerError when it is not ours."""
    with named_errors(path):
        if not _is_there(path):
            yield None
            return
        _take_back_what_is_half_done(path, patience_s)
        with contextlib.closing(_connect(path, "ro", patience_s)) as connection:
            yield connection if has_tables(connection) else None


@contextlib.contextmanager
def writing(path: Path, patience_s: float) -> Iterator[sqlite3.Connection]:
    """A connection to a file that is made when it is not there. Raises LedgerError for a file that is not ours."""
    with named_errors(path):
        if not _is_there(path):
            _make(path, patience_s)
        _refuse_exposed(path)
        with contextlib.closing(_connect(path, "rw", patience_s)) as connection:
            prepare(connection)
            yield connection


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing of what is written; nobody else writes meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def named_errors(path: Path) -> Iterator[None]:
    """What SQLite and the file system say, as a LedgerError that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(f"the ledger {path}: {_words(error)}", hint=_way_out(error, path)) from error


def _connect(path: Path, mode: str, patience_s: float) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=patience_s, isolation_level=None)


def _is_there(path: Path) -> bool:
    """Whether there is a file. A ledger takes its name with its tables in it, so an empty one was cut off."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    if stat.S_ISREG(found.st_mode) and found.st_size == 0:
        raise LedgerError(
            f"the ledger {path} is empty: it was cut off", hint=f"bring back a backup, or begin anew: rm '{path}'"
        )
    return True


def _refuse_exposed(path: Path) -> None:
    """Events are only written where nobody else can change them, and names only where nobody else can read them."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise LedgerError(
            f"the ledger {path} is a link to {path.readlink()}",
            hint=f"put the file itself there: mv \"$(readlink -f '{path}')\" '{path}'",
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise LedgerError(
            f"the ledger {path} is open to others (mode {stat.S_IMODE(found.st_mode):o})",
            hint=f"close it: chmod 600 '{path}'",
        )


def _take_back_what_is_half_done(path: Path, patience_s: float) -> None:
    """After a killed writer the first reader has to roll back its journal, which it can't in mode `ro`."""
    with contextlib.closing(_connect(path, "ro", patience_s)) as connection:
        try:
            connection.execute("PRAGMA user_version").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_READONLY_ROLLBACK:
                raise
        else:
            return
    with contextlib.closing(_connect(path, "rw", patience_s)) as connection:
        connection.execute("PRAGMA user_version").fetchone()


def _make(path: Path, patience_s: float) -> None:
    """Make a ledger with its tables beside its place, then give it its name, unless somebody else was faster."""
    make_folder(path.parent)
    _set_aside(path.with_name(f"{path.name}-journal"), path)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".ledger-")
    os.close(handle)
    made = Path(name)
    try:
        with contextlib.closing(_connect(made, "rw", patience_s)) as connection:
            prepare(connection)
        with contextlib.suppress(FileExistsError):
            _name(made, path)
    finally:
        made.unlink(missing_ok=True)
        Path(f"{name}-journal").unlink(missing_ok=True)
    sync_folder(path.parent)


def _set_aside(journal: Path, path: Path) -> None:
    """The journal of a ledger that is gone: SQLite would play it back into the new one, and empty it."""
    if journal.exists() and not path.exists():
        journal.replace(journal.with_name(f"{journal.name}.{secrets.token_hex(4)}"))


def _name(made: Path, path: Path) -> None:
    try:
        os.link(made, path)
    except FileExistsError:
        raise
    except OSError:  # no hard links on this file system: who comes while it is copied finds it damaged, and spools
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(made.read_bytes())
            file.flush()
            os.fsync(file.fileno())


def _words(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode in _LOCKS_FAIL:
        return "it can't be locked"
    return str(error)


def _way_out(error: Exception, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    hints = {
        sqlite3.SQLITE_BUSY: "another command holds it; wait for that one to end, then type the same again",
        sqlite3.SQLITE_FULL: "free some space on its disk, then type the same again",
        sqlite3.SQLITE_NOTADB: f"keep a copy, then move it away: mv '{path}' '{path}.damaged'",
        sqlite3.SQLITE_CORRUPT: f"keep a copy, then bring back a backup, or move it away: mv '{path}' '{path}.damaged'",
        sqlite3.SQLITE_READONLY: f"look at its rights, and its folder's: ls -ld '{path}' '{path.parent}'",
        sqlite3.SQLITE_CANTOPEN: f"look at its rights, and its folder's: ls -ld '{path}' '{path.parent}'",
    }
    if getattr(error, "sqlite_errorcode", 0) in _LOCKS_FAIL:
        return "is it on a network disk? Keep it on one of this machine's: export GOLDENPATH_HOME=FOLDER"
    if isinstance(error, OSError):
        code = _LIKE.get(error.errno or 0, 0)
    return hints.get(code, "look at it with: goldenpath doctor")
