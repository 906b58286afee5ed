"""Switch the traffic of a service to its newest release; the one before goes on until that has proven itself."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters.production import edge, keeping, supervisor
from goldenpath.core.deploy_file import JOB, STATIC
from goldenpath.core.errors import MachineError
from goldenpath.core.production import ADMIN, JOB_SLOT, KEPT_RELEASES, STATIC_SLOT, Service
from goldenpath.core.production_files import edge_config
from goldenpath.flows.load_monitoring import load_monitoring, unload_monitoring
from goldenpath.flows.run_job import start_job
from goldenpath.flows.settle_production import forget_releases
from goldenpath.flows.try_release import (
    await_release,
    await_traffic,
    pid_of,
    refuse_dead,
    start_release,
    stop_release,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from goldenpath.core.production import Production

WATCHED_S = 0.5
"""How long the release before stands by, for what the edge can't get from the new one."""


@dataclass(frozen=True, slots=True)
class Switched:
    """A service whose newest release is live, the seconds until it got traffic, and the slot that is to be stopped."""

    service: Service
    seconds: float
    left: str = ""


def switch_release(folder: Path, production: Production, offered: Service) -> Generator[str, None, Switched]:
    """Let the newest of `offered`'s releases go live; `offered.slot` is the slot of the one before.

    Raises ChecksFailedError when the new one is no good, and MachineError; then all is as before.
    """
    kinds = {JOB: _switch_job, STATIC: _switch_files}
    wanted = replace(offered, releases=offered.releases[:KEPT_RELEASES])
    return (yield from kinds.get(wanted.releases[0].file.kind, _switch_slots)(folder, production, wanted))


def _switch_slots(folder: Path, production: Production, offered: Service) -> Generator[str, None, Switched]:
    slot, before, begun = offered.free_slot, offered.slot, time.monotonic()
    live = replace(offered, slot=slot)
    try:
        start_release(folder, offered, slot)
        yield from await_release(folder, offered, slot)
        yield "switching the edge to it"
        edge.point(_place(folder, live), [slot, before] if before else [slot])
        _tell_edge(folder, production.with_service(live))
        await_traffic(live)
        switched = Switched(live, time.monotonic() - begun, before)
        _keep(folder, production.with_service(live), live)
        if before:
            _stand_by(folder, offered, slot)
        edge.point(_place(folder, live), [slot])
    except BaseException:
        _take_back(folder, production, offered, slot)
        raise
    return switched


def retire_release(folder: Path, switched: Switched) -> Iterator[str]:
    """Stop the release that was live before, and forget the oldest. Says what it does. Raises MachineError."""
    if switched.left:
        yield "stopping the release before"
        stop_release(folder, switched.service.name, switched.left)
    forget_releases(_place(folder, switched.service), {each.id for each in switched.service.releases})


def _stand_by(folder: Path, offered: Service, slot: str) -> None:
    pid, end = pid_of(folder, offered.name, slot), time.monotonic() + WATCHED_S
    while time.monotonic() < end:
        refuse_dead(folder, offered, slot, pid)
        time.sleep(0.05)


def _keep(folder: Path, production: Production, live: Service) -> None:
    """Let Prometheus follow, and remember who is live: after this, whatever happens, it is the new one."""
    load_monitoring(folder, production, live)
    keeping.write(folder, production)


def _take_back(folder: Path, production: Production, offered: Service, slot: str) -> None:
    """As it was before: the edge first, then Prometheus, then the release that was tried."""
    known = production.services.get(offered.name)
    with contextlib.suppress(MachineError, OSError):
        if known and known.slot:
            edge.point(_place(folder, known), [known.slot])
        _tell_edge(folder, production)
    with contextlib.suppress(MachineError, OSError):
        if known:
            load_monitoring(folder, production, known)
        else:
            unload_monitoring(folder, production, offered.name)
        keeping.write(folder, production)
    with contextlib.suppress(MachineError, OSError):
        stop_release(folder, offered.name, slot)


def _switch_job(folder: Path, production: Production, offered: Service) -> Generator[str, None, Switched]:
    live, begun = replace(offered, slot=JOB_SLOT), time.monotonic()
    yield from start_job(folder, live)
    _keep(folder, production.with_service(live), live)
    return Switched(live, time.monotonic() - begun)


def _switch_files(folder: Path, production: Production, offered: Service) -> Generator[str, None, Switched]:
    live, begun = replace(offered, slot=STATIC_SLOT), time.monotonic()
    release, place = live.releases[0], _place(folder, live)
    yield "switching the edge to it"
    edge.serve_files(place, place / release.id / "source" / release.file.folder, release.commit)
    _tell_edge(folder, production.with_service(live))
    await_traffic(live)
    _keep(folder, production.with_service(live), live)
    return Switched(live, time.monotonic() - begun)


def _place(folder: Path, service: Service) -> Path:
    return folder / "services" / service.name


def _tell_edge(folder: Path, production: Production) -> None:
    if not supervisor.is_up(folder):
        raise MachineError("production went down meanwhile", hint="start it: goldenpath prod up")
    edge.load(folder, production.ports[ADMIN], edge_config(production, str(folder)))
