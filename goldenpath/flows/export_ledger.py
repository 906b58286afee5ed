"""Export the ledger as JSON Lines of CloudEvents 1.0."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.events import as_cloudevent, canonical

if TYPE_CHECKING:
    from goldenpath.adapters.ledger import Ledger


def export_lines(ledger: Ledger) -> list[str]:
    """A line per event, in the order in which they were appended, each with its line end."""
    return [canonical(as_cloudevent(event)) + "\n" for event in ledger.events()]
