"""What SQLite and the file system say about the ledger's file, in our words and with the way out."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sqlite3
from typing import TYPE_CHECKING

from goldenpath.core.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT = "another command holds it: wait for that one to end"

_LOCKS_FAIL = frozenset({sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_IOERR_LOCK, sqlite3.SQLITE_IOERR_RDLOCK})
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})
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
def named_errors(path: Path) -> Iterator[None]:
    """What SQLite and the file system say, as a LedgerError that names the file."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        if _lacks_locks(error, path.parent):
            raise LedgerError(f"the ledger {path}: it can't be locked", hint=_to_another_disk(path.parent)) from error
        words = error.strerror if isinstance(error, OSError) else ""
        raise LedgerError(f"the ledger {path}: {words or error}", hint=_way_out(error, path)) from error


def moved(path: Path) -> str:
    """The command that moves a file away, and keeps it."""
    return f"mv {typed(path)} {typed(path.with_name(f'{path.name}.damaged'))}"


def typed(path: Path) -> str:
    """A path as it is typed in a shell."""
    import shlex

    return shlex.quote(str(path))


def _lacks_locks(error: Exception, folder: Path) -> bool:
    """Whether the disk knows no locks. SQLite says `busy` also when it has none (ENOLCK), and waits in vain."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code in _LOCKS_FAIL or (code & 0xFF == sqlite3.SQLITE_BUSY and not _can_be_locked(folder))


def _can_be_locked(folder: Path) -> bool:
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in _NO_LOCKS
    return True


def _to_another_disk(folder: Path) -> str:
    name = typed(folder)
    return f"is it on a network disk? Put its folder on one of this machine's: mv {name} FOLDER && ln -s FOLDER {name}"


def _way_out(error: Exception, path: Path) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if isinstance(error, OSError):
        code = _LIKE.get(error.errno or 0, 0)
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}:
        return _rights(path)
    hints = {
        sqlite3.SQLITE_BUSY: WAIT,
        sqlite3.SQLITE_FULL: "free some space on its disk",
        sqlite3.SQLITE_NOTADB: f"move it away: {moved(path)}",
        sqlite3.SQLITE_CORRUPT: f"bring back a backup, or move it away: {moved(path)}",
    }
    return hints.get(code, "look at it with: goldenpath doctor")


def _rights(path: Path) -> str:
    for each, mode, needed in ((path.parent, "u+rwx", 0o300), (path, "600", 0o600)):
        with contextlib.suppress(OSError):
            found = each.stat()
            if found.st_uid == os.getuid() and found.st_mode & needed != needed:
                return f"give yourself the rights: chmod {mode} {typed(each)}"
    return f"look at its rights, and its folder's: ls -ld {typed(path)} {typed(path.parent)}"
