"""supervisor: starts, watches and stops every program of production. Spoken to over its socket, XML-RPC."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from goldenpath.adapters import shell
from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production.keeping import SUPERVISOR_SOCKET, drop_sockets, make_socket_folder, socket_path
from goldenpath.core.deploy_file import MARK
from goldenpath.core.errors import MachineError
from goldenpath.core.production_files import SUPERVISOR

if TYPE_CHECKING:
    from pathlib import Path

INSTALL = f"{sys.executable} -m pip install 'goldenpath[prod]'"
START_S = 15.0
ANSWER_S = 30.0
STOP_S = 620.0
"""Longer than any program may take to stop, which is 600 s: then it is ended by force."""
_SHUTDOWN_STATE = 6
_NO_WAIT = False
_LOG_PIECE = 20_000


@dataclass(frozen=True, slots=True)
class Process:
    """A program as the supervisor knows it. `state` is one of its words: RUNNING, STARTING, BACKOFF, FATAL, ..."""

    name: str
    state: str
    pid: int
    started_at: int
    trouble: str

    @property
    def is_running(self) -> bool:
        """Whether it runs; for its first second the supervisor calls it starting."""
        return self.state in {"STARTING", "RUNNING"}


def is_installed() -> bool:
    """Whether supervisor is among our libraries."""
    from importlib.util import find_spec

    return find_spec("supervisor") is not None


def start(folder: Path) -> None:
    """Start it for a production folder, where none answers. Raises MachineError with the end of its log."""
    write_whole(folder / "supervisord.conf", SUPERVISOR)
    for each in ("logs", "programs"):
        (folder / each).mkdir(exist_ok=True)
    make_socket_folder(folder)
    own = {"GOLDENPATH_SOCKET": str(socket_path(folder, SUPERVISOR_SOCKET)), **mark(folder)}
    argv = [sys.executable, "-P", "-m", "supervisor.supervisord", "-c", "supervisord.conf"]
    left = shell.leave_running(argv, folder=folder, log=folder / "logs" / "start.log", **own)
    end = time.monotonic() + START_S
    while not is_up(folder):
        if left.poll() is not None or time.monotonic() > end:
            said = log_end(folder / "logs" / "start.log") or log_end(folder / "logs" / "supervisor.log")
            raise MachineError("supervisor does not come up", hint=f"read what is in {folder / 'logs'}", log=said)
        time.sleep(0.05)


def is_up(folder: Path) -> bool:
    """Whether the supervisor of this folder answers."""
    try:
        call(folder, "supervisor.getPID")
    except OSError:
        return False
    return True


def require_up(folder: Path) -> None:
    """Raise MachineError when production is not up."""
    if not is_up(folder):
        raise MachineError("production is not up", hint="start it: goldenpath prod up")


def processes(folder: Path) -> dict[str, Process]:
    """Every program that it knows; none when it does not answer."""
    try:
        found: list[dict[str, Any]] = call(folder, "supervisor.getAllProcessInfo")
    except OSError:
        return {}
    return {
        each["name"]: Process(each["name"], each["statename"], each["pid"], each["start"], each["spawnerr"])
        for each in found
    }


def take_in(folder: Path) -> None:
    """Let it read which programs there are: new ones start, changed ones start anew, those without a file stop."""
    ((added, changed, removed),) = call(folder, "supervisor.reloadConfig")
    for name in (*removed, *changed):
        _stop(folder, name)
        call(folder, "supervisor.removeProcessGroup", name)
    for name in (*changed, *added):
        call(folder, "supervisor.addProcessGroup", name)


def start_program(folder: Path, name: str) -> None:
    """Start a program that does not run, and wait for nothing."""
    with contextlib.suppress(MachineError):  # it runs already
        call(folder, "supervisor.startProcess", name, _NO_WAIT)


def signal_program(folder: Path, name: str, signal_name: str) -> None:
    """Send a signal to a program, like HUP. Raises MachineError when it does not run, OSError."""
    call(folder, "supervisor.signalProcess", name, signal_name)


def restart(folder: Path, name: str) -> None:
    """Stop a program if it runs, and start it anew."""
    _stop(folder, name)
    start_program(folder, name)


def stop(folder: Path) -> None:
    """Stop every program, then itself, and whatever of them is left. Nobody else's process is touched."""
    if is_up(folder):
        pid: int = call(folder, "supervisor.getPID")
        with contextlib.suppress(OSError):
            call(folder, "supervisor.shutdown")
        end = time.monotonic() + STOP_S
        while _is_running(pid) and time.monotonic() < end:
            time.sleep(0.05)
    end_orphans(folder)
    drop_sockets(folder)


def left_running(folder: Path) -> list[int]:
    """The processes of this folder, whoever keeps them."""
    from goldenpath.adapters.processes import marked

    return marked(*next(iter(mark(folder).items())))


def mark(folder: Path) -> dict[str, str]:
    """The variable by which every process of this folder is known, whatever its folder is called at the moment."""
    return {MARK: str(folder.resolve())}


def end_orphans(folder: Path) -> None:
    """End the processes of this folder that no supervisor of it keeps any more."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        left = left_running(folder)
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        end = time.monotonic() + 3.0
        while any(_is_running(pid) for pid in left) and time.monotonic() < end:
            time.sleep(0.05)


def log_end(path: Path, lines: int = 5) -> str:
    """The last lines of a log; empty when there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            asked = min(size, _LOG_PIECE)
            found = _end_of(file, asked)
            while found.count(b"\n") < lines and asked < size:
                asked = min(size, 2 * asked)
                found = _end_of(file, asked)
    except OSError:
        return ""
    return "\n".join(found.decode(errors="replace").replace("\r\n", "\n").split("\n")[-lines:])


def _end_of(file: IO[bytes], size: int) -> bytes:
    """The last bytes of a file, without the room after its last line."""
    file.seek(-size, os.SEEK_END)
    return file.read().rstrip()


def call(folder: Path, method: str, *arguments: Any) -> Any:
    """What the supervisor answers. Raises OSError when none is there, MachineError when it refuses."""
    import xmlrpc.client
    from http.client import HTTPException

    try:
        with xmlrpc.client.ServerProxy("http://localhost", transport=_transport(folder)) as server:
            target: Any = server
            for part in method.split("."):
                target = getattr(target, part)
            return target(*arguments)
    except xmlrpc.client.Fault as fault:
        if fault.faultCode == _SHUTDOWN_STATE:
            raise OSError("supervisor is going down") from fault
        raise MachineError(
            f"supervisor refuses {method.rpartition('.')[2]} {' '.join(map(str, arguments))}: {fault.faultString}",
            hint="see what runs: goldenpath prod status",
        ) from fault
    except (HTTPException, xmlrpc.client.Error) as error:
        raise OSError(f"supervisor does not answer: {error}") from error


def _transport(folder: Path) -> Any:
    import xmlrpc.client

    from goldenpath.adapters.production.unix_http import UnixConnection

    path = str(socket_path(folder, SUPERVISOR_SOCKET))

    class Transport(xmlrpc.client.Transport):
        def make_connection(self, host: Any) -> UnixConnection:
            self._connection = host, UnixConnection(path, timeout_s=ANSWER_S)  # so that closing the transport closes it
            return self._connection[1]

    return Transport()


def _stop(folder: Path, name: str) -> None:
    """Stop a program, and wait for it as long as it may take; the supervisor ends it by force then."""
    with contextlib.suppress(MachineError):  # it does not run
        call(folder, "supervisor.stopProcessGroup", name, _NO_WAIT)
    end = time.monotonic() + STOP_S
    while time.monotonic() < end:
        process = processes(folder).get(name)
        if process is None or process.state in {"STOPPED", "EXITED", "FATAL", "UNKNOWN"}:
            return
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    from goldenpath.adapters.processes import is_running

    return is_running(pid)
