"""`prod deploy`: a commit becomes a release that gets the traffic, or the one before keeps it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.adapters.bytecode import inherit
from goldenpath.adapters.production import building, keeping, supervisor
from goldenpath.core import events as ev
from goldenpath.core.deploy_file import FILE, JOB, STATIC, DeployFile, read_deploy_file
from goldenpath.core.errors import ChecksFailedError, FilesInTheWayError, MachineError, UsageError
from goldenpath.core.production import Release, Service
from goldenpath.core.times import stamp
from goldenpath.flows.lay_out_production import with_ports
from goldenpath.flows.load_monitoring import refuse_bad_rules
from goldenpath.flows.settle_production import settle_production
from goldenpath.flows.switch_release import retire_release, switch_release

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
    """What is live now, where it answers, and what that took in seconds: by phase, and in all."""

    service: str
    commit: str
    release: str
    kind: str
    url: str
    before: str
    is_rollback: bool
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
    commit = _commit(order)
    file = _deploy_file(order.project.root, commit)
    folder = order.settings.production
    if keeping.is_busy(folder):
        yield "waiting for another goldenpath that changes production"
    with keeping.locked(folder):
        production = _up(folder)
        service = _service(folder, production, order.project, file)
        now = order.clock()
        release = Release(f"{now:%Y%m%dT%H%M%S%f}-{commit[:10]}", commit, file, stamp(now))
        place = folder / "services" / service.name / release.id
        try:
            yield from _made(order, place, production, release)
            if service.live:
                inherit(place.with_name(service.live.id) / "venv", place / "venv")
            built = time.monotonic()
            offered = replace(service, releases=(release, *service.releases))
            switched = yield from switch_release(folder, production, offered)
        except BaseException:
            building.drop(place)
            raise
        facts = _facts(order.project, service, release, _seconds(begun))
        ledger.append([ev.Draft(ev.SERVICE_DEPLOYED, order.project.id, order.clock(), facts)])
        yield from retire_release(folder, switched)
    return _deployed(switched, {"build": built - begun}, _seconds(begun))


def roll_back(ledger: Ledger, order: Deploying) -> Generator[str, None, Deployed]:
    """The release that was live before gets the traffic again. Raises UsageError when there is none."""
    begun = time.monotonic()
    folder = order.settings.production
    with keeping.locked(folder):
        production = _up(folder)
        service = own_service(production, order.project)
        if len(service.releases) < 2:
            raise UsageError(f"{service.name} has no release before the live one", hint="see: goldenpath prod status")
        bad, good, *older = service.releases
        offered = replace(service, releases=(replace(good, deployed_at=stamp(order.clock())), bad, *older))
        switched = yield from switch_release(folder, production, offered)
        facts = _facts(order.project, service, good, _seconds(begun))
        ledger.append([ev.Draft(ev.SERVICE_ROLLED_BACK, order.project.id, order.clock(), facts)])
        yield from retire_release(folder, switched)
    return _deployed(switched, {}, _seconds(begun), is_rollback=True)


def own_service(production: Production, project: Project) -> Service:
    """What is deployed of a project. Raises UsageError when nothing is."""
    found = next((each for each in production.services.values() if each.project == project.id), None)
    if found is None:
        raise UsageError(f"nothing of {project.root.name} is deployed", hint="deploy it: goldenpath prod deploy")
    return found


def _commit(order: Deploying) -> str:
    root = order.project.root
    if order.ref:
        commit = repo.asks(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{order.ref}^{{commit}}")
        if not commit:
            raise UsageError(f"the project has no revision {order.ref}", hint="see what it has: git log --oneline")
        return commit
    changed = repo.changes(root)
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        files = ", ".join(line[3:] for line in changed[:3])
        raise FilesInTheWayError(
            f"not everything is committed: {files}{more}", hint="commit it, or name what to deploy: --ref HEAD"
        )
    return repo.git(root, "rev-parse", "HEAD")


def _deploy_file(root: Path, commit: str) -> DeployFile:
    text = repo.asks(root, "show", f"{commit}:./{FILE}")
    if text is None:
        raise UsageError(
            f"commit {commit[:10]} has no {FILE}: nobody knows how it is run",
            hint="write one: docs/reference/deploy-file.md; a newer template may bring it: goldenpath update",
        )
    return read_deploy_file(text)


def _up(folder: Path) -> Production:
    if not supervisor.is_up(folder):
        raise MachineError("production is not up", hint="start it: goldenpath prod up")
    production = keeping.read(folder)
    settle_production(folder, production)
    supervisor.take_in(folder)
    return production


def _service(folder: Path, production: Production, project: Project, file: DeployFile) -> Service:
    """The service in its present state, with ports that it can have. Raises FilesInTheWayError for another's name."""
    known = production.services.get(file.name)
    if known and known.project != project.id:
        raise FilesInTheWayError(
            f"{file.name} is deployed already, from {known.root}", hint=f"give this one another `name` in {FILE}"
        )
    own = next((each for each in production.services.values() if each.project == project.id), None)
    if own and own.name != file.name:
        raise FilesInTheWayError(
            f"this project is deployed as {own.name}, and its {FILE} says {file.name} now",
            hint=f"take the old one out first: goldenpath prod remove {own.name}",
        )
    if known and known.live and known.live.file.kind != file.kind:
        raise FilesInTheWayError(
            f"{file.name} is a {known.live.file.kind}, and its {FILE} says {file.kind} now",
            hint=f"take it out first: goldenpath prod remove {file.name}",
        )
    fresh = Service(file.name, project.id, str(project.root), {})
    running = [each.name for each in supervisor.processes(folder).values() if each.is_running]
    used = {
        *production.ports.values(),
        *(port for each in production.services.values() for port in each.ports.values()),
    }
    return replace(with_ports(known or fresh, running, used), root=str(project.root))


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
        {name: round(part, 2) for name, part in parts.items()},
        round(seconds, 2),
    )


def _seconds(begun: float) -> float:
    return time.monotonic() - begun
