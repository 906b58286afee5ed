"""Import what other ledgers exported: a union, in any order and however often; what can't be trusted stays out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import IO, TYPE_CHECKING

from goldenpath.adapters.ledger.taking import Fork, Taken, forks, take
from goldenpath.core.lines import read_line
from goldenpath.flows.read_export import Accepted, Refused, read_export

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger

AT_ONCE = 5000
"""Lines that one transaction takes in: others wait for it."""
_TOLD = 50_000
ANOTHERS_ID = "id: another event of this source has it, with other content"


@dataclass(frozen=True, slots=True)
class Imported:
    """How many events are new, how many were there already, what was refused and why, and every writer's first fork.

    `is_writer_new` says that this ledger's own id was found in use elsewhere, and is replaced at the next event.
    """

    new: int
    known: int
    refused: tuple[Refused, ...]
    forks: tuple[Fork, ...]
    is_writer_new: bool


def import_files(
    ledger: Ledger, files: Iterable[tuple[str, IO[bytes]]], now: datetime
) -> Generator[str, None, Imported]:
    """Yields how far it is. What is in when it is interrupted is in; the same again brings the rest.

    Raises UsageError for a file that can't be read, LedgerError when the ledger can't be written.
    """
    writer = ledger.known_writer()
    new, known, refused, told = 0, 0, list[Refused](), 0
    for name, file in files:
        lines = read_export(file, name, partial(read_line, now=now))
        while batch := list(islice(lines, AT_ONCE)):
            accepted = [line for line in batch if isinstance(line, Accepted)]
            taken = take(ledger, [line.event for line in accepted])
            new, known = new + taken.new, known + taken.known
            refused += sorted(_refused(batch, accepted, taken), key=lambda line: line.line)
            if (new + known) // _TOLD > told:
                told = (new + known) // _TOLD
                yield f"Importing {name}: {new + known:,} events so far"
    is_new = writer != "" and ledger.known_writer() != writer
    return Imported(new, known, tuple(refused), tuple(forks(ledger)), is_new)


def _refused(
    batch: Sequence[Accepted | Refused], accepted: Sequence[Accepted], taken: Taken
) -> Generator[Refused, None, None]:
    yield from (line for line in batch if isinstance(line, Refused))
    yield from (Refused(accepted[place].file, accepted[place].line, ANOTHERS_ID) for place in taken.refused)
