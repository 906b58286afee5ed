"""Switch the traffic of a service to its newest release; the one before goes on until that has proven itself."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters.production import edge, keeping, supervisor
from goldenpath.adapters.signals import uninterrupted
from goldenpath.core.deploy_file import JOB, STATIC
from goldenpath.core.errors import GoldenpathError
from goldenpath.core.production import JOB_SLOT, KEPT_RELEASES, STATIC_SLOT, Service, program_of
from goldenpath.flows.load_monitoring import reload_monitoring
from goldenpath.flows.run_job import run_once
from goldenpath.flows.try_release import await_release, await_traffic, pid_of, refuse_dead, start_release, stop_release
from goldenpath.flows.write_production import (
    forget_releases,
    tell_edge,
    write_production,
    write_service,
    write_watching,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from goldenpath.core.production import Production

WATCHED_S = 0.5
"""How long the release before stands by, for what the edge can't get from the new one."""


@dataclass(frozen=True, slots=True)
class Switched:
    """A service whose newest release is live, the seconds until it got traffic, and the slot that is to be stopped.

    `is_watched` is false when Prometheus does not run, and will know of it once it does.
    """

    service: Service
    seconds: float
    left: str
    is_watched: bool


def switch_release(folder: Path, production: Production, offered: Service) -> Generator[str, None, Switched]:
    """Let the newest of `offered`'s releases go live; `offered.slot` is the slot of the one before.

    Raises ChecksFailedError when the new one is no good, and MachineError; then all is as before.
    """
    kinds = {JOB: _offer_job, STATIC: _offer_files}
    wanted = replace(offered, releases=offered.releases[:KEPT_RELEASES])
    offer, begun = kinds.get(wanted.releases[0].file.kind, _offer_slot), time.monotonic()
    try:
        live = yield from offer(folder, production, wanted)
        seconds = time.monotonic() - begun
        is_watched = _keep(folder, production.with_service(live), live)
        if live.slot != wanted.slot and wanted.slot:
            _stand_by(folder, live)
            edge.point(_place(folder, live), [live.slot])
    except BaseException:
        with uninterrupted():
            _take_back(folder, production, wanted)
        raise
    left = wanted.slot if live.slot != wanted.slot else ""
    return Switched(live, seconds, left, is_watched)


def retire_release(folder: Path, switched: Switched) -> Iterator[str]:
    """Stop the release that was live before, and forget the oldest. Says what it does. Raises MachineError."""
    if switched.left:
        yield "stopping the release before"
        stop_release(folder, switched.service.name, switched.left)
    forget_releases(folder, switched.service)


def _offer_slot(folder: Path, production: Production, offered: Service) -> Generator[str, None, Service]:
    """The service with its newest release in the free slot, which the edge asks first."""
    slot, live = offered.free_slot, replace(offered, slot=offered.free_slot)
    start_release(folder, offered, slot)
    yield from await_release(folder, offered, slot)
    yield "switching the edge to it"
    edge.point(_place(folder, live), [slot, *([offered.slot] if offered.slot else [])])
    tell_edge(folder, production.with_service(live))
    await_traffic(live)
    return live


def _offer_job(folder: Path, production: Production, offered: Service) -> Generator[str, None, Service]:
    """The job with its newest release, which runs on its schedule from now on."""
    live, name = replace(offered, slot=JOB_SLOT), program_of(offered.name, JOB_SLOT)
    yield from run_once(folder, live)
    was_known = name in supervisor.processes(folder)
    write_service(folder, production.with_service(live), live)
    supervisor.take_in(folder)
    if was_known:
        supervisor.restart(folder, name)
    return live


def _offer_files(folder: Path, production: Production, offered: Service) -> Generator[str, None, Service]:
    """The service with the files of its newest release, which the edge serves from now on."""
    live = replace(offered, slot=STATIC_SLOT)
    yield "switching the edge to it"
    write_service(folder, production.with_service(live), live)
    tell_edge(folder, production.with_service(live))
    await_traffic(live)
    return live


def _stand_by(folder: Path, live: Service) -> None:
    pid, end = pid_of(folder, live.name, live.slot), time.monotonic() + WATCHED_S
    while time.monotonic() < end:
        refuse_dead(folder, live, live.slot, pid)
        time.sleep(0.05)


def _keep(folder: Path, production: Production, live: Service) -> bool:
    """Let Prometheus follow, and remember who is live: after this, whatever happens, it is the new one."""
    write_watching(folder, production, live)
    is_watched = reload_monitoring(folder, production)
    keeping.write(folder, production)
    return is_watched


def _take_back(folder: Path, production: Production, offered: Service) -> None:
    """All as it was before, as far as it goes: what can't be done now, the next `up` or deploy does."""
    steps: tuple[Callable[[], object], ...] = (
        lambda: keeping.write(folder, production),
        lambda: write_production(folder, production),
        lambda: tell_edge(folder, production),
        lambda: supervisor.take_in(folder),
        lambda: supervisor.restart(folder, offered.program) if offered.slot == JOB_SLOT else None,
        lambda: reload_monitoring(folder, production),
    )
    for step in steps:
        with contextlib.suppress(GoldenpathError, OSError):
            step()


def _place(folder: Path, service: Service) -> Path:
    return folder / "services" / service.name
