"""The spool: a folder of events that wait for a ledger that could not be written, a file for each append."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.durable import make_folder, sync_folder, write_whole
from goldenpath.adapters.settings import variable
from goldenpath.core.events import Draft, canonical
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from goldenpath.core.model import Json

TEMPORARY: tuple[Path, ...] = (Path("/var/tmp"), Path("/tmp"))  # noqa: S108 - only a folder of ours alone is used there
"""Where everybody may write; what stands in the first is there after the machine was started again."""
_ROOM_BYTES = 8 * 1024
"""What a file of the spool takes on a disk, and more."""
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file of the spool, and the events that wait in it; none when it can't be read, and `trouble` says why."""

    file: Path
    drafts: tuple[Draft, ...]
    trouble: str = ""


class Spool:
    """Events that wait for one ledger: in a folder of ours or, where that can't be written, in a temporary one.

    Every event has its id already, by which the ledger knows whether it took it in.
    """

    def __init__(self, folder: Path, ledger: Path) -> None:
        digest = hashlib.sha256(os.fsencode(ledger.absolute())).hexdigest()[:16]
        named = variable("TMPDIR")
        shared = dict.fromkeys([Path(named), *TEMPORARY] if named else TEMPORARY)
        self._folder = folder
        self._spares = [each.absolute() / f"goldenpath-{os.getuid()}" / f"spool-{digest}" for each in shared]

    def put(self, drafts: Sequence[Draft]) -> None:
        """Keep events that have their ids, flushed to the disk. Raises OSError when there is no place for them."""
        self._in_first_place(lambda folder: write_whole(folder / f"{drafts[0].id}.json", text_of(drafts)))

    def has_place(self) -> bool:
        """Whether an event can be kept now."""
        try:
            self._in_first_place(_find_room)
        except OSError:
            return False
        return True

    def waiting(self) -> list[Waiting]:
        """What waits, oldest first, and what stands there and can't be read."""
        found = [each for folder in self._readable_folders() for each in _listed(folder)]
        return sorted(found, key=lambda each: each.file.name)

    def drop(self, waiting: Sequence[Waiting]) -> list[Waiting]:
        """Forget what the ledger took in; what could not be removed, and stays where it is."""
        left: list[Waiting] = []
        for each in waiting:
            try:
                each.file.unlink(missing_ok=True)
            except OSError as error:
                left.append(replace(each, trouble=f"the ledger has it, and it can't be removed: {error.strerror}"))
        for folder in {each.file.parent for each in waiting}:
            sync_folder(folder)
        return left

    def _in_first_place(self, do: Callable[[Path], None]) -> None:
        refused: OSError | None = None
        for folder in (self._folder, *self._spares):
            try:
                if folder is not self._folder:
                    _make_own(folder.parent)
                do(folder)
            except OSError as error:
                refused = refused or error
            else:
                return
        raise refused or AssertionError

    def _readable_folders(self) -> Iterator[Path]:
        yield self._folder
        yield from (spare for spare in self._spares if _is_own(spare.parent))


def _find_room(folder: Path) -> None:
    make_folder(folder)
    import tempfile

    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(bytes(_ROOM_BYTES))


def _listed(folder: Path) -> Iterator[Waiting]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - half as long as a Path each, at every start
    except FileNotFoundError:
        return
    except OSError as error:
        yield Waiting(folder, (), error.strerror or str(error))
        return
    for name in names:
        if name.endswith(".json") and not name.startswith("."):
            with contextlib.suppress(FileNotFoundError):  # another command took it in meanwhile
                yield read_waiting(folder / name)


def _make_own(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if not _is_own(folder):
        raise PermissionError(f"{folder} is somebody else's")


def _is_own(folder: Path) -> bool:
    """Whether a folder among everybody's temporary ones is ours alone."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077


def text_of(drafts: Sequence[Draft]) -> str:
    """What a file of the spool holds for these events, which have their ids."""
    return canonical([_packed(draft) for draft in drafts]) + "\n"


def _packed(draft: Draft) -> dict[str, Json]:
    return {
        "id": draft.id,
        "type": draft.type,
        "subject": draft.subject,
        "time": stamp(draft.time),
        "data": dict(draft.data),
    }


def read_waiting(file: Path) -> Waiting:
    """What waits in a file. Raises FileNotFoundError."""
    try:
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > _MOST_BYTES:
            return Waiting(file, (), "it is no file of ours")
        drafts = tuple(_unpacked(each) for each in json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise
    except OSError as error:
        return Waiting(file, (), error.strerror or str(error))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return Waiting(file, (), "it was cut off or changed")
    return Waiting(file, drafts, "" if drafts else "there is no event in it")


def _unpacked(packed: dict[str, Any]) -> Draft:
    """The event as it was put. Raises ValueError, TypeError, KeyError or OverflowError for what we did not write."""
    ident, kind, subject = (packed[name] for name in ("id", "type", "subject"))
    if not all(isinstance(each, str) for each in (ident, kind, subject)) or not (ident and kind):
        raise ValueError("no text")
    draft = Draft(kind, subject, parse_stamp(packed["time"]), dict(packed["data"]), ident)
    canonical(_packed(draft)).encode()  # raises for numbers that are none, and for half a character
    return draft
