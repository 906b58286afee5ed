"""Starts that are killed at random moments: a process that has everything loaded forks one for each.

`python -m tests.hostile.killing TEMPLATE COUNT SEED` in a machine's working folder prints what each left, a JSON object
a line. Loading takes longer than a start, so that this way hundreds of moments fall into the start itself.

What is counted in the ledger is counted after the next command, and before anybody moves the project: a start that was
killed between the project and the ledger left its events beside the ledger, for that command to take in.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
import time
from pathlib import Path
from random import Random

from goldenpath.cli.boundary import main

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)
READY = b"r"
SHORTEST_S = 0.005
"""By then the boundary stands; what happens before is the business of another test."""


def load_everything() -> None:
    """Import what a start imports, so that the children need not."""
    import copier  # noqa: F401
    import rich.text  # noqa: F401

    import goldenpath.cli.app
    import goldenpath.flows.start_project

    goldenpath.cli.app.command()


def begin(*command: str) -> int:
    """A child that runs a command, its words in `../said`; it returns once the child is about to."""
    sys.stdout.flush()  # or the child would print it once more
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        os.read(reading, 1)
        os.close(reading)
        return child
    code = 99
    try:
        for number in (1, 2):
            os.dup2(os.open("../said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
        os.write(writing, READY)
        code = main(list(command))
    finally:
        os._exit(code)


def left(home: Path, status: int) -> dict[str, object]:
    """What is there after a child's end and the next command."""
    said = Path("../said").read_text()
    os.waitpid(begin("ledger", "log"), 0)
    project = Path("p")
    ledger = home / "data" / "ledger.sqlite3"
    forge = home / "data" / "forge"
    files = sorted(str(file.relative_to(project)) for file in project.rglob("*") if ".git/" not in f"{file}/")
    return {
        "code": os.waitstatus_to_exitcode(status),
        "files": files,
        "commit": (project / ".git" / "refs" / "heads" / "main").is_file(),
        "events": _count(ledger) if ledger.exists() else 0,
        "forge": len(list(forge.iterdir())) if forge.is_dir() else 0,
        "staging": len(list(Path().glob(".goldenpath-staging-*"))),
        "temporary": len(list(Path(os.environ["TMPDIR"]).iterdir())),
        "said": said,
    }


def _count(ledger: Path) -> int:
    connection = sqlite3.connect(ledger)
    try:
        there = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'events'").fetchone()[0]
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0]) if there else 0
    finally:
        connection.close()


def run(template: str, count: int, seed: int) -> None:
    """Kill `count` starts and print what each left."""
    load_everything()
    random, home = Random(seed), Path(os.environ["GOLDENPATH_HOME"])
    start = ("start", template, "p", "--defaults", "--no-input")
    begun = time.monotonic()
    os.waitpid(begin(*start), 0)
    longest_s = (time.monotonic() - begun) * 1.1
    Path("p").rename("../done-first")
    for number in range(count):
        deadly, moment_s = random.choice(SIGNALS), random.uniform(SHORTEST_S, longest_s)
        child = begin(*start)
        time.sleep(moment_s)
        os.kill(child, deadly)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(json.dumps({"signal": deadly, "moment_s": moment_s, **left(home, status)}) + "\n")
        if Path("p").exists():
            Path("p").rename(f"../done-{number}")


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
