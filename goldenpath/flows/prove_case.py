"""Prove one case at one level, in a process that does nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from goldenpath.adapters.environments import kept_caches
from goldenpath.adapters.settings import variables
from goldenpath.core.errors import GoldenpathError, LedgerError, MachineError
from goldenpath.core.proving import CaseResult, Level
from goldenpath.flows.prove_faults import start_fails
from goldenpath.flows.prove_path import prove_path
from goldenpath.flows.prove_project import prove_project
from goldenpath.flows.prove_update import prove_update

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.core.faults import Fault
    from goldenpath.core.proving import StepProof
    from goldenpath.flows.prove_ground import Job


_THIS_MACHINES = (MachineError, LedgerError)
"""What says nothing of a template. git's errors, which are a kind of the first, can be about what it brings."""


def prove_case(job: Job, tell: Callable[[str], None]) -> CaseResult:
    """What the job's case comes to; `tell` is told what is being done. Raises what is no template's fault."""
    begun = time.monotonic()
    try:
        steps, faults = _proven(job, tell)
    except GoldenpathError as error:
        if type(error) in _THIS_MACHINES:
            raise
        steps, faults = (), (start_fails(job.plan.template.folder, error),)
    return CaseResult(job.case.name, job.level, faults, round(time.monotonic() - begun, 3), steps)


def _proven(job: Job, tell: Callable[[str], None]) -> tuple[tuple[StepProof, ...], tuple[Fault, ...]]:
    if job.case.since is not None:
        return (), prove_update(job, job.case.since, tell)
    tell("starting a project")
    if job.level is Level.PROJECT:
        return (), prove_project(job, tell)
    with kept_caches(job.caches) as kept, variables(**kept):
        return prove_path(job, tell)
