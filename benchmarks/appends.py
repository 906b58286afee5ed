"""What an append costs: in one process against a bare INSERT, and one `record` against importing Typer and sqlite3.

    python benchmarks/appends.py [ROUNDS]

Ratios, because machines differ: both sides run in turns, and each figure is a median of ROUNDS (at least 9).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, TypeAlias

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.schema import BUSY_S, prepare
from goldenpath.core.events import HINT_SHOWN, Draft

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

EVENTS, LEAST_ROUNDS, LARGEST_RATIO = 200, 9, 1.5
IMPORTS = [sys.executable, "-c", "import typer, sqlite3"]
RECORD = [str(Path(sys.executable).with_name("goldenpath")), "record", "first-deploy"]


Row: TypeAlias = "tuple[str | int | None, ...]"


def bare_on_one_connection(folder: Path, rows: Sequence[Row]) -> None:
    """A transaction of one INSERT per row, with the ledger's tables and pragmas, on a connection that stays open."""
    with _connection(folder) as connection:
        for row in rows:
            _insert(connection, row)


def bare_on_a_connection_each(folder: Path, rows: Sequence[Row]) -> None:
    """The same, opening the file for every event as commands do."""
    for row in rows:
        with _connection(folder) as connection:
            _insert(connection, row)


def ledger(folder: Path) -> None:
    """EVENTS appends through the ledger: opening, preparing, chaining."""
    opened = Ledger(folder / "ledger.db")
    for number in range(EVENTS):
        opened.append([Draft(HINT_SHOWN, "prj-1", datetime.now(UTC), {"number": number})])


def _connection(folder: Path) -> contextlib.closing[sqlite3.Connection]:
    connection = sqlite3.connect(folder / "bare.db", timeout=BUSY_S, isolation_level=None)
    prepare(connection)
    return contextlib.closing(connection)


def _insert(connection: sqlite3.Connection, row: Row) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(f"INSERT INTO events VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - question marks
    connection.execute("COMMIT")


def rows_of_a_ledger() -> list[Row]:
    """The rows that `ledger` writes, to be inserted without it."""
    with tempfile.TemporaryDirectory() as folder:
        ledger(Path(folder))
        with contextlib.closing(sqlite3.connect(Path(folder) / "ledger.db")) as connection:
            return list(connection.execute("SELECT * FROM events ORDER BY seq"))


def medians_in_turns(works: dict[str, Callable[[], None]], rounds: int) -> dict[str, float]:
    """Seconds per work: each is done once a round, in turns, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            if number:
                taken[name].append(time.perf_counter() - begun)
    return {name: median(seconds) for name, seconds in taken.items()}


def in_a_new_folder(work: Callable[[Path], None]) -> Callable[[], None]:
    """The work with a folder of its own, so that every round begins with an empty file."""

    def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            work(Path(folder))

    return run


def process(command: list[str], home: Path, *, folder: Path | None = None) -> Callable[[], None]:
    """One process with its home in a temporary folder, and with bytecode kept, as users have it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment |= {"HOME": str(home), "GOLDENPATH_HOME": str(home / "goldenpath")}

    def run() -> None:
        subprocess.run(command, env=environment, cwd=folder or home, check=True, capture_output=True)

    return run


def table(title: str, seconds: dict[str, float], show: Callable[[float], str]) -> float:
    """Print the medians and their ratios to the first; the last one's ratio."""
    base = next(iter(seconds.values()))
    sys.stdout.write(f"\n{title}\n")
    for name, taken in seconds.items():
        sys.stdout.write(f"  {name:<44}{show(taken):>18}{taken / base:>8.2f} x\n")
    return seconds[name] / base


def main(rounds: int) -> int:
    """Measure and print; 1 when `record` takes over LARGEST_RATIO times the imports."""
    rows = rows_of_a_ledger()
    appends = medians_in_turns(
        {
            "bare INSERT, one connection": in_a_new_folder(lambda folder: bare_on_one_connection(folder, rows)),
            "bare INSERT, a connection each": in_a_new_folder(lambda folder: bare_on_a_connection_each(folder, rows)),
            "Ledger.append": in_a_new_folder(ledger),
        },
        rounds,
    )
    sys.stdout.write(f"medians of {rounds} rounds, SQLite {sqlite3.sqlite_version}, Python {sys.version.split()[0]}\n")
    table(f"{EVENTS} events in one process", appends, lambda taken: f"{EVENTS / taken:,.0f} /s")
    with tempfile.TemporaryDirectory() as home:
        processes = {
            'python -c "import typer, sqlite3"': process(IMPORTS, Path(home)),
            "goldenpath record first-deploy": process(RECORD, Path(home)),
        }
        ratio = table("one process", medians_in_turns(processes, rounds), lambda taken: f"{1000 * taken:.1f} ms")
    sys.stdout.write(f"\n`record` takes {ratio:.2f} times the imports; at most {LARGEST_RATIO} is wanted\n")
    return int(ratio > LARGEST_RATIO)


if __name__ == "__main__":
    sys.exit(main(max(LEAST_ROUNDS, int(sys.argv[1]) if sys.argv[1:] else LEAST_ROUNDS)))
