"""The process that renders: it reads one order a line and answers with a line, so that a render can be limited, and
ended, whatever it does. Started by `process` as `python -P -m goldenpath.adapters.rendering.worker IN OUT`.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import queue
import resource
import signal
import sys
import tempfile
import threading
import traceback
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

from goldenpath.adapters.settings import replace_environment
from goldenpath.core.errors import GoldenpathError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MEMORY = 4 * 1024**3
"""Bytes of address space for a template that nobody trusts."""


_OBJECTS = 100_000
"""After how many new objects Python looks for cycles of them."""


def main() -> None:
    """Render until whoever ordered is gone."""
    gc.disable()  # looking for cycles takes a tenth of the time in which Copier is loaded
    import_module("goldenpath.adapters.rendering.copying")
    gc.freeze()
    gc.enable()
    gc.set_threshold(_OBJECTS)  # looking for cycles, which a render hardly makes, took a fifth of its time
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    incoming = os.fdopen(int(sys.argv[1]), "rb")
    threading.Thread(target=_receive, args=(incoming, orders), daemon=True).start()
    with os.fdopen(int(sys.argv[2]), "w", encoding="utf-8") as outgoing:
        while True:
            outgoing.write(json.dumps(_answer(json.loads(orders.get()))) + "\n")
            outgoing.flush()


def _receive(incoming: IO[bytes], orders: queue.SimpleQueue[bytes]) -> None:
    """Pass orders on; when the other end is gone, in whatever way, nothing may go on working here."""
    for line in incoming:
        orders.put(line)
    os.killpg(0, signal.SIGKILL)


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    from plumbum import local

    from goldenpath.adapters.rendering.copying import Render, render
    from goldenpath.adapters.rendering.tracing import drain

    environment, bytes_at_most = order.pop("environment"), order.pop("bytes")
    replace_environment(environment)
    tempfile.tempdir = None  # it is looked for again
    local.env.clear()
    local.env.update(environment)
    wanted = Render(**order)
    try:
        with _bounded(bytes_at_most) if not wanted.is_trusted else contextlib.nullcontext():
            render(wanted)
    except GoldenpathError as error:
        fault = getattr(error, "fault", None)
        place = {"file": fault.file, "line": fault.line} if fault else {"file": "", "line": 0}
        is_spent = isinstance(error.__cause__, MemoryError)
        return {"error": error.code, "message": error.message, "hint": error.hint, "is_spent": is_spent, **place}
    except Exception:  # noqa: BLE001 - our own bug: it crosses the pipe, and is one there
        return {"error": "bug", "message": traceback.format_exc(), "hint": "", "is_spent": True}
    return {"took": sorted(drain())} if wanted.is_traced else {}


@contextlib.contextmanager
def _bounded(bytes_at_most: int) -> Iterator[None]:
    """Bound memory, and any one file; where the system knows no such bound, the clock still ends a bomb."""
    before = {kind: resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)}
    wanted = {resource.RLIMIT_AS: MOST_MEMORY, resource.RLIMIT_FSIZE: bytes_at_most}
    for kind, most in wanted.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (most, before[kind][1]))
    try:
        yield
    finally:
        for kind, limits in before.items():
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(kind, limits)


if __name__ == "__main__":
    main()
