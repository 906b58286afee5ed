"""What a start costs: `--help` and `record` anywhere, `status` in a project, each against imports it can't do without.

    python benchmarks/startup.py [ROUNDS]

Ratios, because machines differ: all processes run in turns, and each figure is a median of ROUNDS (at least 9).
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from appends import IMPORTS, LARGEST_RATIO, LEAST_ROUNDS, RECORD, medians_in_turns, process

if TYPE_CHECKING:
    from collections.abc import Callable

GOLDENPATH = RECORD[0]
START = [GOLDENPATH, "start", "backend", "project", "--defaults", "--no-input"]
TYPER, BOTH = "import typer", "import typer, sqlite3"
WANTED = {"--help": (TYPER, 1.6), "status": (TYPER, 3.0), "record first-deploy": (BOTH, LARGEST_RATIO)}
"""For each command line, what it is held against, and how many times as long it may take."""


def processes(home: Path) -> dict[str, Callable[[], None]]:
    """What is run in turns, in a home with a project."""
    (home / ".gitconfig").write_text("[user]\nname = A Reader\nemail = reader@example.com\n", encoding="utf-8")
    process(START, home)()
    project = home / "project"
    return {
        TYPER: process([IMPORTS[0], "-c", TYPER], home),
        BOTH: process(IMPORTS, home),
        **{line: process([GOLDENPATH, *line.split()], home, folder=project) for line in WANTED},
    }


def main(rounds: int) -> int:
    """Measure and print; 1 when a command takes longer than is wanted."""
    with tempfile.TemporaryDirectory() as home:
        taken = medians_in_turns(processes(Path(home)), rounds)
    sys.stdout.write(f"medians of {rounds} rounds, Python {sys.version.split()[0]}\n\n")
    for base in (TYPER, BOTH):
        sys.stdout.write(f"  python -c '{base}'".ljust(38) + f"{1000 * taken[base]:>8.1f} ms\n")
    is_slow = False
    for line, (base, most) in WANTED.items():
        ratio = taken[line] / taken[base]
        is_slow |= ratio > most
        figures = f"{1000 * taken[line]:>8.1f} ms {ratio:>6.2f} x"
        sys.stdout.write(f"  goldenpath {line:<25}{figures} `{base}`, at most {most} is wanted\n")
    return int(is_slow)


if __name__ == "__main__":
    sys.exit(main(max(LEAST_ROUNDS, int(sys.argv[1]) if sys.argv[1:] else LEAST_ROUNDS)))
