"""A disk that can lose its power: SQLite's files in memory, what is durable kept apart from what was only written.

The rules are POSIX's and those of SQLite's own unix VFS: a write lasts when its file was synced, a name (made or
unlinked) when its folder was; the first sync of a new journal syncs the folder too. Names change in their order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

SECTOR_BYTES = 512


class Keep(Enum):
    """What a power cut leaves of the writes that were not synced."""

    NONE = "none"
    ALL = "all"
    SECTORS = "random sectors"


@dataclass(eq=False)
class File:
    """What programs see, what would survive, and the writes in between; a write of None cuts the file there."""

    seen: bytearray = field(default_factory=bytearray)
    durable: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)

    def write(self, offset: int, content: bytes | None) -> None:
        """Change what programs see."""
        _lay(self.seen, offset, content)
        self.unsynced.append((offset, content))

    def sync(self) -> None:
        """Make all that was written durable."""
        self.durable = bytearray(self.seen)
        self.unsynced.clear()

    def after_a_cut(self, keep: Keep, random: Random) -> bytes:
        """What is read when the power is back."""
        left = bytearray(self.durable)
        for offset, content in self.unsynced:
            for at, piece in _sectors(offset, content):
                if keep is Keep.ALL or (keep is Keep.SECTORS and random.random() < 0.5):
                    _lay(left, at, piece)
        return bytes(left)


class Disk:
    """One folder of files, and the number of operations after which the power goes.

    The cut is a copy of what would be left (`survivors`); whoever is writing goes on and never knows.
    """

    def __init__(self, files: Mapping[str, bytes], cut_before: int, keep: Keep, random: Random) -> None:
        self.names = {name: File(bytearray(content), bytearray(content)) for name, content in files.items()}
        self.survivors: dict[str, bytes] | None = None
        self._durable_names = dict(self.names)
        self._unsynced_names: list[tuple[str, File | None]] = []
        self._left, self._keep, self._random = cut_before, keep, random

    def create(self, name: str) -> File:
        """A new empty file."""
        self._tick()
        self.names[name] = file = File()
        self._unsynced_names.append((name, file))
        return file

    def unlink(self, name: str, *, is_synced: bool) -> None:
        """Take a name away; durable only when the folder is synced as well."""
        self._tick()
        del self.names[name]
        self._unsynced_names.append((name, None))
        if is_synced:
            self._tick()
            self._sync_names()

    def write(self, file: File, offset: int, content: bytes | None) -> None:
        """Write, or with None truncate."""
        self._tick()
        file.write(offset, content)

    def sync(self, file: File, *, with_folder: bool) -> None:
        """Make a file's content durable, and the folder's names when asked."""
        self._tick()
        file.sync()
        if with_folder:
            self._tick()
            self._sync_names()

    def _sync_names(self) -> None:
        self._durable_names = dict(self.names)
        self._unsynced_names.clear()

    def _tick(self) -> None:
        self._left -= 1
        if self._left == 0:
            self.survivors = self.cut()

    def cut(self) -> dict[str, bytes]:
        """What a power cut at this moment would leave."""
        names: dict[str, File | None] = dict(self._durable_names)
        names.update(self._unsynced_names[: self._random.randint(0, len(self._unsynced_names))])
        return {name: file.after_a_cut(self._keep, self._random) for name, file in names.items() if file is not None}


def _lay(content: bytearray, offset: int, piece: bytes | None) -> None:
    if piece is None:
        del content[offset:]
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(piece)] = piece


def _sectors(offset: int, content: bytes | None) -> list[tuple[int, bytes | None]]:
    if content is None:
        return [(offset, None)]
    edges = [offset, *range(offset - offset % SECTOR_BYTES + SECTOR_BYTES, offset + len(content), SECTOR_BYTES)]
    return [
        (start, content[start - offset : end - offset])
        for start, end in zip(edges, [*edges[1:], offset + len(content)], strict=True)
    ]
