"""Export the ledger as JSON Lines of CloudEvents 1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.durable import writing_whole
from goldenpath.core.cloudevents import as_cloudevent
from goldenpath.core.events import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger


def export_lines(ledger: Ledger) -> Iterator[str]:
    """A line per event, in the order in which they came into the ledger, each with its line end."""
    for events in ledger.pages():
        yield from (canonical(as_cloudevent(event)) + "\n" for event in events)


def write_export(ledger: Ledger, file: Path) -> int:
    """Write the lines into a private file, whole or not at all; how many. Raises OSError, and LedgerError."""
    count = 0
    with writing_whole(file) as lines:
        for line in export_lines(ledger):
            lines.write(line)
            count += 1
    return count
