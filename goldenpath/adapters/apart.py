"""Processes of ours that work apart: with their own environment, leaving nothing behind, with the network shut."""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, NoReturn

from goldenpath.adapters.processes import end_descendants
from goldenpath.adapters.settings import replace_environment
from goldenpath.adapters.signals import put_off
from goldenpath.core.errors import GoldenpathError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.process import BaseProcess

GRACE_S = 5.0
"""How long a process has to end what it started before it is killed."""
_SUBREAPER = 36
"""`PR_SET_CHILD_SUBREAPER` of prctl(2): who is orphaned below us becomes our child, and can be ended."""


@dataclass(frozen=True, slots=True)
class Told:
    """What came from a process: something that it tells on its way, its result, or the error that it ended with."""

    kind: str
    value: Any


class Apart:
    """A process that calls one function. It leads a session, so that no Ctrl-C reaches it but through us."""

    def __init__(self, function: Callable[..., Any], argument: Any, environment: Mapping[str, str]) -> None:
        """Begin. `function` gets the argument, and a function with which it tells how far it is."""
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        own = dict(environment)
        self._process: BaseProcess = context.Process(target=_serve, args=(theirs, own, function, argument))
        with put_off():
            self._process.start()
        theirs.close()

    def receive(self) -> Told:
        """What it tells next."""
        try:
            told: Told = self.connection.recv()
        except (EOFError, ConnectionError):
            self._process.join()
            return Told("bug", f"the process ended with {self._process.exitcode}")
        return told

    def fail(self, told: Told) -> NoReturn:
        """Raise what it ended with: GoldenpathError, OSError, or RuntimeError for a bug of ours."""
        raise _again(told)

    def stop(self) -> None:
        """Let it end what it started, and end it."""
        self.connection.close()
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(GRACE_S)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._process.close()


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def ready(processes: Sequence[Apart], timeout_s: float) -> list[Apart]:
    """Those that have something to tell."""
    waiting = {process.connection: process for process in processes}
    return [waiting[each] for each in wait(list(waiting), timeout_s) if isinstance(each, Connection)]


class Offline:
    """A process beside this one that has no network but a loopback of its own. It calls functions for us."""

    def __init__(self) -> None:
        """Begin it. `trouble` says why this system has no such thing; empty when it has."""
        context = multiprocessing.get_context("fork")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve_offline, args=(self._connection, theirs))
        self._process.start()
        theirs.close()
        self.trouble: str = self._connection.recv()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the function returns there. Raises GoldenpathError and OSError as it does."""
        self._connection.send((function, arguments))
        told: Told = self._connection.recv()
        if told.kind != "done":
            raise _again(told)
        return told.value

    def stop(self) -> None:
        """End it."""
        self._connection.close()
        self._process.kill()
        self._process.join()


def _serve(connection: Connection, environment: Mapping[str, str], function: Callable[..., Any], argument: Any) -> None:
    """Keep house for the process that works: take in whoever is orphaned below it, and end what it leaves."""
    os.setsid()
    replace_environment(environment)
    _adopt_orphans()
    worker = multiprocessing.get_context("fork").Process(target=_work, args=(connection, function, argument))
    worker.start()
    connection.close()
    signal.signal(signal.SIGTERM, _terminate)
    threading.Thread(target=_watch, daemon=True).start()
    try:
        while os.waitpid(-1, 0)[0] != worker.pid:
            pass
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        end_descendants()


def _work(connection: Connection, function: Callable[..., Any], argument: Any) -> None:
    def tell(value: Any) -> None:
        connection.send(Told("told", value))

    with contextlib.suppress(BrokenPipeError):  # whoever began us is ending, and us soon
        connection.send(_called(function, (argument, tell)))


def _terminate(_number: int, _frame: Any) -> None:
    raise KeyboardInterrupt


def _watch() -> None:
    """When whoever began us is gone, in whatever way, nothing may go on working here."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        end_descendants()
        os.kill(os.getpid(), signal.SIGKILL)


def _called(function: Callable[..., Any], arguments: Sequence[Any]) -> Told:
    try:
        return Told("done", function(*arguments))
    except GoldenpathError as error:
        return Told("failed", (type(error), error.message, error.hint, getattr(error, "fault", None)))
    except OSError as error:
        return Told("refused", error)
    except Exception:  # noqa: BLE001 - our own bug: it crosses the pipe, and is one there
        return Told("bug", traceback.format_exc())


def _again(told: Told) -> Exception:
    """The error, or the nearest kind above it that is made of no more than its words."""
    if told.kind == "refused":
        error: OSError = told.value
        return error
    if told.kind != "failed":
        return RuntimeError(str(told.value))
    kind, message, hint, fault = told.value
    for each in kind.__mro__[:-1]:
        with contextlib.suppress(TypeError):
            made = each(message, hint=hint)
            if isinstance(made, TemplateError):
                made.fault = fault
            if isinstance(made, GoldenpathError):
                return made
    return GoldenpathError(message, hint=hint)


def _serve_offline(theirs: Connection, connection: Connection) -> None:
    """Answer until nobody holds the other end any more, which is why a copy of that must not be kept here."""
    theirs.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    connection.send(_shut_network())
    with contextlib.suppress(EOFError, OSError):
        while True:
            function, arguments = connection.recv()
            connection.send(_called(function, arguments))


def _shut_network() -> str:
    """Go into a network namespace of our own, whose loopback is up; why that can't be, else nothing.

    unshare(2), user_namespaces(7), netdevice(7).
    """
    if sys.platform != "linux":
        return f"{sys.platform} has no network namespaces"
    import fcntl
    import socket
    import struct

    new_user, new_network, set_flags, is_up = 0x10000000, 0x40000000, 0x8914, 0x1
    user, group = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(new_user | new_network) != 0:
        return f"this system allows no network namespace: {os.strerror(ctypes.get_errno())}"
    try:
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:  # noqa: PTH123 - one write, as it must be
                file.write(text)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", is_up))
    except OSError as error:
        return f"this system allows no network namespace: {error.strerror}"
    return ""


def _adopt_orphans() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
