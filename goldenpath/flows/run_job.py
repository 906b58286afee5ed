"""Jobs: run once to see that they can, before they are run on their schedule."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production import supervisor
from goldenpath.adapters.settings import lasting_environment
from goldenpath.core.errors import ChecksFailedError
from goldenpath.core.production_files import script
from goldenpath.flows.write_production import job_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.core.production import Service

MOST_SECONDS = 900.0
"""How long a job's first run may take."""


def run_once(folder: Path, service: Service) -> Iterator[str]:
    """Run the newest release of a job, as its later runs will be. Raises ChecksFailedError when it ends badly."""
    release = service.releases[0]
    argv, data, variables = job_of(folder, service)
    told = lasting_environment(**variables, **supervisor.mark(folder))
    once = folder / "services" / service.name / release.id / "once.sh"
    write_whole(once, script(argv, folder=data, variables=told))
    yield f"running {service.name} once"
    ran = shell.run(["env", "-i", "/bin/sh", str(once)], folder=folder, timeout_s=MOST_SECONDS)
    if ran is None or ran.exit != 0:
        how = "took too long" if ran is None or ran.exit is None else f"ended with {ran.exit}"
        raise ChecksFailedError(
            f"{release.commit[:10]} is not scheduled: `{shlex.join(release.file.command)}` {how}",
            hint="put it right, commit it, and deploy again",
            log="\n".join(ran.output.splitlines()[-8:]) if ran else "",
        )
