"""Processes that a command began, told by a mark that all of them inherit, whatever home or session they went into."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

MARK = "PROOF_OF_TEST"
HAS_PROCESSES = Path("/proc/self/environ").exists()


def family(mark: str) -> dict[int, str]:
    """The command lines of the processes with that mark, by their ids."""
    wanted = f"{MARK}={mark}".encode()
    found: dict[int, str] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                found[int(folder.name)] = b" ".join(words).decode(errors="replace").strip()
    return found


def wait_for(mark: str, *commands: str, count: int = 1, longest_s: float = 60) -> None:
    """Wait until so many processes of each of these command lines are there."""
    begun = time.monotonic()
    while time.monotonic() - begun < longest_s:
        lines = list(family(mark).values())
        if all(lines.count(command) >= count for command in commands):
            return
        time.sleep(0.05)
    raise AssertionError(f"{commands} never ran: {family(mark)}")


def gone(mark: str, longest_s: float) -> dict[int, str]:
    """What is still there when the time is over; it is killed, so that it is in nobody's way."""
    begun = time.monotonic()
    while family(mark) and time.monotonic() - begun < longest_s:
        time.sleep(0.05)
    left = family(mark)
    for number in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return left
