"""Production's folder: what is remembered, written whole, and a lock for whoever changes it."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import stat
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from goldenpath.adapters.durable import make_folder, write_whole
from goldenpath.adapters.production.page import write_services
from goldenpath.core.deploy_file import DeployFile
from goldenpath.core.errors import MachineError
from goldenpath.core.production import Production, Release, Service

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE = "production.json"
FORMAT = 1
SUPERVISOR_SOCKET, EDGE_SOCKET = "supervisor.sock", "edge.sock"
LOCK_S = 600.0
"""How long to wait for another command that changes production."""
_LONGEST_SOCKET = 90
"""sockaddr_un holds 104 bytes on macOS, 108 on Linux, and supervisor adds its process id while it makes one."""


def read(folder: Path) -> Production:
    """What is remembered; nothing when production never was up. Raises MachineError when it can't be read."""
    path = folder / STATE
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise MachineError(f"{path} was written by a newer goldenpath", hint="update goldenpath")
        services = {name: _service(each) for name, each in found["services"].items()}
        return Production(found["ports"], services, found["names"])
    except FileNotFoundError:
        return Production()
    except (ValueError, KeyError, TypeError) as error:
        raise MachineError(
            f"{path} can't be read: {error!r}", hint="begin again with: goldenpath prod reset"
        ) from error


def write(folder: Path, production: Production) -> None:
    """Remember it, and let the dashboard show it. Raises OSError; then what is remembered is as it was."""
    write_services(folder, production)
    write_whole(folder / STATE, json.dumps({"format": FORMAT, **asdict(production)}, indent=1) + "\n")


def _service(found: dict[str, Any]) -> Service:
    return Service(**{**found, "releases": tuple(_release(each) for each in found["releases"])})


def _release(found: dict[str, Any]) -> Release:
    file: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in found["file"].items()
    }
    return Release(**{**found, "file": DeployFile(**file)})


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only one who changes production. Raises MachineError when somebody else does for very long."""
    end = time.monotonic() + LOCK_S
    while True:
        make_folder(folder)
        with (folder / "lock").open("a", encoding="utf-8") as file:
            if _is_taken(file) and _is_still_there(folder / "lock", file):
                yield
                return
        if time.monotonic() > end:
            raise MachineError("another goldenpath changes production, and does not end", hint="see it: ps -ef")
        time.sleep(0.1)


def _is_taken(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_still_there(path: Path, file: IO[str]) -> bool:
    """Whether a reset has not taken the file away meanwhile, with all of production."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def is_busy(folder: Path) -> bool:
    """Whether somebody else changes production now."""
    try:
        with (folder / "lock").open("a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def socket_path(folder: Path, name: str) -> Path:
    """Where a program listens on a file: in the folder, or in a private one with a short name when that is too long."""
    path = folder / name
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path("/tmp" if os.name == "posix" else tempfile.gettempdir()) / f"goldenpath-{os.getuid()}-{digest}" / name  # noqa: S108 - see make_socket_folder


def make_socket_folder(folder: Path) -> None:
    """Make the private folder of the sockets, where one is needed. Raises MachineError when somebody else has that."""
    short = socket_path(folder, SUPERVISOR_SOCKET).parent
    if short == folder:
        return
    with contextlib.suppress(FileExistsError):
        short.mkdir(mode=0o700)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise MachineError(f"{short} is not yours alone", hint=f"look at it, and move it away: ls -ld {short}")


def drop_sockets(folder: Path) -> None:
    """Remove what nobody listens on any more."""
    for name in (SUPERVISOR_SOCKET, EDGE_SOCKET):
        path = socket_path(folder, name)
        path.unlink(missing_ok=True)
        if path.parent != folder:
            with contextlib.suppress(OSError):
                path.parent.rmdir()


def waiting(folder: Path) -> Iterator[str]:
    """What to say while somebody else changes production."""
    if is_busy(folder):
        yield "waiting for another goldenpath that changes production"
