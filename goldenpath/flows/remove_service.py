"""`prod remove`: a service leaves production, and nothing of it stays behind."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.production import edge, keeping, supervisor
from goldenpath.adapters.production import program_files as files
from goldenpath.core import events as ev
from goldenpath.core.errors import MachineError, UsageError
from goldenpath.core.production import ADMIN
from goldenpath.core.production_files import edge_config
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.deploy_service import own_service
from goldenpath.flows.find_project import find_project
from goldenpath.flows.load_monitoring import unload_monitoring

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
    with keeping.locked(folder):
        if not supervisor.is_up(folder):
            raise MachineError("production is not up", hint="start it: goldenpath prod up")
        before = keeping.read(folder)
        service, after = before.services.get(name), before.without_service(name)
        if service is None:
            raise UsageError(f"{name} is not in production any more", hint="see what is: goldenpath prod status")
        yield f"stopping {name}"
        edge.load(folder, after.ports[ADMIN], edge_config(after, str(folder)))
        unload_monitoring(folder, after, name)
        keeping.write(folder, after)
        if service.program:
            files.drop_program(folder, service.program)
        supervisor.take_in(folder)
        shutil.rmtree(folder / "services" / name, ignore_errors=True)
        (folder / "page" / "jobs" / f"{name}.prom").unlink(missing_ok=True)
        for log in (folder / "logs").glob(f"{name}.*"):
            log.unlink(missing_ok=True)
    live = service.live
    facts = {"project": service.project, "service": name, "commit": live.commit if live else "", "environment": "local"}
    ledger.append([ev.Draft(ev.SERVICE_REMOVED, service.project, clock(), {**facts})])
    return Removed(name, tuple(each for each, target in before.names.items() if target == name))
