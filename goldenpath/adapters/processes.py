"""Which processes there are, and ending those that are ours. The only file that knows psutil."""

from __future__ import annotations

import contextlib
import os

_MOST_ROUNDS = 20
_GRACE_S = 5.0


def running() -> frozenset[int]:
    """The ids of all processes that this one's keeper has below it: its own, and those that went on without it."""
    import psutil

    return frozenset(each.pid for each in psutil.Process(os.getppid()).children(recursive=True))


def end_descendants() -> None:
    """Kill every process below this one, whatever session it went into; who is killed can orphan others."""
    import psutil

    for _ in range(_MOST_ROUNDS):
        below = psutil.Process().children(recursive=True)
        if not below:
            return
        for each in below:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                each.kill()
        psutil.wait_procs(below, timeout=_GRACE_S / _MOST_ROUNDS)


def marked(variable: str, value: str) -> list[int]:
    """This user's processes whose environment has a variable of that value, but for this one and those above it."""
    import psutil

    own = {os.getpid(), *(each.pid for each in psutil.Process().parents())}
    found: list[int] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_ours = process.uids().real == os.getuid() and process.pid not in own
            if is_ours and process.environ().get(variable) == value:
                found.append(process.pid)
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process that is no zombie."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def listening(pid: int) -> list[str]:
    """The addresses, with ports, on which a process and those below it take connections; none when it is not ours."""
    import psutil

    found: list[str] = []
    with contextlib.suppress(psutil.Error):
        whole = psutil.Process(pid)
        for process in (whole, *whole.children(recursive=True)):
            sockets = process.net_connections(kind="inet")
            found += [f"{each.laddr.ip}:{each.laddr.port}" for each in sockets if each.status == psutil.CONN_LISTEN]
    return found
