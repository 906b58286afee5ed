"""What lint costs: the command over the backend template, against a Python that imports Jinja2, PyYAML and Typer.

    python benchmarks/linting.py [ROUNDS]

Both run in turns, and each figure is a median of ROUNDS (at least 9). Wanted: under a second.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from appends import IMPORTS, LEAST_ROUNDS, RECORD, medians_in_turns, process

BASE = "import jinja2, yaml, typer"
MOST_SECONDS = 1.0


def main(rounds: int) -> int:
    """Measure and print; 1 when it takes a second or more."""
    with tempfile.TemporaryDirectory() as home:
        run = {
            BASE: process([IMPORTS[0], "-c", BASE], Path(home)),
            "template lint backend": process([RECORD[0], "template", "lint", "backend"], Path(home)),
        }
        taken = medians_in_turns(run, rounds)
    for name, seconds in taken.items():
        sys.stdout.write(f"  {name:<32}{1000 * seconds:>8.1f} ms {seconds / taken[BASE]:>6.2f} x\n")
    return int(taken["template lint backend"] >= MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main(max(LEAST_ROUNDS, int(sys.argv[1]) if sys.argv[1:] else LEAST_ROUNDS)))
