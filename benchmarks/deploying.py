"""What `prod up` and `prod deploy` take, and whether a request is lost through ten of them.

    python benchmarks/deploying.py [REQUESTS [PER_SECOND]]

A project of the backend template is deployed to a production of its own, in a temporary folder. Seconds by the clock:

- `prod up` from nothing to all parts answering, and what each took;
- `prod deploy` of an unchanged environment, against `uv build`, `uv sync` and `uv pip install` alone in the same run:
  what deploying adds until the traffic is switched may be at most 3 s;
- REQUESTS (10,000) at PER_SECOND (200), half of them on fresh connections and half on kept ones, through ten deploys
  and rollbacks: none may fail, be cut off, or answer with something else.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

BIN = Path(sys.executable).parent
MOST_ADDED_S = 3.0
SWITCHES = 10
ROUNDS = 5
PATIENCE_S = 20.0


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    per_second = float(sys.argv[2]) if len(sys.argv) > 2 else 200.0
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        project = project_in(home)
        try:
            raise_production(home)
            address = measure_deploys(home, project)
            lost = asyncio.run(under_load(home, project, address, (requests, per_second)))
        finally:
            goldenpath(home, "prod", "reset", "--yes", folder=home)
    sys.exit(1 if lost else 0)


def raise_production(home: Path) -> None:
    """`prod up` from nothing, then again from a stop; seconds on the screen."""
    for what in ("from nothing", "again"):
        raised = data(home, "prod", "up", folder=home)
        print(f"prod up, {what}: {raised['seconds']:.1f} s")  # noqa: T201
        if what == "from nothing":
            goldenpath(home, "prod", "down", folder=home)


def measure_deploys(home: Path, project: Path) -> int:
    """Deploys of the same commit; the port at which the edge serves it."""
    deployed = [data(home, "prod", "deploy", folder=project) for _ in range(ROUNDS + 1)][1:]
    for phase in ("build", "switch", "retire"):
        print(f"deploy, {phase}: {median(each['phases'][phase] for each in deployed):.2f} s")  # noqa: T201
    alone = median(build_alone(home, project) for _ in range(ROUNDS))
    switched = median(each["phases"]["build"] + each["phases"]["switch"] for each in deployed)
    added = switched - alone
    verdict = "fine" if added <= MOST_ADDED_S else "TOO MUCH"
    print(f"until switched: {switched:.2f} s; building and installing alone: {alone:.2f} s")  # noqa: T201
    print(f"deploying adds {added:.2f} s, {switched / alone:.1f} times in all (at most {MOST_ADDED_S:g} s: {verdict})")  # noqa: T201
    return int(deployed[-1]["url"].rsplit(":", 1)[1].strip("/"))


def build_alone(home: Path, project: Path) -> float:
    """Seconds for a wheel and an environment with it, by the same commands of uv."""
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        begun = time.monotonic()
        venv = Path(scratch) / "venv"
        own = {"UV_PROJECT_ENVIRONMENT": str(venv)}
        run(home, ["uv", "build", "--wheel", "--quiet", "--out-dir", scratch, str(project)], project)
        run(home, ["uv", "sync", "--locked", "--no-dev", "--no-install-project", "--quiet"], project, **own)
        (wheel,) = Path(scratch).glob("*.whl")
        python = str(venv / "bin" / "python")
        run(home, ["uv", "pip", "install", "--quiet", "--no-deps", "--python", python, str(wheel)], project)
        return time.monotonic() - begun


async def under_load(home: Path, project: Path, port: int, load: tuple[int, float]) -> int:
    """Requests at a steady rate while releases are switched; how many went wrong."""
    requests, per_second = load
    stop = asyncio.Event()
    switching = asyncio.create_task(switch(home, project, stop))
    answers: list[str] = []
    kept: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
    begun = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(requests):
            await asyncio.sleep(max(0.0, begun + number / per_second - time.monotonic()))
            group.create_task(ask(port, answers, kept if number % 2 else None))
    seconds = time.monotonic() - begun
    stop.set()
    switches = await switching
    wrong = [each for each in answers if each]
    print(f"{requests} requests in {seconds:.0f} s through {switches} switches: {len(wrong)} failed")  # noqa: T201
    for each in sorted(set(wrong)):
        print(f"  {wrong.count(each)} x {each}")  # noqa: T201
    return len(wrong) + (switches < SWITCHES)


async def switch(home: Path, project: Path, stop: asyncio.Event) -> int:
    """Deploy and roll back in turns until it is said to stop; how often."""
    count = 0
    while not stop.is_set():
        extra = ["--rollback"] if count % 3 == 2 else []
        await asyncio.to_thread(goldenpath, home, "prod", "deploy", *extra, folder=project)
        count += 1
    return count


async def ask(
    port: int, answers: list[str], kept: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] | None
) -> None:
    """One request, on a connection that was kept if there is one; what went wrong with it, else an empty text."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            reader, writer = kept.pop() if kept else await asyncio.open_connection("127.0.0.1", port)
            closing = "" if kept is not None else "Connection: close\r\n"
            writer.write(f"GET /greetings/Ada HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{closing}\r\n".encode())
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(head.split("content-length:")[1].split()[0])
            body = await reader.readexactly(length)
            is_fine = head.split()[1] == "200" and json.loads(body)["message"] == "Hello, Ada!"
            answers.append("" if is_fine else f"{head.split()[1]} {body[:60]!r}")
            if kept is not None and "connection: close" not in head:
                kept.append((reader, writer))
            else:
                writer.close()
    except (OSError, EOFError, TimeoutError) as error:
        answers.append(repr(error))


def project_in(home: Path) -> Path:
    """A started project whose lock file is committed."""
    project = home / "song-api"
    goldenpath(home, "start", "backend", str(project), "--defaults", "--no-input", "--author", AUTHOR, folder=home)
    run(home, ["uv", "lock", "--quiet"], project)
    for command in (["add", "--all"], ["commit", "-qm", "Lock what it needs"]):
        run(home, ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.invalid", *command], project)
    return project


AUTHOR = "Ada Example <ada@example.invalid>"


def data(home: Path, *words: str, folder: Path) -> Any:
    """What a command reports in JSON."""
    return json.loads(goldenpath(home, *words, "--json", folder=folder))["data"]


def goldenpath(home: Path, *words: str, folder: Path) -> str:
    """What a command prints, which must succeed."""
    return run(home, [str(BIN / "goldenpath"), *words], folder)


def run(home: Path, command: list[str], folder: Path, **more: str) -> str:
    """What a command prints, which must succeed."""
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    own = {**os.environ, "GOLDENPATH_HOME": str(home / "goldenpath"), "PATH": path, **more}
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
