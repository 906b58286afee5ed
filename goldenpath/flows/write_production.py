"""Production on disk: what follows from what is remembered, and nothing else. Writing it again changes nothing."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production import building, edge
from goldenpath.adapters.production import program_files as files
from goldenpath.adapters.production.ports import LOOPBACK
from goldenpath.core.deploy_file import JOB, STATIC
from goldenpath.core.production import JOB_SLOT, PARTS, program_of
from goldenpath.core.production_files import edge_config, program_ini, repeating, targets
from goldenpath.flows.load_monitoring import rules_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from goldenpath.core.production import Production, Service

_BESIDE = frozenset({"data", "edge", "live"})
"""What stands in a service's folder beside its releases."""


def write_production(folder: Path, production: Production, parts: Collection[str] = PARTS) -> None:
    """Make what is on disk what is remembered; the supervisor takes it in afterwards. Raises OSError.

    What is nobody's any more goes: a deploy or a remove that was killed has left it. `parts` are those that this
    machine has.
    """
    services = production.services
    for service in services.values():
        write_service(folder, production, service)
        forget_releases(folder, service)
    wanted = {*parts, *(each.program for each in services.values())}
    for name in files.known_programs(folder) - wanted:
        files.drop_program(folder, name)
    for place, suffix in (("services", ""), ("rules", ".yml"), ("targets", ".json"), ("page/jobs", ".prom")):
        for each in (folder / place).glob(f"*{suffix}"):
            if each.name.removesuffix(suffix) not in services:
                shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink()


def write_service(folder: Path, production: Production, service: Service) -> None:
    """Write how the live release of a service is started, where the edge leads for it, and how it is watched."""
    release = service.releases[0]
    place = folder / "services" / service.name
    place.joinpath("data").mkdir(parents=True, exist_ok=True)
    if release.file.kind == STATIC:
        edge.serve_files(place, place / release.id / "source" / release.file.folder, release.commit)
    elif release.file.kind == JOB:
        write_job(folder, service)
    else:
        write_program(folder, service, service.slot)
        edge.point(place, [service.slot])
    write_watching(folder, production, service)


def write_watching(folder: Path, production: Production, service: Service) -> None:
    """Write the alert rules of a service's newest release, and where its metrics are."""
    rules, target = rules_of(folder, service), folder / "rules" / f"{service.name}.yml"
    if rules:
        write_whole(target, rules)
    else:
        target.unlink(missing_ok=True)
    write_whole(folder / "targets" / f"{service.name}.json", targets(production, service))


def write_program(folder: Path, service: Service, slot: str) -> None:
    """Write how the newest release of a service is started in a slot. Raises OSError."""
    release = service.releases[0]
    place, file = folder / "services" / service.name / release.id, release.file
    data = place.with_name("data")
    data.mkdir(exist_ok=True)
    variables = {
        **building.variables(place, release),
        file.host: LOOPBACK,
        file.port: str(service.ports[slot]),
    }
    argv = building.command(place, file.command)
    name = program_of(service.name, slot)
    files.write_program(folder, name, argv, cwd=str(data), stop_s=file.stop_seconds, variables=variables)


def write_job(folder: Path, service: Service) -> None:
    """Write how the newest release of a job is run on its schedule. Raises OSError."""
    name, file = program_of(service.name, JOB_SLOT), service.releases[0].file
    argv, data, variables = job_of(folder, service)
    text = repeating(argv, folder=data, variables=variables, every_s=file.every_seconds)
    write_whole(folder / "programs" / f"{name}.sh", text)
    write_whole(folder / "programs" / f"{name}.ini", program_ini(name, stop_s=file.stop_seconds))


def job_of(folder: Path, service: Service) -> tuple[list[str], str, dict[str, str]]:
    """The command of a job's newest release, the folder in which it runs, and what it is told."""
    release = service.releases[0]
    place = folder / "services" / service.name / release.id
    data = place.with_name("data")
    data.mkdir(exist_ok=True)
    metrics = folder / "page" / "jobs" / f"{service.name}.prom"
    variables = {**building.variables(place, release), release.file.metrics_file: str(metrics)}
    return building.command(place, release.file.command), str(data), variables


def forget_releases(folder: Path, service: Service) -> None:
    """Drop the folders of a service's releases that are not remembered."""
    kept = {*_BESIDE, *(release.id for release in service.releases)}
    for each in (folder / "services" / service.name).iterdir():
        if each.name not in kept:
            building.drop(each)


def keep_edge(folder: Path, production: Production) -> None:
    """Write what the edge serves when it starts. Raises OSError."""
    edge.keep_config(folder, edge_config(production, str(folder), edge.admin_address(folder)))


def tell_edge(folder: Path, production: Production) -> None:
    """Let the edge serve what is remembered. Raises MachineError when it does not answer."""
    edge.load(folder, edge_config(production, str(folder), edge.admin_address(folder)))
