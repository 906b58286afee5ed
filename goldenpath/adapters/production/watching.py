"""Prometheus and Alertmanager: where they are, what they are told, and what they know."""

from __future__ import annotations

import itertools
import json
import sys
from typing import TYPE_CHECKING, Any

from goldenpath.adapters import http, shell
from goldenpath.core.errors import ChecksFailedError, MachineError
from goldenpath.core.production import ALERTMANAGER, PROMETHEUS

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMS = {PROMETHEUS: ("prometheus",), ALERTMANAGER: ("prometheus-alertmanager", "alertmanager")}
"""Debian puts its own name before the second."""
_PATIENCE_S = 10.0
_PROMTOOL_S = 60.0


def program(part: str) -> str | None:
    """Where Prometheus or Alertmanager is on this machine; None when it is not there."""
    return next((found for name in PROGRAMS[part] if (found := shell.find(name))), None)


def how_to_install() -> str:
    """The command that installs both."""
    if sys.platform == "darwin":
        return "brew install prometheus alertmanager"
    return "sudo apt-get install prometheus prometheus-alertmanager"


def check_rules(folder: Path, rules: Path) -> int:
    """How many rules a file holds, as promtool counts them. Raises ChecksFailedError with what promtool says."""
    ran = shell.run(["promtool", "check", "rules", str(rules)], folder=folder, timeout_s=_PROMTOOL_S)
    if ran is None:
        raise MachineError("promtool is not on this machine", hint="it comes with Prometheus")
    if ran.exit != 0:
        said = ran.output.replace(str(rules), rules.name).strip()
        raise ChecksFailedError(f"promtool refuses {rules.name}", hint="put the rules right, and commit them", log=said)
    return _found(ran.stdout)


def _found(said: str) -> int:
    words = said.split()
    return next((int(word) for word, after in itertools.pairwise(words) if after == "rules"), 0)


def query(port: int, expression: str) -> list[tuple[dict[str, str], float]]:
    """The labels and values that a PromQL expression has now. Raises OSError when nobody answers, ValueError when
    Prometheus can't read the expression.

    https://prometheus.io/docs/prometheus/latest/querying/api/
    """
    found = _asked(f"http://127.0.0.1:{port}/api/v1/query?query={http.quoted(expression)}")
    result = found["result"]
    if found["resultType"] in {"scalar", "string"}:
        return [({}, float(result[1]))] if found["resultType"] == "scalar" else []
    return [(each["metric"], float(each["value"][1])) for each in result if "value" in each]


def rules(port: int) -> list[dict[str, Any]]:
    """Every alert rule that Prometheus has, with its state, and the `file` that it stands in.

    Raises OSError when Prometheus does not answer.
    """
    groups = _asked(f"http://127.0.0.1:{port}/api/v1/rules?type=alert")["groups"]
    return [{**rule, "file": str(group["file"])} for group in groups for rule in group["rules"]]


def is_ready(port: int) -> bool:
    """Whether Prometheus or Alertmanager says that it is ready."""
    try:
        return http.request(f"http://127.0.0.1:{port}/-/ready", method="GET", timeout_s=2.0).status == 200
    except OSError:
        return False


def _asked(url: str) -> dict[str, Any]:
    reply = http.request(url, method="GET", timeout_s=_PATIENCE_S)
    try:
        found = json.loads(reply.body)
    except ValueError as error:
        raise OSError(f"Prometheus answers {reply.status}, and no JSON") from error
    if not isinstance(found, dict) or "status" not in found:
        raise OSError(f"Prometheus answers {reply.status}, and not as it does")
    if found["status"] != "success":
        raise ValueError(str(found.get("error", reply.status)))
    data: dict[str, Any] = found["data"]
    return data
