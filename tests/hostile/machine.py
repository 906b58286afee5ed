"""A machine of its own for a command: an empty home, a working folder, limits on time and memory, and what is left."""

from __future__ import annotations

import contextlib
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

    @property
    def temporary(self) -> Path:
        """Where its temporary files go, so that what is left there is seen."""
        return self.home.parent / "tmp"

    def environment(self, **more: str) -> dict[str, str]:
        """What a command inherits: no `GIT_*`, no `PYTHON*`, nothing of whoever runs the tests."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        own = {
            "HOME": str(self.home),
            "GOLDENPATH_HOME": str(self.state),
            "TMPDIR": str(self.temporary),
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
        argv = ["sh", "-c", script, "sh", *program, *map(str, arguments)]
        return Running(subprocess.Popen(argv, **settings), begun, self.home)

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
        folders = (self.folder, self.temporary, self.state / "data" / "forge")
        return [*(file.name for folder in folders if folder.is_dir() for file in folder.iterdir()), *self.events()]


@dataclass(frozen=True, slots=True)
class Running:
    """A command that was begun."""

    process: subprocess.Popen[bytes]
    begun: float
    home: Path

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

    def family(self) -> list[str]:
        """The command lines of the processes that it began and that still run, the command itself left out."""
        return [line for _, line in self._family()]

    def clear_up(self) -> None:
        """Kill what it left behind, one process after the other."""
        for number, _ in self._family():
            with contextlib.suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)

    def _family(self) -> list[tuple[int, str]]:
        home = f"HOME={self.home}".encode()
        return [
            (number, line)
            for number, line in _processes()
            if number != self.process.pid and home in _environment_of(number).split(b"\0")
        ]


def _processes() -> Iterator[tuple[int, str]]:
    listed = subprocess.run(["ps", "-eo", "pid=,stat=,args="], check=True, capture_output=True, text=True).stdout
    for line in listed.splitlines():
        number, state, arguments = line.split(maxsplit=2)
        if not state.startswith("Z"):
            yield int(number), arguments


def _environment_of(number: int) -> bytes:
    """What a process inherited: its home tells ours from any other, whatever group or session it went into."""
    try:
        return Path(f"/proc/{number}/environ").read_bytes()
    except OSError:
        return b""


def _text(output: bytes | None) -> str:
    return (output or b"").decode(errors="backslashreplace")


def new_machine(folder: Path, *, settings: str = "") -> Machine:
    """A machine below an empty folder. `settings` are added to what git's configuration says of the person."""
    machine = Machine(folder / "home", folder / "work")
    for each in (machine.home, machine.folder, machine.temporary):
        each.mkdir()
    identity = "[user]\n\tname = Ada Example\n\temail = ada@example.org\n"
    (machine.home / ".gitconfig").write_text(identity + settings)
    return machine


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write files below a folder, which is made; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder
