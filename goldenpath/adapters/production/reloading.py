"""Prometheus reads its rules anew when it gets a signal; an interface for that would be open to every web page."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from goldenpath.adapters import http
from goldenpath.adapters.production import supervisor
from goldenpath.core.errors import MachineError
from goldenpath.core.production import PROMETHEUS

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_S = 10.0
_DONE = "prometheus_config_last_reload_success_timestamp_seconds"
_FINE = "prometheus_config_last_reload_successful"


def reload(folder: Path, port: int) -> bool:
    """Let Prometheus read its rules and targets again; whether it has, which it can't while it does not run.

    Raises MachineError when it refuses them.
    """
    before = _told(port)
    if before is None:
        return False
    try:
        supervisor.signal_program(folder, PROMETHEUS, "HUP")
    except (MachineError, OSError):
        return False
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        now = _told(port) or before
        if now.get(_FINE) == "0":
            said = supervisor.log_end(folder / "logs" / f"{PROMETHEUS}.log", lines=4)
            raise MachineError("Prometheus refuses its rules", hint="see: goldenpath prod logs prometheus", log=said)
        if now.get(_DONE) != before.get(_DONE):
            return True
        time.sleep(0.02)
    return False


def _told(port: int) -> dict[str, str] | None:
    """What Prometheus says about its own configuration; None when it does not answer."""
    try:
        reply = http.request(f"http://127.0.0.1:{port}/metrics", method="GET", timeout_s=2.0)
    except OSError:
        return None
    lines = (line.rpartition(" ") for line in reply.body.splitlines() if line.startswith("prometheus_config_last"))
    return {name: value for name, _, value in lines}
