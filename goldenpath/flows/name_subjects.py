"""What is to be proven: from what was named on the command line to a template, its cases, and how far to go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import home_expanded
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.proving import CasePlan, Level, Proven, Since
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.compare_with_base import compare_with_base
from goldenpath.flows.earlier_versions import at_revisions, released_before
from goldenpath.flows.lint_template import template_folder
from goldenpath.flows.plan_cases import plan_cases
from goldenpath.flows.plan_start import plan_start
from goldenpath.flows.trust import is_trusted
from goldenpath.rules.reading import read_source
from goldenpath.rules.source import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Template
    from goldenpath.core.proving import Case
    from goldenpath.flows.plan_start import Plan
    from goldenpath.rules.source import Source


@dataclass(frozen=True, slots=True)
class Wishes:
    """How far to go, with which cases, on how many cores; which part of the work is ours (`shard` of `shards`)."""

    level: Level = Level.PATH
    answers: tuple[str, ...] = ()
    strength: int = 2
    jobs: int = 1
    shard: int = 1
    shards: int = 1
    changed_since: str = ""
    is_mutated: bool = False
    keeps: bool = False
    revisions: tuple[str, ...] = ()
    """Further earlier versions: revisions of the template's repository."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A template that is about to be proven: what was named, its author's folder, and what can be known of it."""

    name: str
    folder: Path
    is_at_hand: bool
    plan: Plan
    source: Source
    cases: CasePlan
    earlier: tuple[Template, ...] | None = None
    """The versions from which updates are tried: released ones, the oldest first, then revisions; else None."""
    released: int = 0
    """How many of them are released."""

    @property
    def updates(self) -> list[Case]:
        """A case for each earlier version and named set of answers."""
        named = [case for case in self.cases.cases if case.is_named]
        found = enumerate(self.earlier or (), start=1)
        sinces = [(template, number >= self.released) for number, template in found]
        return [
            replace(case, name=f"{template.version} {case.name}", since=Since(template, case.name, is_last))
            for template, is_last in sinces
            for case in named
        ]

    @property
    def has_path(self) -> bool:
        """Whether there is more to prove than renders."""
        return self.plan.path is not None


def find_subject(settings: Settings, what: str) -> tuple[Path, Plan]:
    """Its folder, and what a start from it would be. Raises UsageError, TemplateError."""
    folder = template_folder(settings, what)
    is_here = folder == home_expanded(what)
    return folder, plan_start(settings, str(folder) if is_here else what)  # as lint has it, `one` may be `./one`


def name_subject(settings: Settings, what: str, wishes: Wishes, folder: Path, plan: Plan) -> Subject:
    """What is known of the template that was named and found. A trusted one's questions may use what it brings.

    Raises UsageError, TemplateError.
    """
    source = read_source(folder, is_trusted=is_trusted(settings, plan.template))
    cases = plan_cases(source, wishes.strength)
    is_at_hand = not folder.is_relative_to(settings.store)
    subject = Subject(what, folder, is_at_hand, plan, source, _picked(cases, source, wishes.answers))
    return _with_earlier(settings, subject, wishes.revisions) if wishes.level is Level.UPDATE else subject


def _with_earlier(settings: Settings, subject: Subject, revisions: Sequence[str]) -> Subject:
    released = released_before(settings, subject.plan.template)
    known = {each.version for each in released}
    others = at_revisions(
        settings, subject.plan.template, subject.folder, [each for each in revisions if each not in known]
    )
    return replace(subject, earlier=(*released, *others), released=len(released))


def is_changed(settings: Settings, what: str, revision: str) -> bool:
    """Whether anything of the template changed since the revision. Raises UsageError for no such revision."""
    folder = template_folder(settings, what)
    if folder.is_relative_to(settings.store):
        raise UsageError(f"{what} is no folder of a repository here", hint="leave --changed-since out")
    return bool(compare_with_base(folder, revision).changed)


def _picked(cases: CasePlan, source: Source, names: Sequence[str]) -> CasePlan:
    """The cases of those names; two sets that come to the same answers are one case, which answers to both names."""
    if not names:
        return cases
    known = {case.name: case for case in cases.cases}
    same = {Path(file).stem if file != DEFAULTS else "defaults": found for file, found in source.settled.items()}
    for name in names:
        if name not in known.keys() | same.keys():
            raise UsageError(f"there is no set of answers `{name}`", hint=did_you_mean(name, [*known, *same]))
    wanted = [known[name].answers if name in known else same[name] for name in names]
    picked = tuple(replace(case, is_named=True) for case in cases.cases if case.answers in wanted)
    return replace(cases, cases=picked, covered=0, feasible=0)


def unreadable(what: str, error: TemplateError) -> Proven:
    """The template that was named and can't be read."""
    return Proven(what, Path(what), is_at_hand=False, unreadable=error.message, hint=error.hint)
