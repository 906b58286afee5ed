"""Running commands: no shell, no input, a time limit, and no child left behind. The only file that knows subprocess."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from shutil import which
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import child_environment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_OUTPUT = 200_000
"""How many characters of a command's output are kept, from its end."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did. `exit` is None when the time limit ended it; `output` is stdout followed by stderr."""

    argv: tuple[str, ...]
    exit: int | None
    stdout: str
    stderr: str
    seconds: float

    @property
    def output(self) -> str:
        """Everything that it printed."""
        return "\n".join(part for part in (self.stdout.rstrip(), self.stderr.rstrip()) if part)


def find(tool: str) -> str | None:
    """Where `tool` is on the PATH, or None."""
    return which(tool)


def run(argv: Sequence[str], *, folder: Path, timeout_s: float, **environment: str) -> Ran | None:
    """Run `argv` in `folder` until it ends or `timeout_s` is over; None when there is no such tool.

    The command gets a process group of its own, and the whole group is ended with it.
    """
    tool = find(argv[0]) if os.sep not in argv[0] else str(folder / argv[0])
    if tool is None or not os.access(tool, os.X_OK):
        return None
    begun = time.monotonic()
    with subprocess.Popen(
        [tool, *argv[1:]],
        cwd=folder,
        env=child_environment(**environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        code: int | None
        try:
            stdout, stderr = process.communicate(timeout=timeout_s)
            code = process.returncode
        except subprocess.TimeoutExpired:
            _end(process)
            stdout, stderr = process.communicate()
            code = None
        except BaseException:
            _end(process)
            raise
    return Ran(tuple(argv), code, stdout[-MOST_OUTPUT:], stderr[-MOST_OUTPUT:], time.monotonic() - begun)


def _end(process: subprocess.Popen[str]) -> None:
    for deadly, grace_s in ((signal.SIGTERM, 2.0), (signal.SIGKILL, 5.0)):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, deadly)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=grace_s)
            return
