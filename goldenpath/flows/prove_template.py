"""Prove templates: every level, every case, on all cores; nothing stops at the first fault."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections import deque
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.apart import Apart, ready
from goldenpath.adapters.settings import child_environment
from goldenpath.core.proving import CaseResult, Doing, Done, Level, ProofReport, Proven
from goldenpath.core.worth_building import worth_building
from goldenpath.flows.prove_case import prove_case
from goldenpath.flows.prove_faults import never_walked
from goldenpath.flows.prove_ground import Job
from goldenpath.flows.prove_renders import order_of, prove_renders, unrendered
from goldenpath.flows.trust import is_trusted
from goldenpath.flows.untaken_branches import untaken_branches

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.faults import Fault
    from goldenpath.core.proving import Case
    from goldenpath.flows.name_subjects import Subject, Wishes

_TICK_S = 0.2
_WITHOUT_PATH = frozenset({Level.RENDER, Level.UPDATE})
"""What can be proven of a template without a path.md."""


def prove_templates(
    settings: Settings, subjects: Sequence[Subject | Proven], wishes: Wishes, unchanged: Sequence[str] = ()
) -> Generator[Doing | Done, None, ProofReport]:
    """Prove each subject; what can't be read is Proven already. Yields what is being done, and what is done."""
    found: list[Proven] = []
    for subject in subjects:
        proven = subject if isinstance(subject, Proven) else (yield from _prove(settings, subject, wishes))
        found.append(proven)
    results = [result for each in found for result in each.results]
    of_templates = [fault for each in found for fault in each.faults]
    errors = sum(each.errors for each in results) + sum(not fault.is_warning for fault in of_templates)
    warnings = sum(len(each.faults) for each in results) + len(of_templates) - errors
    unreadable = sum(bool(each.unreadable) for each in found)
    cases = sum(len({result.case for result in each.results}) for each in found)
    return ProofReport(tuple(found), cases, errors, warnings, unreadable, tuple(unchanged))


def _prove(settings: Settings, subject: Subject, wishes: Wishes) -> Generator[Doing | Done, None, Proven]:
    begun = time.monotonic()
    run = _Run(settings, subject, wishes)
    work = list(run.shares())
    results: list[CaseResult] = []
    scratch = Path(tempfile.mkdtemp(prefix="goldenpath-proof-"))
    try:
        faults = yield from run.render([case for level, case in work if level is Level.RENDER], scratch, results)
        failed = unrendered(results)
        work = [each for each in work if each[0] is not Level.RENDER and _set_of(each[1]) not in failed]
        yield from run.walk(work, scratch, results)
    finally:
        if not any(result.kept for result in results):
            shutil.rmtree(scratch, ignore_errors=True)
    is_counted = wishes.shards == 1 and not failed
    return Proven(
        subject.name,
        subject.folder,
        subject.is_at_hand,
        strength=subject.cases.strength,
        covered=subject.cases.covered if is_counted else 0,
        feasible=subject.cases.feasible if is_counted else 0,
        results=tuple(results),
        faults=(*subject.cases.faults, *faults, *_never_walked(subject, wishes, results)),
        seconds=round(time.monotonic() - begun, 3),
        earlier=tuple(each.version for each in subject.earlier) if subject.earlier is not None else None,
    )


def _never_walked(subject: Subject, wishes: Wishes, results: Sequence[CaseResult]) -> list[Fault]:
    """A fault for each step that no case has; some cases alone can't know of these, nor those that did not start."""
    walks = [result.steps for result in results if result.level is Level.PATH]
    if not (walks and all(walks)) or wishes.answers or wishes.shards > 1:
        return []
    walked = {proof.step for steps in walks for proof in steps}
    steps = subject.plan.path.steps if subject.plan.path else ()
    return [never_walked(step) for step in steps if step.id not in walked]


def _set_of(case: Case) -> str:
    """The name of the set of answers."""
    return case.since.answers if case.since else case.name


@dataclass
class _Run:
    """The proof of one template."""

    settings: Settings
    subject: Subject
    wishes: Wishes
    of: int = field(default=0, init=False)

    def shares(self) -> Iterator[tuple[Level, Case]]:
        """The cases at their levels that are ours to try: told by name, so that shards agree whatever is added."""
        levels = list(Level)[: list(Level).index(self.wishes.level) + 1]
        cases = self.subject.cases.cases
        tried = {
            Level.RENDER: cases,
            Level.PROJECT: worth_building(cases, self.subject.source.questions),
            Level.PATH: [case for case in cases if case.is_named],
            Level.UPDATE: self.subject.updates,
        }
        may_try = frozenset(Level) if self.subject.has_path else _WITHOUT_PATH
        whole = [(level, case) for level in levels if level in may_try for case in tried[level]]
        ours = [each for each in whole if self._shard(*each) == self.wishes.shard]
        self.of = len(ours)
        return iter(ours)

    def _shard(self, level: Level, case: Case) -> int:
        key = f"{self.subject.name} {level} {case.name}".encode()
        return int.from_bytes(hashlib.sha256(key).digest()[:4]) % self.wishes.shards + 1

    def render(
        self, cases: Sequence[Case], scratch: Path, results: list[CaseResult]
    ) -> Generator[Doing | Done, None, tuple[Fault, ...]]:
        """The render level. Returns the branches that no case takes; some cases alone can't know of these."""
        name, plan = self.subject.name, self.subject.plan
        if not cases:
            return ()
        yield Doing(name, cases[0].name, Level.RENDER, f"rendering {len(cases)} cases twice")
        order = order_of(self.settings, plan, is_trusted=is_trusted(self.settings, plan.template))
        work = prove_renders(order, self.subject.source, cases, scratch, self.wishes.jobs)
        taken = yield from _each(work, lambda result: self._done(result, results))
        is_whole = self.wishes.shards == 1 and not self.wishes.answers and not unrendered(results)
        return tuple(untaken_branches(self.subject.source, taken)) if is_whole else ()

    def _done(self, result: CaseResult, results: list[CaseResult]) -> Done:
        results.append(result)
        return Done(self.subject.name, result, self.of)

    def walk(
        self, work: Sequence[tuple[Level, Case]], scratch: Path, results: list[CaseResult]
    ) -> Generator[Doing | Done, None, None]:
        """The other levels, each case in a process of its own; the longest first."""
        self.of = len(results) + len(work)
        waiting = deque(sorted(work, key=lambda each: each[0] is not Level.PATH))
        running: dict[Apart, Job] = {}
        try:
            while waiting or running:
                while waiting and len(running) < self.wishes.jobs:
                    job = self._job(*waiting.popleft(), scratch)
                    running[Apart(prove_case, job, child_environment())] = job
                    yield Doing(self.subject.name, job.case.name, job.level, "beginning")
                for process in ready(list(running), _TICK_S):
                    told = process.receive()
                    job = running[process]
                    if told.kind == "told":
                        yield Doing(self.subject.name, job.case.name, job.level, told.value)
                        continue
                    del running[process]
                    process.stop()
                    if told.kind != "done":
                        process.fail(told)
                    yield self._done(self._kept(told.value, job), results)
        finally:
            for process in running:
                process.stop()

    def _job(self, level: Level, case: Case, scratch: Path) -> Job:
        folder = scratch / f"{level}-{case.name.replace('/', '%')}"
        folder.mkdir()
        settings, plan = self.settings, self.subject.plan
        is_mutated = self.wishes.is_mutated and level is Level.PATH
        return Job(self.subject.name, plan, case, level, folder, settings.store, settings.cache / "proof", is_mutated)

    def _kept(self, result: CaseResult, job: Job) -> CaseResult:
        """The result, its folder left when it failed and that is wished."""
        if self.wishes.keeps and result.errors:
            return replace(result, kept=str(job.folder))
        shutil.rmtree(job.folder, ignore_errors=True)
        return result


def _each(
    work: Generator[CaseResult, None, frozenset[str]], done: Callable[[CaseResult], Done]
) -> Generator[Done, None, frozenset[str]]:
    try:
        while True:
            yield done(next(work))
    except StopIteration as end:
        taken: frozenset[str] = end.value
        return taken
    finally:
        work.close()
