"""Jobs: run once to see that they can, then on their schedule. Their metrics are a file that the edge serves."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production import building, supervisor
from goldenpath.adapters.settings import lasting_environment
from goldenpath.core.errors import ChecksFailedError
from goldenpath.core.production import JOB_SLOT, program_of
from goldenpath.core.production_files import program_ini

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.core.production import Service

MOST_SECONDS = 900.0
"""How long a job's first run may take."""


def start_job(folder: Path, service: Service) -> Iterator[str]:
    """Run the newest release of a job once, then on its schedule. Raises ChecksFailedError when it ends badly."""
    release = service.releases[0]
    place, file = folder / "services" / service.name / release.id, release.file
    data = folder / "services" / service.name / "data"
    data.mkdir(exist_ok=True)
    variables = {
        **building.variables(place, release),
        file.metrics_file: str(folder / "page" / "jobs" / f"{service.name}.prom"),
    }
    yield f"running {service.name} once"
    argv = building.command(place, file.command)
    told = [f"{name}={value}" for name, value in lasting_environment(**variables).items()]
    ran = shell.run(["env", "-i", *told, *argv], folder=data, timeout_s=MOST_SECONDS)  # as its later runs will be
    if ran is None or ran.exit != 0:
        how = "is no program" if ran is None else f"ended with {ran.exit}"
        raise ChecksFailedError(
            f"{release.commit[:10]} is not scheduled: `{shlex.join(file.command)}` {how}",
            hint="put it right, commit it, and deploy again",
            log="\n".join(ran.output.splitlines()[-8:]) if ran else "",
        )
    name = program_of(service.name, JOB_SLOT)
    write_whole(folder / "programs" / f"{name}.sh", _loop(argv, str(data), variables, file.every_seconds))
    write_whole(folder / "programs" / f"{name}.ini", program_ini(name, stop_s=file.stop_seconds))
    was_known = name in supervisor.processes(folder)
    supervisor.take_in(folder)
    if was_known:
        supervisor.restart(folder, name)


def _loop(argv: list[str], folder: str, variables: dict[str, str], every_s: int) -> str:
    """A script that waits and runs the job, again and again; how a run ended stands in the log."""
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    run = f'{shlex.join(argv)}\n    echo "run ended with $?"'
    return f"#!/bin/sh\ncd {shlex.quote(folder)} || exit 70\n{exports}while sleep {every_s}; do\n    {run}\ndone\n"
