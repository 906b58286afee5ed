"""Verify the ledger: its file, every chain and, against an export, that nothing of that was cut off or exchanged."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.taking import missing
from goldenpath.core.errors import UsageError
from goldenpath.core.lines import read_proof
from goldenpath.flows.read_export import Accepted, read_export

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.adapters.ledger.audit import Audit
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.events import Event


def verify_ledger(ledger: Ledger) -> Audit:
    """What is wrong with the ledger itself. Raises LedgerError when it can't be read at all."""
    return audit(ledger)


def verify_against(ledger: Ledger, file: IO[bytes], name: str) -> list[str]:
    """What an export has and the ledger lacks, by writer: where its chain was cut off, or holds something else.

    Raises UsageError for an export with a line that can't be trusted itself, LedgerError for an unreadable ledger.
    """
    return [_problem(event, highest, name) for event, highest in missing(ledger, _proofs(file, name))]


def _proofs(file: IO[bytes], name: str) -> Iterator[Event]:
    for line in read_export(file, name, read_proof):
        if not isinstance(line, Accepted):
            raise UsageError(f"{name}, line {line.line}: {line.reason}", hint="take an export that nobody changed")
        yield line.event


def _problem(event: Event, highest: int, name: str) -> str:
    if not event.writer:
        return f"event {event.id} of {event.source} is in {name} and not here"
    where = f"writer {event.writer}, event {event.wseq}"
    if not highest:
        return f"{where}: cut off, the chain is in {name} and nothing of it here"
    if highest < event.wseq:
        return f"{where}: cut off, the chain ends with {highest} and goes on in {name}"
    return f"{where}: is not the one in {name}"
