"""A process that uses the spool: LEDGER SPOOL NAME COUNT. It says `ready`, waits for a line, and does as its name says.

`take-in` takes in what waits; any other name appends COUNT events, as so many commands would, hardly waiting.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from goldenpath.adapters.ledger import spooling
from goldenpath.adapters.ledger.spool import Spool
from goldenpath.adapters.ledger.spooling import SpoolingLedger, take_in
from goldenpath.core.events import HINT_SHOWN, Draft

COMMAND = 5
"""How many events a command appends."""


def run(ledger: Path, folder: Path, name: str, count: int) -> None:
    """Do it once the word is given."""
    spool = Spool(folder, ledger)
    say("ready")
    sys.stdin.readline()
    if name == "take-in":
        say(f"took {take_in(SpoolingLedger(ledger, spool, print), spool).events}")
        return
    spooling.PATIENCE_S = 0.002
    troubles = 0
    for first in range(0, count, COMMAND):
        told: list[Exception] = []
        book = SpoolingLedger(ledger, spool, told.append)
        book.take_in()
        for number in range(first, first + COMMAND):
            book.append([Draft(HINT_SHOWN, "prj-1", datetime.now(UTC), {"who": name, "number": number})])
        troubles += len(told)
    say(f"told {troubles}")


def say(line: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
