"""Reading only what statistics need: of a million events most are checks and hints, and objects of all take long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from goldenpath.core.errors import LedgerError
from goldenpath.core.events import CHANGE_MERGED
from goldenpath.core.times import parse_stamp
from goldenpath.core.waits import MAY_NAME_IT, STARTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.model import Json

_QUERY = """
SELECT source, id, type, time, data FROM events
WHERE type IN (?, ?, ?) OR (type IN (?, ?) AND instr(data, '"milestone":"started"'))
"""
_AT_ONCE = 10_000
"""Rows whose JSON is parsed in one go, which takes half as long as one by one."""


class Extract(NamedTuple):
    """What a fold needs of an event; a full Event of each would take longer than reading the file."""

    source: str
    id: str
    type: str
    time: datetime
    data: Mapping[str, Json]


def starts_and_merges(ledger: Ledger) -> Iterator[Extract]:
    """From the events that say when somebody started or had a pull request merged, in no order.

    The file is read before the first is given. Raises LedgerError when it is damaged, locked, newer or not a ledger.
    """
    with ledger.reading() as connection:
        values = [*sorted(STARTS), CHANGE_MERGED, *sorted(MAY_NAME_IT)]
        rows = connection.execute(_QUERY, values).fetchall() if connection else []
    for first in range(0, len(rows), _AT_ONCE):
        try:
            found = _extracts(rows[first : first + _AT_ONCE])
        except (TypeError, ValueError) as error:
            raise LedgerError(
                f"the ledger is damaged: {error}", hint="keep a copy of the file, then bring back a backup"
            ) from error
        yield from found


def _extracts(rows: list[tuple[str, str, str, str, str]]) -> list[Extract]:
    parsed = json.loads(f"[{','.join(row[4] for row in rows)}]")
    if not all(isinstance(data, dict) for data in parsed):
        raise ValueError("an event's data is no object")
    return [
        Extract(source, ident, kind, parse_stamp(time), data)
        for (source, ident, kind, time, _), data in zip(rows, parsed, strict=True)
    ]
