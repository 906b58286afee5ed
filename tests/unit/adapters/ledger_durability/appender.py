"""A process that appends: LEDGER NAME COUNT. It says `ready`, waits for a line, then acknowledges each append.

An acknowledgement is one line, written at once: the number, the hash, and how many milliseconds the append took.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core.events import HINT_SHOWN, Draft


def append(path: Path, name: str, count: int) -> None:
    """Append one event after the other."""
    ledger = Ledger(path)
    say("ready")
    sys.stdin.readline()
    for number in range(count):
        begun = time.perf_counter()
        (event,) = ledger.append([Draft(HINT_SHOWN, "prj-1", datetime.now(UTC), {"who": name, "number": number})])
        say(f"{number} {event.hash} {1000 * (time.perf_counter() - begun):.1f}")


def say(line: str) -> None:
    """Write a line in one system call: a kill leaves all of it or nothing."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    append(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
