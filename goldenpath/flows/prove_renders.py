"""Prove renders: with every set of answers, strictly, twice in processes that differ, and with nothing amiss in it."""

from __future__ import annotations

import contextlib
import filecmp
import os
import re
import shutil
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.rendering.process import Ordered, prepare, take
from goldenpath.adapters.settings import read_limits
from goldenpath.adapters.store import sources, tags
from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import Fault, fault_of
from goldenpath.core.proving import CaseResult, Level
from goldenpath.flows.inspect_case import inspect_case
from goldenpath.flows.inspect_render import inspect_render
from goldenpath.rules.targets import targets_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from goldenpath.adapters.rendering.process import Worker
    from goldenpath.adapters.settings import Limits, Settings
    from goldenpath.core.proving import Case
    from goldenpath.flows.plan_start import Plan
    from goldenpath.rules.source import Source

RENDERS: Mapping[str, str] = {
    "render": "every set of answers can be rendered",
    "undefined": "with no set of answers is a variable undefined, however lenient the template is about that",
    "unsteady-render": "the same answers give the same bytes, whatever the hash seed, locale, time zone and process",
}
"""By id: what rendering claims of every template, besides what is found in what was rendered."""

_ONE = {"PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
_OTHER = {"PYTHONHASHSEED": "4711", "LC_ALL": "C", "TZ": "Asia/Kathmandu"}
"""How the two processes differ."""
_NAMED = re.compile(r"^\S*[/.]\S*: ")
_FIXES = {
    "render": "put it right, and see it: goldenpath start FOLDER --dry-run",
    "undefined": "ask for it in copier.yml, or test it with `is defined`",
    "unsteady-render": "let it depend on answers alone, and not on the clock, chance, order or this machine",
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """One render: the folder, which branches it took, and why there is none."""

    folder: Path
    took: tuple[str, ...] = ()
    error: TemplateError | None = None
    seconds: float = 0.0


@dataclass
class Lane:
    """Some processes of one kind, each with a thread that waits for it."""

    environment: dict[str, str]
    limits: Limits
    size: int
    _own: threading.local = field(default_factory=threading.local)
    _workers: list[Worker] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.size)

    def begin(self, ordered: Ordered) -> Future[Rendered]:
        """Render as soon as one of them is free."""
        return self._pool.submit(self._render, ordered)

    def close(self) -> None:
        """End them, whatever they are doing."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in self._workers:
            worker.kill()
        self._pool.shutdown()
        for worker in self._workers:
            worker.close()

    def _render(self, ordered: Ordered) -> Rendered:
        begun = time.monotonic()
        took, error = [], None
        ordered.into.mkdir(parents=True)
        with tempfile.TemporaryDirectory(dir=ordered.into.parent, prefix="tmp-", ignore_cleanup_errors=True) as scratch:
            worker = self._worker()
            try:
                took = worker.render(ordered, self.limits, scratch)
            except TemplateError as caught:
                error = caught
                if not worker.is_free:
                    worker.kill()  # it may still be at it
                    self._own.worker = None
        return Rendered(ordered.into, tuple(took), error, time.monotonic() - begun)

    def _worker(self) -> Worker:
        worker: Worker | None = getattr(self._own, "worker", None)
        if worker is None:
            worker = self._own.worker = take(self.environment)
            self._workers.append(worker)
        return worker


def load_early() -> None:
    """Let the processes that render load Copier while this one does other things."""
    prepare(_ONE, _OTHER)


@contextlib.contextmanager
def lanes(jobs: int) -> Iterator[tuple[Lane, Lane]]:
    """Processes of both kinds, half of the jobs each."""
    limits, size = read_limits(), max(1, jobs // 2)
    both = Lane(_ONE, limits, size), Lane(_OTHER, limits, size)
    try:
        yield both
    finally:
        for each in both:
            each.close()


def prove_renders(
    order: Ordered, source: Source, cases: Sequence[Case], scratch: Path, jobs: int
) -> Generator[CaseResult, None, frozenset[str]]:
    """Render every case as `order` says, twice each; yields what it came to, returns the branches that were taken."""
    taken: set[str] = set()
    with lanes(jobs) as (one, other):
        begun = [
            (
                case,
                one.begin(replace(order, answers=case.answers, into=scratch / str(number) / "one")),
                other.begin(replace(order, answers=case.answers, into=scratch / str(number) / "other", is_traced=True)),
            )
            for number, case in enumerate(cases)
        ]
        for case, first, second in begun:
            rendered, again = first.result(), second.result()
            taken |= set(again.took)
            faults = tuple(sorted(set(_faults(source, case, rendered, again))))
            yield CaseResult(case.name, Level.RENDER, faults, round(rendered.seconds + again.seconds, 3))
            shutil.rmtree(rendered.folder.parent, ignore_errors=True)
    return frozenset(taken)


def order_of(settings: Settings, plan: Plan, *, is_trusted: bool) -> Ordered:
    """What all renders have in common."""
    template = plan.template
    repository = sources.repository_of(settings.store, template.source)
    recorded = tags.recorded(repository, template.commit)
    return Ordered(template, repository, recorded, Path(), {}, is_trusted=is_trusted, runs_tasks=False)


def _faults(source: Source, case: Case, rendered: Rendered, again: Rendered) -> Iterator[Fault]:
    if rendered.error:
        yield _of(source, _rule_of(rendered.error, "render"), rendered.error)
        return
    made_from = {target: file for file, target in targets_of(source, case.answers)}
    failed = _of(source, _rule_of(again.error, "unsteady-render"), again.error) if again.error else None
    yield from (failed,) if failed else _unsteady(source, made_from, rendered, again)
    try:
        inspect_render(rendered.folder)
    except TemplateError as error:
        yield _of(source, "render", error)
    for fault in inspect_case(rendered.folder, made_from, source=source, answers=case.answers):
        if not failed or fault.file != failed.file:  # an empty line may be what is left of the variable
            yield fault


def _unsteady(source: Source, made_from: Mapping[str, str], rendered: Rendered, again: Rendered) -> Iterator[Fault]:
    rule = "unsteady-render"
    for name in sorted(_different(rendered.folder, again.folder)):
        problem = f"{name} differs between two renders with the same answers"
        yield Fault(made_from.get(name, source.copier_file), 1, rule, problem, _FIXES[rule])


def unrendered(results: Sequence[CaseResult]) -> frozenset[str]:
    """The cases that can't be rendered as they should: that a project can't be started with them needs no telling."""
    rules = {"render", "undefined"}
    return frozenset(each.case for each in results if rules & {fault.rule for fault in each.faults})


def _rule_of(error: TemplateError, otherwise: str) -> str:
    return "undefined" if "undefined" in error.message.lower() else otherwise


def _of(source: Source, rule: str, error: TemplateError) -> Fault:
    """The error as its author needs it: they know which template it is."""
    found = fault_of(error, source.copier_file)
    problem = _NAMED.sub("", error.message)
    return Fault(found.file, found.line, rule, problem, _FIXES[rule])


def _different(one: Path, other: Path) -> set[str]:
    """The files that are not in both, or not the same to the byte and in their rights."""
    names = {each: _files(each) for each in (one, other)}
    different = names[one] ^ names[other]
    for name in names[one] & names[other]:
        left, right = one / name, other / name
        is_same = (
            left.readlink() == right.readlink()
            if left.is_symlink() and right.is_symlink()
            else left.stat().st_mode == right.stat().st_mode and filecmp.cmp(left, right, shallow=False)
        )
        if not is_same:
            different.add(name)
    return different


def _files(root: Path) -> set[str]:
    return {os.path.relpath(os.path.join(folder, name), root) for folder, _, files in os.walk(root) for name in files}  # noqa: PTH118 - thousands of them
