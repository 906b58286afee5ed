"""Starting appenders, and reading what they acknowledged."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[4]


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """An append that returned, as its process said."""

    number: int
    hash: str
    took_ms: float


class Appender:
    """A process that appends `count` events when it is told to go."""

    def __init__(self, ledger: Path, name: str, count: int) -> None:
        self.name = name
        module = f"{__package__}.appender"
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, str(ledger), name, str(count)],
            cwd=ROOT,
            env=os.environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_until_ready(self) -> None:
        """Wait until everything is imported and the next thing is the first append."""
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"

    def go(self) -> None:
        """Let it append."""
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()

    def finish(self) -> tuple[int, list[Acknowledged]]:
        """Its exit code (-9: it was killed) and what it acknowledged, in order."""
        printed, _ = self._process.communicate(timeout=300)
        rows = [line.split() for line in printed.splitlines()]
        return self._process.returncode, [Acknowledged(int(row[0]), row[1], float(row[2])) for row in rows]
