"""Commands in processes of their own, quickly begun: one process has everything loaded, and forks.

A child takes its circumstances, runs one command line, and tells what it flushed to the disk, and in which order.
"""

from __future__ import annotations

import fcntl
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import traceback
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tests.trouble.circumstances import IS_LINUX, Circumstances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT = Path(__file__).parents[2]
LONGEST_S = 120
"""How long a command may take; one that hangs ends with -14."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it did about its files: `["fsync", PATH]` and `["rename", FROM, TO]`, in order."""

    code: int
    out: str
    err: str
    flushed: list[list[str]] = field(default_factory=list)

    @property
    def data(self) -> Any:
        """What its one JSON object holds under `data`."""
        return json.loads(self.out)["data"]

    @property
    def warnings(self) -> list[str]:
        """The lines in which it warned."""
        return [line for line in self.err.splitlines() if line.startswith("warning: ")]

    @property
    def hints(self) -> list[str]:
        """What it said to do."""
        return [line.removeprefix("hint: ") for line in self.err.splitlines() if line.startswith("hint: ")]


class Children:
    """The process that forks."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], folder: Path, environment: Mapping[str, str], around: Circumstances
    ) -> Ended:
        """Run one command to its end."""
        files = {name: str(self._scratch / name) for name in ("out", "err", "flushed")}
        order = {
            "arguments": list(arguments),
            "folder": str(folder),
            "environment": dict(environment),
            "around": asdict(around),
            **files,
        }
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        code = self._process.stdout.readline()
        assert code, "the process that forks has ended: does everything load?"
        out, err, flushed = (Path(file).read_text(encoding="utf-8") for file in files.values())
        return Ended(int(code), out, err, json.loads(flushed or "[]"))

    def end(self) -> None:
        """Let it go."""
        self._process.communicate(timeout=30)


def serve() -> None:
    """Fork a child for every line of orders, and answer with its exit code."""
    _load_everything()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _load_everything() -> None:
    import goldenpath

    for module in pkgutil.walk_packages(goldenpath.__path__, "goldenpath."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in ("copier", "jinja2", "markdown_it", "packaging.version", "platformdirs"):
        importlib.import_module(name)


def _become(order: dict[str, Any]) -> NoReturn:
    code = 99
    try:
        handles = {name: os.open(order[name], os.O_CREAT | os.O_TRUNC | os.O_WRONLY) for name in ("out", "err")}
        flushed = os.open(order["flushed"], os.O_CREAT | os.O_TRUNC | os.O_WRONLY)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(handles["out"], 1)
        os.dup2(handles["err"], 2)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["folder"])
        tempfile.tempdir = None
        code = _obey(order, flushed)
    except BaseException:  # noqa: BLE001 - told by the exit code 99 and on stderr
        traceback.print_exc()
        sys.stderr.flush()
    os._exit(code)


def _obey(order: dict[str, Any], flushed: int) -> int:
    from goldenpath.cli.boundary import main

    signal.alarm(LONGEST_S)
    notes = _note_what_is_flushed()
    Circumstances(**order["around"]).take_effect()
    code = main(order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(flushed, json.dumps(notes).encode())
    return code


def _note_what_is_flushed() -> list[list[str]]:
    """A list that grows with every fsync and rename of this process."""
    notes: list[list[str]] = []
    fsync, rename = os.fsync, os.replace

    def noted_fsync(handle: int) -> None:
        fsync(handle)
        notes.append(["fsync", _name_of(handle)])

    def noted_rename(source: Any, target: Any, **more: Any) -> None:
        rename(source, target, **more)
        notes.append(["rename", os.fspath(source), os.fspath(target)])

    os.fsync, os.replace = noted_fsync, noted_rename  # type: ignore[assignment]
    return notes


def _name_of(handle: int) -> str:
    if IS_LINUX:
        return os.readlink(f"/proc/self/fd/{handle}")  # noqa: PTH115
    named: bytes = fcntl.fcntl(handle, getattr(fcntl, "F_GETPATH"), bytes(1024))  # noqa: B009 - macOS has it
    return named.rstrip(b"\0").decode()


if __name__ == "__main__":
    serve()
