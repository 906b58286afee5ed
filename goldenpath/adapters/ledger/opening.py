"""Opening the ledger's file in two ways: to read, which never makes or changes anything, and to write."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import make_folder, name_new, sync_folder
from goldenpath.adapters.ledger.schema import has_tables, prepare
from goldenpath.adapters.ledger.troubles import WAIT, moved, named_errors, typed
from goldenpath.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator


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
def savepoint(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing of a part of a transaction."""
    connection.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK TO part")
        raise
    finally:
        if connection.in_transaction:
            connection.execute("RELEASE part")


def _connect(path: Path, mode: str, patience_s: float) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, timeout=patience_s, isolation_level=None)


def _is_there(path: Path) -> bool:
    """Whether there is a file. A ledger takes its name with its tables in it, so an empty one was cut off."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    if stat.S_ISLNK(found.st_mode):
        return _leads_somewhere(path)
    if not stat.S_ISREG(found.st_mode):
        raise LedgerError(f"the ledger {path} is no file", hint=f"move it away: {moved(path)}")
    if found.st_size == 0:
        raise LedgerError(
            f"the ledger {path} is empty: it was cut off",
            hint=f"bring back a backup, or begin anew: rm {typed(path)}",
        )
    return True


def _leads_somewhere(link: Path) -> bool:
    if not link.exists():
        raise LedgerError(
            f"the ledger {link} is a link to {link.readlink()}, and nothing is there",
            hint=f"bring its file back, or begin anew: rm {typed(link)}",
        )
    return True


def _refuse_exposed(path: Path) -> None:
    """Events are only written where nobody else can change them, and names only where nobody else can read them."""
    found = path.lstat()
    if stat.S_ISLNK(found.st_mode):
        raise LedgerError(
            f"the ledger {path} is a link to {path.readlink()}",
            hint=f'put the file itself there: mv "$(readlink -f {typed(path)})" {typed(path)}',
        )
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise LedgerError(
            f"the ledger {path} is open to others (mode {stat.S_IMODE(found.st_mode):o})",
            hint=f"close it: chmod 600 {typed(path)}",
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
    with _alone_in(path.parent, patience_s):
        if _is_there(path):
            return
        _set_aside(path.with_name(f"{path.name}-journal"))
        import tempfile

        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".ledger-")
        os.close(handle)
        made = Path(name)
        try:
            with contextlib.closing(_connect(made, "rw", patience_s)) as connection:
                prepare(connection)
            with contextlib.suppress(FileExistsError):
                name_new(made, path)
        finally:
            made.unlink(missing_ok=True)
            Path(f"{name}-journal").unlink(missing_ok=True)
    for folder in path.parents:  # who made one of them may have been killed before its name was flushed
        sync_folder(folder)


@contextlib.contextmanager
def _alone_in(folder: Path, patience_s: float) -> Iterator[None]:
    """Nobody else makes a ledger there meanwhile; where folders can't be locked (network homes), chance decides."""
    until = time.monotonic() + patience_s
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        while not _locked(handle):
            if time.monotonic() > until:
                raise LedgerError(f"the ledger in {folder} is being made by another command", hint=WAIT)
            time.sleep(0.01)
        yield
    finally:
        os.close(handle)


def _locked(folder: int) -> bool:
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _set_aside(journal: Path) -> None:
    """The journal of a ledger that is gone: SQLite would play it back into the new one, and empty it."""
    with contextlib.suppress(FileNotFoundError):
        journal.replace(journal.with_name(f"{journal.name}.{os.urandom(4).hex()}"))
