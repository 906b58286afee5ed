"""`prod up`: production runs, all of it, or it is said which part does not and why."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.nameserver import asking
from goldenpath.adapters.production import edge, keeping, supervisor, watching
from goldenpath.adapters.production import program_files as files
from goldenpath.adapters.production.page import write_page
from goldenpath.core.errors import MachineError
from goldenpath.core.production import DNS, EDGE, PARTS, SLOTS, WATCHING, ZONE
from goldenpath.flows.lay_out_production import lay_out
from goldenpath.flows.load_monitoring import put_aside_bad_rules, reload_monitoring
from goldenpath.flows.try_release import is_ready_at
from goldenpath.flows.write_production import keep_edge, tell_edge, write_production
from goldenpath.flows.zone_repository import zone_repository

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.production import Production

PART_S = 30.0
"""How long a part may take until it answers."""


@dataclass(frozen=True, slots=True)
class Raised:
    """Production as it is up: who listens where, what the machine lacks, which ports had to change, and seconds.

    `unready` are services that were deployed and don't get ready again, `refused_rules` those whose alert rules
    Prometheus can't read: it was not there when they were deployed.
    """

    ports: Mapping[str, int]
    missing: tuple[str, ...]
    install: str
    moved: tuple[str, ...]
    services: tuple[str, ...]
    unready: tuple[str, ...]
    refused_rules: tuple[str, ...]
    zone_repository: str
    seconds: float


def raise_production(settings: Settings) -> Generator[str, None, Raised]:
    """Yields what is being done. Raises MachineError naming the part that does not come up, with the end of its log."""
    begun = time.monotonic()
    require_libraries()
    folder = settings.production
    yield from keeping.waiting(folder)
    with keeping.locked(folder):
        before = keeping.read(folder)
        zone = zone_repository(settings)
        production, programs, refused = yield from _started(folder, before)
        for part in (each for each in PARTS if each in programs):
            yield f"waiting for {part}"
            await_part(folder, production, part)
        reload_monitoring(folder, production)
        tell_edge(folder, production)
        unready = yield from _services_back(folder, production)
    return Raised(
        production.ports,
        tuple(part for part in WATCHING if part not in programs),
        watching.how_to_install(),
        _moved(before, production),
        tuple(production.services),
        unready,
        refused,
        str(zone),
        time.monotonic() - begun,
    )


def require_libraries() -> None:
    """Raise MachineError when our own parts are not installed."""
    if not (supervisor.is_installed() and edge.program() and asking.is_installed()):
        raise MachineError(
            "production needs supervisor, Caddy and dnspython, which are not all installed",
            hint=f"install them: {supervisor.INSTALL}",
        )


def _started(
    folder: Path, before: Production
) -> Generator[str, None, tuple[Production, Mapping[str, str], tuple[str, ...]]]:
    """Everything has its place and its file, and a supervisor that keeps it running; and whose rules are no good.

    What one that was killed has left is ended first: it has the ports.
    """
    programs = files.available_parts()
    is_up = supervisor.is_up(folder)
    if not is_up:
        supervisor.end_orphans(folder)
    running = [each.name for each in supervisor.processes(folder).values() if each.is_running]
    production = lay_out(before, programs, running)
    keeping.write(folder, production)
    write_page(folder)
    changed = files.write_parts(folder, production, programs)
    write_production(folder, production, programs)
    refused = put_aside_bad_rules(folder)
    if EDGE not in running:
        keep_edge(folder, production)
    yield from _supervised(folder, is_up=is_up)
    for part in changed:
        if part in running:
            supervisor.restart(folder, part)
    return production, programs, refused


def _supervised(folder: Path, *, is_up: bool) -> Iterator[str]:
    if is_up:
        supervisor.take_in(folder)
        return
    yield "starting supervisor"
    supervisor.start(folder)


def _services_back(folder: Path, production: Production) -> Generator[str, None, tuple[str, ...]]:
    """Start what was live, and wait for it; what does not get ready in its time."""
    unready: list[str] = []
    for service in production.services.values():
        if service.program:
            supervisor.start_program(folder, service.program)
    for service in production.services.values():
        live = service.live
        if live is None or service.slot not in SLOTS:
            continue
        yield f"waiting for {service.name}"
        end = time.monotonic() + live.file.ready_seconds
        while not (is_ready := is_ready_at(service.ports[service.slot], live)) and time.monotonic() < end:
            process = supervisor.processes(folder).get(service.program)
            if process is None or process.state in {"BACKOFF", "EXITED", "FATAL"}:
                break
            time.sleep(0.05)
        unready += [] if is_ready else [service.name]
    return tuple(unready)


def _moved(before: Production, after: Production) -> tuple[str, ...]:
    parts = [name for name, port in before.ports.items() if after.ports.get(name, port) != port]
    services = [each.name for each in before.services.values() if after.services[each.name].address != each.address]
    return (*parts, *services)


def await_part(folder: Path, production: Production, part: str) -> None:
    """Wait until a part answers. Raises MachineError with the end of its log."""
    end = time.monotonic() + PART_S
    supervisor.start_program(folder, part)
    while True:
        process = supervisor.processes(folder).get(part)
        if process is not None and process.is_running and _answers(folder, production, part):
            return
        if time.monotonic() > end or process is None or process.state == "FATAL":
            said = supervisor.log_end(folder / "logs" / f"{part}.log")
            raise MachineError(
                f"{part} does not come up on port {production.ports[part]}",
                hint=f"read all of its log: goldenpath prod logs {part}",
                log=said,
            )
        time.sleep(0.05)


def _answers(folder: Path, production: Production, part: str) -> bool:
    """Whether a part does what it is for, which a stranger on its port does not."""
    port = production.ports[part]
    if part in WATCHING:
        return watching.is_ready(port)
    if part == EDGE:
        return edge.is_ready(folder)
    try:
        return part == DNS and bool(asking.ask(port, ZONE, "SOA", 2.0))
    except OSError:
        return False
