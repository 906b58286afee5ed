"""A machine of its own for a command: an empty home, a working folder, limits on time and memory, and what is left."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROGRAM = (sys.executable, "-m", "goldenpath")
QUIET = ("--defaults", "--no-input")
MEMORY_KB = 3_000_000
"""What a command may take, so that no bomb takes the machine down. Python with everything loaded takes 0.3 GB."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended. `code` is None when its time was over and it was killed."""

    code: int | None
    out: str
    err: str
    seconds: float

    @property
    def said(self) -> str:
        """Everything that it printed."""
        return self.out + self.err

    @property
    def data(self) -> Any:
        """What its one JSON object holds under `data`."""
        return json.loads(self.out)["data"]


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a command runs. `variables` are those of its environment, beside the few that every process has."""

    home: Path
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """Where goldenpath keeps everything."""
        return self.home / "goldenpath"

    def environment(self, **more: str) -> dict[str, str]:
        """What a command inherits: no `GIT_*`, no `PYTHON*`, nothing of whoever runs the tests."""
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "SYSTEMROOT") if name in os.environ}
        own = {
            "HOME": str(self.home),
            "GOLDENPATH_HOME": str(self.state),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
        }
        return {**kept, **own, **self.variables, **more}

    def begin(self, *arguments: object, limits: str = "", program: tuple[str, ...] = PROGRAM, **popen: Any) -> Running:
        """Begin a command, in a process group of its own."""
        script = f'ulimit -c 0; ulimit -v {MEMORY_KB}; {limits} exec "$@"'
        settings: dict[str, Any] = {
            "cwd": self.folder,
            "env": self.environment(),
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
            "start_new_session": True,
            **popen,
        }
        begun = time.monotonic()
        return Running(subprocess.Popen(["sh", "-c", script, "sh", *program, *map(str, arguments)], **settings), begun)

    def run(
        self,
        *arguments: object,
        timeout_s: float = 60,
        limits: str = "",
        variables: Mapping[str, str] | None = None,
        **popen: Any,
    ) -> Ended:
        """Run a command to its end, or until its time is over. `limits` are further `ulimit`s of its shell."""
        running = self.begin(*arguments, limits=limits, env=self.environment(**(variables or {})), **popen)
        return running.end(timeout_s)

    def events(self) -> list[str]:
        """The types of the events in the ledger, the first one first."""
        ended = self.run("ledger", "log", "--json")
        return [event["type"] for event in ended.data] if (self.state / "data" / "ledger.sqlite3").exists() else []

    def left(self) -> list[str]:
        """What a start that made no project must not leave: files beside it, an event, a repository on the forge."""
        forge = self.state / "data" / "forge"
        beside = [file.name for file in self.folder.iterdir()]
        return [*beside, *self.events(), *([file.name for file in forge.iterdir()] if forge.is_dir() else [])]


@dataclass(frozen=True, slots=True)
class Running:
    """A command that was begun."""

    process: subprocess.Popen[bytes]
    begun: float

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the command alone, as `kill` does."""
        self.process.send_signal(number)

    def send_all(self, number: signal.Signals) -> None:
        """Send a signal to the command and all its children, as a terminal does for Ctrl-C."""
        os.killpg(self.process.pid, number)

    def end(self, timeout_s: float = 60) -> Ended:
        """Wait for its end; when the time is over, kill it and everything that it began."""
        code: int | None
        try:
            out, err = self.process.communicate(timeout=timeout_s)
            code = self.process.returncode
        except subprocess.TimeoutExpired:
            self.send_all(signal.SIGKILL)
            out, err = self.process.communicate()
            code = None
        return Ended(code, _text(out), _text(err), time.monotonic() - self.begun)

    def children(self) -> list[str]:
        """The command lines of the processes that it left in its process group."""
        return [line for group, line in _processes() if group == self.process.pid]


def _processes() -> Iterator[tuple[int, str]]:
    listed = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        group, state, arguments = line.split(maxsplit=2)
        if not state.startswith("Z"):
            yield int(group), arguments


def _text(output: bytes | None) -> str:
    return (output or b"").decode(errors="backslashreplace")


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, which is made; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
