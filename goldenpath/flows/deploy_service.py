"""`prod deploy`: a commit becomes a release that gets the traffic, or the one before keeps it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters.bytecode import inherit
from goldenpath.adapters.production import building, keeping, supervisor
from goldenpath.adapters.production import program_files as files
from goldenpath.core import events as ev
from goldenpath.core.deploy_file import FILE, JOB, STATIC
from goldenpath.core.errors import ChecksFailedError, MachineError, UsageError
from goldenpath.core.production import Release, Service
from goldenpath.core.times import stamp
from goldenpath.flows.load_monitoring import refuse_bad_rules
from goldenpath.flows.plan_release import commit_of, deploy_file_of, own_service, service_for, with_free_ports
from goldenpath.flows.switch_release import retire_release, switch_release
from goldenpath.flows.write_production import write_production

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from datetime import datetime
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json, Project
    from goldenpath.core.production import Production
    from goldenpath.flows.switch_release import Switched


@dataclass(frozen=True, slots=True)
class Deployed:
    """What is live now, where it answers, and what that took in seconds: by phase, and in all.

    `is_watched` is false while Prometheus does not run; it reads the rules and targets once it does.
    """

    service: str
    commit: str
    release: str
    kind: str
    url: str
    before: str
    is_rollback: bool
    is_watched: bool
    phases: dict[str, float]
    seconds: float


@dataclass(frozen=True, slots=True)
class Deploying:
    """Who deploys what: a project, and the revision that is meant (empty: HEAD, with everything committed)."""

    settings: Settings
    project: Project
    clock: Callable[[], datetime]
    ref: str = ""


def deploy_service(ledger: Ledger, order: Deploying) -> Generator[str, None, Deployed]:
    """Yields what is being done; returns what is live.

    Raises FilesInTheWayError for work that is not committed, TemplateError for its deploy.toml, MachineError when
    production is not up, and ChecksFailedError with the reason when the release gets no traffic.
    """
    begun = time.monotonic()
    commit = commit_of(order.project.root, order.ref)
    file = deploy_file_of(order.project.root, commit)
    folder = order.settings.production
    yield from keeping.waiting(folder)
    with keeping.locked(folder):
        production = _up(folder)
        service = service_for(folder, production, order.project, file)
        now = order.clock()
        release = Release(f"{now:%Y%m%dT%H%M%S%f}-{commit[:10]}", commit, file, stamp(now))
        place = folder / "services" / service.name / release.id
        try:
            yield from _made(order, place, production, release)
            inherit(_environment_before(order.project, place, service), place / "venv")
            built = time.monotonic()
            offered = replace(service, releases=(release, *service.releases))
            switched = yield from switch_release(folder, production, offered)
        except BaseException:
            _drop_unless_live(folder, place)
            raise
        facts = _facts(order.project, service, release, _seconds(begun))
        ledger.append([ev.Draft(ev.SERVICE_DEPLOYED, order.project.id, order.clock(), facts)])
        yield from retire_release(folder, switched)
    return _deployed(switched, {"build": built - begun}, _seconds(begun))


def roll_back(ledger: Ledger, order: Deploying) -> Generator[str, None, Deployed]:
    """The release that was live before gets the traffic again. Raises UsageError when there is none."""
    begun = time.monotonic()
    folder = order.settings.production
    yield from keeping.waiting(folder)
    with keeping.locked(folder):
        production = _up(folder)
        service = with_free_ports(folder, production, own_service(production, order.project))
        if len(service.releases) < 2:
            raise UsageError(f"{service.name} has no release before the live one", hint="see: goldenpath prod status")
        bad, good, *older = service.releases
        offered = replace(service, releases=(replace(good, deployed_at=stamp(order.clock())), bad, *older))
        switched = yield from switch_release(folder, production, offered)
        facts = _facts(order.project, service, good, _seconds(begun))
        ledger.append([ev.Draft(ev.SERVICE_ROLLED_BACK, order.project.id, order.clock(), facts)])
        yield from retire_release(folder, switched)
    return _deployed(switched, {}, _seconds(begun), is_rollback=True)


def _up(folder: Path) -> Production:
    supervisor.require_up(folder)
    production = keeping.read(folder)
    write_production(folder, production, files.available_parts())
    supervisor.take_in(folder)
    return production


def _drop_unless_live(folder: Path, place: Path) -> None:
    """Forget a release that was not taken; what is remembered as live stays, whatever came in between."""
    known = {release.id for each in keeping.read(folder).services.values() for release in each.releases}
    if place.name not in known:
        building.drop(place)


def _environment_before(project: Project, place: Path, service: Service) -> Path:
    """Where much the same libraries are compiled already: in the live release, or for a first one in the project."""
    return place.with_name(service.live.id) / "venv" if service.live else project.root / ".venv"


def _made(order: Deploying, place: Path, production: Production, release: Release) -> Iterator[str]:
    """The release's folder, with all that it needs. Raises ChecksFailedError, and OSError when the disk is full."""
    yield f"taking the files of {release.commit[:10]}"
    try:
        building.take_files(order.project.root, release.commit, place / "source")
        refuse_bad_rules(production, place / "source", release.file)
        if release.file.kind != STATIC and (place / "source" / "pyproject.toml").is_file():
            yield from building.build(place)
    except OSError as error:
        raise MachineError(
            f"the release can't be made: {error.strerror or error}", hint="make room, then again"
        ) from error
    if release.file.folder and not (place / "source" / release.file.folder).is_dir():
        raise ChecksFailedError(f"the commit has no folder {release.file.folder}", hint=f"name another in {FILE}")


def _facts(project: Project, service: Service, release: Release, seconds: float) -> dict[str, Json]:
    return {
        "project": project.id,
        "service": service.name,
        "commit": release.commit,
        "release": release.id,
        "environment": "local",
        "seconds": round(seconds, 3),
    }


def _deployed(switched: Switched, phases: dict[str, float], seconds: float, *, is_rollback: bool = False) -> Deployed:
    service = switched.service
    live, before = service.releases[0], service.releases[1:2]
    parts = {**phases, "switch": switched.seconds, "retire": seconds - switched.seconds - sum(phases.values())}
    return Deployed(
        service.name,
        live.commit,
        live.id,
        live.file.kind,
        f"http://127.0.0.1:{service.address}/" if live.file.kind != JOB else "",
        before[0].commit if before else "",
        is_rollback,
        switched.is_watched,
        {name: round(part, 2) for name, part in parts.items()},
        round(seconds, 2),
    )


def _seconds(begun: float) -> float:
    return time.monotonic() - begun
