"""Prove a project: what was rendered passes the checks that path.md's front matter names."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.adapters.environments import shared_environment
from goldenpath.adapters.processes import end_descendants
from goldenpath.adapters.rendering.process import cool_down
from goldenpath.checks.verdict import brief
from goldenpath.core.faults import Fault
from goldenpath.core.pathfile import FILE
from goldenpath.flows.prove_ground import lay_ground

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goldenpath.flows.prove_ground import Job

MOST_SECONDS = 900.0
"""How long one check of a project may take."""


def prove_project(job: Job, tell: Callable[[str], None]) -> tuple[Fault, ...]:
    """What is wrong with the job's project. Raises what a start raises."""
    ground = lay_ground(job, job.folder / "project")
    cool_down()
    found: list[Fault] = []
    tell("installing")
    with shared_environment(ground.root, job.caches) as environment:
        for argv in job.plan.path.checks if job.plan.path else ():
            tell(shlex.join(argv))
            ran = shell.run(argv, folder=ground.root, timeout_s=MOST_SECONDS, **environment)
            if ran is None or ran.exit != 0:
                found.append(_fault(job, argv, ran))
    end_descendants()
    return tuple(found)


def _fault(job: Job, argv: Sequence[str], ran: shell.Ran | None) -> Fault:
    if ran is None:
        fix = f"install {argv[0]}, or run the proof where it is"
        return Fault(FILE, _line(job, argv), "project-check", f"{argv[0]} is not on this machine", fix)
    ended = f"ends with {ran.exit}" if ran.exit is not None else f"does not end within {MOST_SECONDS:g} s"
    problem = f"in a fresh project, `{shlex.join(argv)}` {ended}: {brief(ran.output)}"
    return Fault(FILE, _line(job, argv), "project-check", problem, "mend the template; look around in it with --keep")


def _line(job: Job, argv: Sequence[str]) -> int:
    """Where path.md names the check: the first line with all of its words."""
    lines = (job.plan.template.folder / FILE).read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if all(word in line for word in argv)), 1)
