"""Prove one case at one level, in a process that does nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from goldenpath.core.errors import GoldenpathError
from goldenpath.core.faults import Fault
from goldenpath.core.pathfile import FILE
from goldenpath.core.proving import CaseResult, Level
from goldenpath.flows.prove_path import prove_path
from goldenpath.flows.prove_project import prove_project

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.flows.prove_ground import Job


def prove_case(job: Job, tell: Callable[[str], None]) -> CaseResult:
    """What the job's case comes to; `tell` is told what is being done."""
    begun = time.monotonic()
    tell("starting a project")
    try:
        if job.level is Level.PATH:
            steps, faults = prove_path(job, tell)
        else:
            steps, faults = (), prove_project(job, tell)
    except GoldenpathError as error:
        steps, faults = (), (Fault(FILE, 1, "start-fails", error.message, error.hint),)
    return CaseResult(job.case.name, job.level, faults, round(time.monotonic() - begun, 3), steps)
