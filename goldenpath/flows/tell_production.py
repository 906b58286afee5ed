"""`prod status` and `prod alerts`: what runs, what is deployed, where it answers, and what Prometheus has to say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.production import keeping, ports, supervisor, watching
from goldenpath.core.errors import MachineError
from goldenpath.core.production import EDGE, PARTS, PROMETHEUS, STATIC_SLOT, WATCHING, ZONE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.production import Production, Service


@dataclass(frozen=True, slots=True)
class PartStatus:
    """A part: its state in the supervisor's word (or `missing`, `stopped`), where it listens, and for how long."""

    name: str
    state: str
    address: str
    uptime_s: int


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """What is deployed under a name. `names` are those that the zone gives it."""

    name: str
    kind: str
    state: str
    commit: str
    release: str
    slot: str
    url: str
    uptime_s: int
    project: str
    deployed_at: str
    releases: tuple[str, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that fires or is about to: its rule's name, the service, its state, since when, and what it says."""

    name: str
    service: str
    state: str
    since: str
    summary: str


@dataclass(frozen=True, slots=True)
class ProductionStatus:
    """Production as it is now. `is_up` when every part that this machine has answers.

    Unless `is_watched`, Prometheus can't be asked, and that there are no alerts says nothing.
    """

    is_up: bool
    folder: str
    dashboard: str
    zone: str
    parts: tuple[PartStatus, ...]
    services: tuple[ServiceStatus, ...]
    alerts: tuple[Alert, ...]
    is_watched: bool


def tell_production(settings: Settings) -> ProductionStatus:
    """Production as it is now; nothing is started. Raises MachineError when what is remembered can't be read."""
    folder = settings.production
    production = keeping.read(folder)
    running = supervisor.processes(folder)
    parts = tuple(_part(name, production, running) for name in PARTS)
    needed = [part for part in parts if part.state != "missing"]
    is_up = bool(running) and all(part.state == "running" for part in needed)
    alerts = _alerts(production) if running else None
    return ProductionStatus(
        is_up,
        str(folder),
        _url(production.ports.get(EDGE)) if is_up else "",
        ZONE,
        parts,
        tuple(_service(each, production, running) for each in production.services.values()),
        alerts or (),
        alerts is not None,
    )


def tell_alerts(settings: Settings) -> tuple[Alert, ...]:
    """The alerts that fire or are about to. Raises MachineError when there is nobody to ask, or nobody answers."""
    folder = settings.production
    production = keeping.read(folder)
    require_watching(folder, production)
    alerts = _alerts(production)
    if alerts is None:
        raise MachineError(
            "Prometheus does not answer, so nobody knows which alerts fire", hint="start it: goldenpath prod up"
        )
    return alerts


def require_watching(folder: Path, production: Production) -> None:
    """Raise MachineError when production is not up, or this machine has no Prometheus."""
    supervisor.require_up(folder)
    if PROMETHEUS not in production.ports:
        raise MachineError(
            "this machine has no Prometheus", hint=f"{watching.how_to_install()}, then: goldenpath prod up"
        )


def _part(name: str, production: Production, running: Mapping[str, supervisor.Process]) -> PartStatus:
    port, process = production.ports.get(name), running.get(name)
    if port is None:
        return PartStatus(name, "missing" if name in WATCHING else "stopped", "", 0)
    return PartStatus(name, _state(process, port), f"127.0.0.1:{port}", _uptime(process))


def _service(service: Service, production: Production, running: Mapping[str, supervisor.Process]) -> ServiceStatus:
    process, live = running.get(service.program), service.live
    is_static = service.slot == STATIC_SLOT
    serving, port = (running.get(EDGE), production.ports.get(EDGE)) if is_static else (process, None)
    names = tuple(name for name, target in production.names.items() if target == service.name)
    kind = live.file.kind if live else ""
    return ServiceStatus(
        service.name,
        kind,
        _state(serving, port or service.ports.get(service.slot)),
        live.commit if live else "",
        live.id if live else "",
        service.slot,
        _url(service.address) if kind != "job" else "",
        _uptime(process),
        service.root,
        live.deployed_at if live else "",
        tuple(release.commit for release in service.releases),
        names,
    )


def _state(process: supervisor.Process | None, port: int | None) -> str:
    """The supervisor's word, but for the first second, in which it doubts whether a program stays."""
    if process is None:
        return "stopped"
    if not process.is_running:
        return process.state.lower()
    return "running" if port is None or ports.answers(port) else "starting"


def _alerts(production: Production) -> tuple[Alert, ...] | None:
    """The alerts of every rule that Prometheus has; None when it can't be asked."""
    if PROMETHEUS not in production.ports:
        return None
    try:
        rules = watching.rules(production.ports[PROMETHEUS])
    except (OSError, ValueError):  # the second is what somebody else answers at its port
        return None
    found = [_of_rule(rule, each) for rule in rules for each in rule["alerts"]]
    return tuple(sorted(found, key=lambda alert: (alert.state, alert.name, alert.service)))


def _of_rule(rule: Mapping[str, Any], each: Mapping[str, Any]) -> Alert:
    labels, says = each["labels"], each["annotations"]
    service = str(labels.get("service") or labels.get("job") or "")
    return Alert(str(rule["name"]), service, str(each["state"]), str(each["activeAt"]), str(says.get("summary", "")))


def _url(port: int | None) -> str:
    return f"http://127.0.0.1:{port}/" if port else ""


def _uptime(process: supervisor.Process | None) -> int:
    return max(0, int(time.time()) - process.started_at) if process and process.state == "RUNNING" else 0
