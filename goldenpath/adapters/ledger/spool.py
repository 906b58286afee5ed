"""The spool: a folder of events that wait for a ledger that could not be written, a file for each append."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import sync_folder, write_whole
from goldenpath.core.events import Draft, canonical
from goldenpath.core.identifiers import event_id
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file of the spool, and the events that wait in it; none when it can't be read."""

    file: Path
    drafts: tuple[Draft, ...]


class Spool:
    """Events that wait for one ledger: in a folder of ours or, where that can't be written, in a temporary one.

    Every event has its id already, by which the ledger knows whether it took it in.
    """

    def __init__(self, folder: Path, ledger: Path) -> None:
        digest = hashlib.sha256(os.fsencode(ledger.absolute())).hexdigest()[:16]
        self._folder = folder
        self._spare = Path(tempfile.gettempdir()) / f"goldenpath-{os.getuid()}" / f"spool-{digest}"

    def put(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Keep events, flushed to the disk; with their ids. Raises OSError when there is no place for them."""
        now = datetime.now(UTC)
        named = [draft if draft.id else _named(draft, event_id(now)) for draft in drafts]
        name = f"{event_id(now)}.json"
        text = canonical([_packed(draft) for draft in named]) + "\n"
        try:
            write_whole(self._folder / name, text)
        except OSError:
            _make_own(self._spare.parent)
            write_whole(self._spare / name, text)
        return named

    def waiting(self) -> list[Waiting]:
        """What waits, oldest first."""
        return [Waiting(file, _unpacked(file)) for file in sorted(self._files(), key=lambda file: file.name)]

    def drop(self, waiting: Sequence[Waiting]) -> None:
        """Forget what the ledger took in."""
        for each in waiting:
            each.file.unlink(missing_ok=True)
        for folder in {each.file.parent for each in waiting}:
            sync_folder(folder)

    def _files(self) -> Iterator[Path]:
        yield from _jsons(self._folder)
        if _is_own(self._spare.parent):
            yield from _jsons(self._spare)


def _jsons(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        names = [name for name in os.listdir(folder) if name.endswith(".json") and not name.startswith(".")]  # noqa: PTH208 - half as long as a Path each, at every start
        yield from (folder / name for name in names)


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


def _named(draft: Draft, ident: str) -> Draft:
    return Draft(draft.type, draft.subject, draft.time, draft.data, ident)


def _packed(draft: Draft) -> dict[str, object]:
    return {
        "id": draft.id,
        "type": draft.type,
        "subject": draft.subject,
        "time": stamp(draft.time),
        "data": dict(draft.data),
    }


def _unpacked(file: Path) -> tuple[Draft, ...]:
    try:
        return tuple(
            Draft(str(each["type"]), str(each["subject"]), parse_stamp(each["time"]), dict(each["data"]), each["id"])
            for each in json.loads(file.read_text(encoding="utf-8"))
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ()
