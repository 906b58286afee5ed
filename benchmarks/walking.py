"""What the full proof of the backend path costs, and where its time goes: two answer sets, side by side.

    python benchmarks/walking.py [TEMPLATE]

The yardstick is the project's own `uv run pytest -q` in the same run, warm and alone: a proof is told in test runs,
since it consists of little else, so the figure means the same on a slow machine. Needs what the path needs. A first
proof fills the caches, and is not counted.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
SETS = ("no-database", "database")
ROUNDS = 5


def proof(template: str, folder: Path, environment: dict[str, str]) -> tuple[float, Any]:
    """Seconds, and what `template test` says, which must find nothing."""
    chosen = [part for name in SETS for part in ("--answers", name)]
    command = [str(BIN / "goldenpath"), "template", "test", template, "--trust", "--json", *chosen]
    begun = time.perf_counter()
    ran = subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.PIPE)
    return time.perf_counter() - begun, json.loads(ran.stdout)["data"]["templates"][0]


def test_run(template: str, name: str, folder: Path, environment: dict[str, str]) -> float:
    """Seconds of one run of the project's tests: the median of five, after one that compiles."""
    root = folder / name
    start = [str(BIN / "goldenpath"), "start", template, str(root), "--no-input", "--trust", "--forge", "none"]
    has_database = "yes" if name == "database" else "no"
    given = ["-d", f"database={has_database}", "--defaults", "--author", "Ada Example <ada@example.invalid>"]
    subprocess.run([*start, *given], cwd=folder, env=environment, check=True, capture_output=True)
    taken = []
    for _ in range(ROUNDS + 1):
        begun = time.perf_counter()
        subprocess.run([BIN / "uv", "run", "pytest", "-q"], cwd=root, env=environment, check=True, capture_output=True)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken[1:])


def main(template: str) -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        environment = {**os.environ, "HOME": name, "GOLDENPATH_HOME": str(scratch / "home")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        proof(template, scratch, environment)
        runs = [test_run(template, each, scratch, environment) for each in SETS]
        seconds, told = proof(template, scratch, environment)
    lines = []
    for result in told["results"]:
        lines.append(f"{result['level']:8} {result['case']:12} {result['seconds']:7.1f} s")
        lines += [f"  {step['step']:28} {step['seconds']:7.1f} s" for step in result["steps"]]
    lines += [f"one run of the tests, {each}: {run:.1f} s" for each, run in zip(SETS, runs, strict=True)]
    lines.append(f"the proof: {seconds:.1f} s, {seconds / statistics.mean(runs):.0f} runs of the tests")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "backend"))
