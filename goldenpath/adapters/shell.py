"""Running commands: no shell, no input, a time limit, and no child left behind. The only file that knows subprocess."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from shutil import which
from typing import IO, TYPE_CHECKING

from goldenpath.adapters.settings import child_environment, lasting_environment
from goldenpath.adapters.signals import ignoring_interrupts, put_off

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

MOST_OUTPUT = 200_000
"""How many characters of a command's output are kept, from its end."""

GRACE_S = 2.0
"""How long a command that took too long has to clean up after itself."""

_TICK_S = 0.25
"""How often a command is looked at that may have ended and left something in the background."""

CANNOT_BE_RUN = 126
"""The exit code, as shells give it, of a file that is there and is no program."""


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
    try:
        own = child_environment(**environment)
        ended = run_to_its_end(lambda: begin([tool, *argv[1:]], own, folder=folder), timeout_s)
    except OSError as error:
        return Ran(tuple(argv), CANNOT_BE_RUN, "", f"{argv[0]} can't be run: {error.strerror}", 0.0)
    _signal(ended.process, signal.SIGKILL)
    stdout, stderr = (_text(output)[-MOST_OUTPUT:] for output in (ended.stdout, ended.stderr))
    return Ran(tuple(argv), ended.exit, stdout, stderr, time.monotonic() - begun)


def run_at_terminal(argv: Sequence[str], *, folder: Path, **environment: str) -> int:
    """Let the person work in a program of theirs, such as a shell; how it ended. Ctrl-C is for that program alone."""
    own = child_environment(**environment)
    with ignoring_interrupts():
        return subprocess.run(argv, cwd=folder, env=own, check=False).returncode


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that ended, and what it printed. `exit` is None when the time limit ended it."""

    process: subprocess.Popen[bytes]
    exit: int | None
    stdout: bytes
    stderr: bytes


def run_to_its_end(begin: Callable[[], subprocess.Popen[bytes]], timeout_s: float) -> Ended:
    """Begin a process that leads a group, and read until it ends or `timeout_s` is over; then its group is ended.

    It is also ended when somebody interrupts, at whatever moment.
    """
    process = None
    try:
        with put_off():
            process = begin()
        stdout, stderr = _communicated(process, timeout_s)
    except subprocess.TimeoutExpired:
        assert process is not None  # noqa: S101 - only waiting for it times out
        with process:
            _end(process)
            return Ended(process, None, *_rest(process))
    except BaseException:
        if process is not None:
            with process:
                _end(process)
        raise
    return Ended(process, process.returncode, stdout, stderr)


@dataclass(frozen=True, slots=True)
class Beside:
    """A process of ours that works beside this one, in a session of its own."""

    _process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """End it and all that it started, at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def ended(self) -> str:
        """How it ended, in words; it has closed its pipes."""
        code = self._process.wait()
        return f"by {signal.Signals(-code).name}" if code < 0 else f"with {code}"


def start_beside(argv: Sequence[str], *, pass_fds: Sequence[int], **environment: str) -> Beside:
    """Start a process of ours that works beside this one. It has no terminal; what it prints goes to our stderr."""
    process = subprocess.Popen(
        argv,
        cwd="/",
        env=child_environment(**environment),
        stdin=subprocess.DEVNULL,
        stdout=2,
        pass_fds=pass_fds,
        start_new_session=True,
    )
    return Beside(process)


def begin(
    argv: Sequence[str], environment: Mapping[str, str], *, folder: Path | None = None, stdin: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Begin a process for `run_to_its_end`; without `stdin` it reads nothing. Raises OSError."""
    return subprocess.Popen(
        argv,
        cwd=folder,
        env=environment,
        stdin=stdin or subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def _text(output: bytes) -> str:
    return output.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the group to end, and end what does not; at once when somebody does not want to wait for that."""
    try:
        _signal(process, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=GRACE_S)
    finally:
        _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[bytes], deadly: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, deadly)


def _communicated(process: subprocess.Popen[bytes], timeout_s: float) -> tuple[bytes, bytes]:
    """What it prints until it ends. What it left in the background, which may hold its pipes, is not waited for.

    Raises TimeoutExpired.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        left = deadline - time.monotonic()
        has_ended = process.poll() is not None
        try:
            return process.communicate(timeout=max(0.0, min(left, _TICK_S)))
        except subprocess.TimeoutExpired:
            if has_ended:
                with process:
                    _signal(process, signal.SIGKILL)
                    return _rest(process)
            if left <= 0:
                raise


def _rest(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    try:
        return process.communicate(timeout=GRACE_S)
    except subprocess.TimeoutExpired as error:  # a child went into a session of its own and holds the pipe
        return error.stdout or b"", error.stderr or b""


def leave_running(argv: Sequence[str], *, folder: Path, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start a program that goes on when we are gone: in a session of its own, what it prints in a log. Raises OSError.

    It inherits next to nothing of our environment. Whether it ended at once can be asked of what is returned.
    """
    with log.open("ab") as file:
        process = subprocess.Popen(
            argv,
            cwd=folder,
            env=lasting_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    _LEFT.append(process)
    return process


_LEFT: list[subprocess.Popen[bytes]] = []
"""What goes on without us is kept, since a Popen that is thrown away complains of a process that runs."""
