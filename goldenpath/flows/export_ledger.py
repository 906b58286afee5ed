"""Export the ledger as JSON Lines of CloudEvents 1.0."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import writing_whole
from goldenpath.core.cloudevents import as_cloudevent
from goldenpath.core.errors import FilesInTheWayError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger


def export_lines(ledger: Ledger) -> Iterator[str]:
    """A line per event, in the order in which they came into the ledger, each with its line end.

    They are ASCII, so that no terminal obeys what stands in them and no locale changes it.
    """
    for events in ledger.pages():
        for event in events:
            yield json.dumps(as_cloudevent(event), sort_keys=True, separators=(",", ":"), allow_nan=False) + "\n"


def write_export(ledger: Ledger, file: Path) -> int:
    """Write the lines into a private file, whole or not at all; how many. Raises OSError, and LedgerError.

    What is there and no file (a pipe, a device) is written to and stays what it is. Raises FilesInTheWayError for the
    ledger's own file.
    """
    if file.exists() and ledger.path.exists() and file.samefile(ledger.path):
        raise FilesInTheWayError(f"{file} is the ledger itself", hint="name another file")
    is_special = file.exists() and not file.is_file()
    count = 0
    with file.open("w", encoding="utf-8") if is_special else writing_whole(file) as lines:
        for line in export_lines(ledger):
            lines.write(line)
            count += 1
    return count
