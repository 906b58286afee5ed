"""The product's own ledger on a disk that can lose its power: SQLite through a VFS of ours. Only this file knows apsw.

Python's sqlite3 can't be given a VFS, so apsw brings an SQLite of its own; pragmas, tables and statements are the
product's, which runs its own `prepare` and `append`.
"""

# ruff: noqa: N802, N815 - SQLite names the methods

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, cast

import apsw

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.schema import prepare

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence

    from tests.unit.adapters.ledger_durability.power import Disk, File

NAME = "/dev/null/ledger.db"
"""Where no real file can come to be, should the ledger ever be opened past our VFS."""
_NEW_JOURNAL = apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL


class _Handle:
    """A file that SQLite has open. One process only, so locks are always granted."""

    def __init__(self, disk: Disk, file: File, *, syncs_folder: bool) -> None:
        self._disk, self._file, self._syncs_folder = disk, file, syncs_folder

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._file.seen[offset : offset + amount])

    def xWrite(self, content: bytes, offset: int) -> None:
        self._disk.write(self._file, offset, bytes(content))

    def xTruncate(self, size: int) -> None:
        self._disk.write(self._file, size, None)

    def xSync(self, _flags: int) -> None:
        self._disk.sync(self._file, with_folder=self._syncs_folder)
        self._syncs_folder = False

    def xFileSize(self) -> int:
        return len(self._file.seen)

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xCheckReservedLock(self) -> bool:
        return False

    def xFileControl(self, _operation: int, _pointer: int) -> bool:
        return False

    def xLock(self, _level: int) -> None:
        return

    xUnlock = xLock

    def xClose(self) -> None:
        return


class PowerVFS(apsw.VFS):
    """What SQLite takes for its operating system. `disk` is changed after every cut."""

    disk: Disk

    def __init__(self) -> None:
        self.name = "power"
        super().__init__(self.name, base="")

    def xFullPathname(self, name: str) -> str:
        return name

    def xAccess(self, pathname: str, _flags: int) -> bool:
        return pathname in self.disk.names

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001 - as SQLite calls it
        self.disk.unlink(filename, is_synced=bool(syncdir))

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        if name is None:
            raise AssertionError("SQLite wants a temporary file, which this disk has not")
        path = name if isinstance(name, str) else name.filename()
        flags[1] = flags[0]
        is_new = path not in self.disk.names
        file = self.disk.create(path) if is_new else self.disk.names[path]
        handle = _Handle(self.disk, file, syncs_folder=is_new and bool(flags[0] & _NEW_JOURNAL))
        return cast("apsw.VFSFile", handle)


class _Connection:
    """As much of sqlite3.Connection as the ledger uses, with some pragmas' values put in place of the product's."""

    def __init__(self, vfs: PowerVFS, instead: Mapping[str, str]) -> None:
        self._real = apsw.Connection(NAME, vfs=vfs.name)
        self._instead = instead
        file = vfs.disk.names.get(NAME)
        if file is not None and file.seen[18:19] == b"\x02":
            self._allow_wal()

    def execute(self, statement: str, values: Sequence[str | int] = ()) -> apsw.Cursor:
        words = statement.replace("=", " ").split()
        if words[0] == "PRAGMA" and words[1] in self._instead:
            words[2:] = [self._instead[words[1]]]
            statement = f"PRAGMA {words[1]}={words[2]}"
        if words[:2] != ["PRAGMA", "journal_mode"]:
            return self._real.execute(statement, values)
        if words[-1].upper() == "WAL":
            self._allow_wal()
        if self._real.execute(statement).fetchall() != [(words[-1].lower(),)]:
            raise AssertionError(f"not in effect: {statement}")
        return self._real.execute("PRAGMA journal_mode")

    def _allow_wal(self) -> None:
        """Without shared memory, which apsw's VFS has not, WAL works for one exclusive connection."""
        self._real.execute("PRAGMA locking_mode=EXCLUSIVE").fetchall()

    @property
    def in_transaction(self) -> bool:
        return self._real.in_transaction

    def close(self) -> None:
        self._real.close()


class SimulatedLedger(Ledger):
    """The product's ledger on the VFS's disk, with a connection per call as commands have, or with one that is held."""

    def __init__(self, vfs: PowerVFS, instead: Mapping[str, str], *, is_held: bool) -> None:
        super().__init__(Path(NAME))
        self._vfs, self._instead, self._is_held = vfs, instead, is_held
        self._held: _Connection | None = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        connection = self._held or _Connection(self._vfs, self._instead)
        real = cast("sqlite3.Connection", connection)
        try:
            if connection is not self._held:
                prepare(real)
            if self._is_held:
                self._held = connection
            yield real
        finally:
            if not self._held:
                connection.close()

    def close(self) -> None:
        """Let the held connection go."""
        if self._held:
            self._held.close()
