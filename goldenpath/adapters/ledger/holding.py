"""Events of what is about to be made, kept beforehand: who is killed in between leaves nothing without its events."""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from goldenpath.adapters.durable import make_folder
from goldenpath.adapters.ledger.spool import read_waiting, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from goldenpath.core.events import Draft


@contextlib.contextmanager
def holding(folder: Path, drafts: Sequence[Draft]) -> Iterator[None]:
    """Keep events, which have their ids, while what they tell of is made and the ledger takes them.

    What raises, or is killed, leaves them for `settle`. Where they can't be kept, it goes on without.
    """
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError):
            held.enter_context(_hold(folder, drafts))
        yield
        with contextlib.suppress(OSError):  # the ledger knows the events by their ids
            _place(folder, drafts).unlink(missing_ok=True)


def settle(folder: Path, spool: Path, is_there: Callable[[str], bool]) -> None:
    """Give the spool the events of what is there, and forget the others; what somebody works on is left alone.

    `is_there` is asked for the events' subject.
    """
    for name in os.listdir(folder):  # noqa: PTH208 - names are all that is wanted
        file = folder / name
        with contextlib.suppress(OSError), file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            drafts = read_waiting(file).drafts
            if drafts and not name.startswith(".") and is_there(drafts[0].subject):
                make_folder(spool)
                file.rename(spool / name)
            else:
                file.unlink()


def _hold(folder: Path, drafts: Sequence[Draft]) -> IO[str]:
    """The file, locked as long as this process has it open. Raises OSError.

    It outlives the process and not the machine: a project is not flushed to the disk either.
    """
    import tempfile

    make_folder(folder)
    handle, scratch = tempfile.mkstemp(dir=folder, prefix=".making-")
    file = os.fdopen(handle, "w", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.write(text_of(drafts))
        file.flush()
        Path(scratch).rename(_place(folder, drafts))
    except BaseException:
        file.close()
        Path(scratch).unlink(missing_ok=True)
        raise
    return file


def _place(folder: Path, drafts: Sequence[Draft]) -> Path:
    return folder / f"{drafts[0].id}.json"
