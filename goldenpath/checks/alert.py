"""An alert rule is there, and does what it is for: it fires, it has fired, it is over."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from goldenpath.adapters import shell
from goldenpath.adapters.production import watching
from goldenpath.checks.standing import own_service, prometheus_of
from goldenpath.checks.verdict import blind, option, unknown, verdict, words, wrong
from goldenpath.core.production import Service
from goldenpath.core.times import parse_stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"state", "provoke", "relieve"})
STATES = ("loaded", "firing", "fired", "resolved")
_EVERY_S = 0.2
_PAST_S = 86_400


@dataclass(frozen=True, slots=True)
class _Watched:
    """Where the project's own rules are: Prometheus' port, and what is deployed of the project."""

    port: int
    service: Service


@dataclass(frozen=True, slots=True)
class _Rule:
    """What Prometheus knows of a rule. `state` is that of its worst alert, `has_fired` since the service is there."""

    state: str
    has_fired: bool


def look(check: Check, world: World) -> Finding:
    """Ask Prometheus for the project's rule of that name. With `provoke`, make it fire and, after `relieve`, be over.

    Another service's rule of the same name is not it. Unknown when this machine has no Prometheus.
    """
    name, state = option(check, "alert"), _state(check, "state")
    commands = {key: _argv(check, key) for key in ("provoke", "relieve") if key in check.options}
    expected = _SAYS[state].format(name=name)
    port = prometheus_of(world, expected)
    if not isinstance(port, int):
        return port
    service = own_service(world, expected)
    if not isinstance(service, Service):
        return service
    watched = _Watched(port, service)
    try:
        if commands:
            return _provoked(check, world, watched, commands)
        rule = _rule(watched, name)
    except OSError as error:
        return blind(expected=expected, found=f"Prometheus does not answer: {error}")
    if rule is None:
        return verdict(holds=False, expected=expected, found=_ABSENT.format(name=service.name))
    past = "it has fired" if rule.has_fired else "it never fired"
    return verdict(holds=_HOLDS[state](rule), expected=expected, found=f"it is {rule.state}, and {past}")


def _provoked(check: Check, world: World, watched: _Watched, commands: Mapping[str, list[str]]) -> Finding:
    name = option(check, "alert")
    expected = f"the alert {name} fires when it is provoked, and is over afterwards"
    missing = [argv[0] for argv in commands.values() if os.sep not in argv[0] and shell.find(argv[0]) is None]
    if missing:
        return unknown(expected, f"{missing[0]} is not on this machine", f"install {missing[0]}")
    rule = _rule(watched, name)
    if rule is None:
        return verdict(holds=False, expected=expected, found=_ABSENT.format(name=watched.service.name))
    if rule.state != "inactive":
        return verdict(holds=False, expected=expected, found=f"it is {rule.state} already, before it is provoked")
    try:
        if trouble := _run(check, world, "provoke", commands):
            return verdict(holds=False, expected=expected, found=trouble)
        if not _becomes(check, watched, is_firing=True):
            return verdict(holds=False, expected=expected, found=f"it did not fire within {check.timeout_s:g} s")
    finally:
        trouble = _run(check, world, "relieve", commands)
    if trouble:
        return verdict(holds=False, expected=expected, found=trouble)
    is_over = _becomes(check, watched, is_firing=False)
    return verdict(
        holds=is_over, expected=expected, found="it did" if is_over else f"it was not over after {check.timeout_s:g} s"
    )


def _run(check: Check, world: World, key: str, commands: Mapping[str, list[str]]) -> str:
    """Run a command of the check, if it has it; what went wrong, else nothing."""
    if key not in commands:
        return ""
    argv = commands[key]
    ran = shell.run(argv, folder=world.root, timeout_s=check.timeout_s)
    if ran is None:
        return f"{argv[0]} is not on this machine"
    return "" if ran.exit == 0 else f"`{key}` ended with {ran.exit}: {ran.output[-200:]}"


def _becomes(check: Check, watched: _Watched, *, is_firing: bool) -> bool:
    end = time.monotonic() + check.timeout_s
    while time.monotonic() < end:
        rule = _rule(watched, option(check, "alert"))
        if rule is not None and (rule.state == "firing") is is_firing:
            return True
        time.sleep(_EVERY_S)
    return False


def _rule(watched: _Watched, name: str) -> _Rule | None:
    file = f"{watched.service.name}.yml"
    found = [rule for rule in watching.rules(watched.port) if rule["name"] == name and Path(rule["file"]).name == file]
    if not found:
        return None
    states = {str(rule["state"]) for rule in found}
    state = next((each for each in ("firing", "pending") if each in states), "inactive")
    past = f"{_age_s(watched.service)}s"
    has_fired = any(watching.query(watched.port, f"max_over_time({_fired(rule)}[{past}])") for rule in found)
    return _Rule(state, has_fired)


def _fired(rule: Mapping[str, Any]) -> str:
    """The series that Prometheus writes while a rule fires; a service's label that is written out is its own."""
    wanted = {"alertname": rule["name"], "alertstate": "firing"}
    if (service := rule["labels"].get("service", "")) and "{{" not in service:
        wanted["service"] = service
    return "ALERTS{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in wanted.items()) + "}"


def _age_s(service: Service) -> int:
    """Whole seconds since the first release that is kept went live, at least 1, at most a day."""
    first = min(parse_stamp(release.deployed_at).timestamp() for release in service.releases)
    return min(_PAST_S, max(1, int(time.time() - first)))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _state(check: Check, key: str) -> str:
    state = option(check, key, STATES[0])
    if state not in STATES:
        raise wrong(check, f"`{key}` is {state!r}: it is one of {', '.join(STATES)}")
    return state


def _argv(check: Check, key: str) -> list[str]:
    argv = words(check, key)
    if not argv:
        raise wrong(check, f"`{key}` names no command")
    if "provoke" not in check.options:
        raise wrong(check, f"`{key}` is there, and nothing is provoked: add `provoke`")
    if "state" in check.options:
        raise wrong(check, "what is provoked fires, and is over: leave `state` out")
    return argv


_ABSENT = "Prometheus has no such rule of {name}"
_SAYS = {
    "loaded": "production has the alert {name}",
    "firing": "the alert {name} fires",
    "fired": "the alert {name} has fired",
    "resolved": "the alert {name} has fired, and is over",
}
_HOLDS: Mapping[str, Callable[[_Rule], bool]] = {
    "loaded": lambda _: True,
    "firing": lambda rule: rule.state == "firing",
    "fired": lambda rule: rule.has_fired,
    "resolved": lambda rule: rule.has_fired and rule.state == "inactive",
}
READS: Mapping[str, Read] = {"state": _state, "provoke": _argv, "relieve": _argv}
