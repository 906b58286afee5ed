"""`prod remove`: a service leaves production, and nothing of it stays behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.production import keeping, supervisor
from goldenpath.adapters.production import program_files as files
from goldenpath.core import events as ev
from goldenpath.core.errors import UsageError
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.find_project import find_project
from goldenpath.flows.load_monitoring import reload_monitoring
from goldenpath.flows.plan_release import own_service
from goldenpath.flows.write_production import tell_edge, write_production

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings


@dataclass(frozen=True, slots=True)
class Removed:
    """The service that left, and the names that the zone still gives it."""

    service: str
    names: tuple[str, ...]


def name_service(settings: Settings, folder: Path, wanted: str | None) -> str:
    """The service that is meant: by its name, or that of the project around a folder. Raises UsageError."""
    production = keeping.read(settings.production)
    if not wanted:
        return own_service(production, find_project(folder)).name
    if wanted not in production.services:
        raise UsageError(f"nothing is deployed as {wanted}", hint=did_you_mean(wanted, production.services))
    return wanted


def remove_service(
    settings: Settings, ledger: Ledger, name: str, clock: Callable[[], datetime]
) -> Generator[str, None, Removed]:
    """Yields what is being done. The edge forgets it first. Raises MachineError when production is not up."""
    folder = settings.production
    yield from keeping.waiting(folder)
    with keeping.locked(folder):
        supervisor.require_up(folder)
        before = keeping.read(folder)
        service, after = before.services.get(name), before.without_service(name)
        if service is None:
            raise UsageError(f"{name} is not in production any more", hint="see what is: goldenpath prod status")
        yield f"stopping {name}"
        tell_edge(folder, after)
        keeping.write(folder, after)
        write_production(folder, after, files.available_parts())
        supervisor.take_in(folder)
        reload_monitoring(folder, after)
        for log in (folder / "logs").glob(f"{name}.*"):
            log.unlink(missing_ok=True)
    live = service.live
    facts = {"project": service.project, "service": name, "commit": live.commit if live else "", "environment": "local"}
    ledger.append([ev.Draft(ev.SERVICE_REMOVED, service.project, clock(), {**facts})])
    return Removed(name, tuple(each for each, target in before.names.items() if target == name))
