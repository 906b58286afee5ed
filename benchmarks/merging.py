"""What the ledger takes over a whole life: verify, export, import, import again, backup, and the size of its file.

    python benchmarks/merging.py            100,000 events of 2,000 engineers
    python benchmarks/merging.py --full     1,000,000 events of 20,000 engineers

Each is held against the same file work without the ledger: reading every row, writing the lines, inserting the rows in
one transaction. `--ledger FILE` keeps the ledger that is made, or takes the one that is there.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stats import EVENTS_EACH, asked, make

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.keeping import back_up
from goldenpath.adapters.ledger.schema import prepare
from goldenpath.flows.export_ledger import write_export
from goldenpath.flows.import_ledger import import_files

if TYPE_CHECKING:
    from collections.abc import Callable


def bring(ledger: Ledger, lines: Path) -> tuple[int, int]:
    """Import a file; how many events were new, and how many were there."""
    with lines.open("rb") as file:
        work = import_files(ledger, [(lines.name, file)], datetime.now(UTC))
        while True:
            try:
                next(work)
            except StopIteration as end:
                return end.value.new, end.value.known


def read_rows(path: Path) -> int:
    """Read every row with SQL alone; how many."""
    with closing(sqlite3.connect(path)) as connection:
        return sum(1 for _ in connection.execute("SELECT * FROM events ORDER BY seq"))


def insert_rows(path: Path, into: Path) -> None:
    """Copy every row into a new file with the ledger's tables, in one transaction."""
    with closing(sqlite3.connect(into, isolation_level=None)) as connection:
        prepare(connection)
        connection.execute("ATTACH ? AS old", [str(path)])
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO main.events SELECT * FROM old.events ORDER BY seq")
        connection.execute("COMMIT")


def measure(path: Path, folder: Path) -> None:
    """Print a line for each."""
    ledger, lines = Ledger(path), folder / "export.jsonl"
    other = Ledger(folder / "other.sqlite3")
    tell("SQL alone: read every row", lambda: read_rows(path))
    tell("SQL alone: insert every row anew", lambda: insert_rows(path, folder / "rows.sqlite3"))
    tell("verify", lambda: audit(ledger).is_sound)
    tell("export", lambda: write_export(ledger, lines))
    tell("import", lambda: bring(other, lines))
    tell("import again", lambda: bring(other, lines))
    tell("backup", lambda: back_up(ledger, folder / "backup.sqlite3"))
    for name, file in (("ledger", path), ("export", lines), ("backup", folder / "backup.sqlite3")):
        sys.stdout.write(f"{name + ', size':<36}{file.stat().st_size / 1e6:9.1f} MB\n")


def tell(name: str, work: Callable[[], object]) -> None:
    """Do the work once, and print how long it took and what came out."""
    begun = time.perf_counter()
    result = work()
    sys.stdout.write(f"{name:<36}{time.perf_counter() - begun:9.2f} s   {result if result is not None else ''}\n")
    sys.stdout.flush()


def main() -> int:
    """Make the ledger, or take the one that is there, and print the figures."""
    engineers, kept = asked("verify, export, import and backup of a large ledger")
    with tempfile.TemporaryDirectory() as folder:
        path = kept or Path(folder) / "ledger.sqlite3"
        if not path.exists():
            tell(f"append {engineers * EVENTS_EACH:,} events", lambda: make(path, engineers))
        measure(path, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
