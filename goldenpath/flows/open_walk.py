"""Open a walk: the project around a folder, its path, and how far its engineer has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.language import language_of
from goldenpath.core.answers import take_turns
from goldenpath.core.errors import UsageError
from goldenpath.core.progress import Progress, fold
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.fetch_template import template_of
from goldenpath.flows.find_project import find_project
from goldenpath.flows.load_path import load_path, steps_for, told
from goldenpath.flows.read_questions import read_questions
from goldenpath.flows.trust import is_trusted

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.events import Event
    from goldenpath.core.model import Answers, GoldenPath, Project, Step, Template


@dataclass(frozen=True, slots=True)
class Walk:
    """An engineer's walk along a path: the project, the steps that apply to it, and the progress so far."""

    project: Project
    template: Template
    path: GoldenPath
    steps: tuple[Step, ...]
    answers: Answers
    history: tuple[Event, ...]
    progress: Progress

    def step(self, wanted: str | None = None) -> Step:
        """The step of that id or number, or the current one, prose and checks evaluated. Raises UsageError."""
        name = wanted or self.progress.current
        if name is None:
            raise UsageError(
                "every step is behind you",
                hint="see the way you came: goldenpath status; again: goldenpath goto STEP",
            )
        numbered = enumerate(self.steps, start=1)
        found = next((step for number, step in numbered if name in {step.id, str(number)}), None)
        if found is None:
            raise UsageError(f"the path has no step `{name}`", hint=did_you_mean(name, [s.id for s in self.steps]))
        return told(found, self.answers)

    def number(self, step: str) -> int:
        """Where a step stands on the path, from 1."""
        return [each.id for each in self.steps].index(step) + 1


def open_walk(settings: Settings, ledger: Ledger, folder: Path, *, may_fetch: bool = False) -> Walk:
    """The walk of the project around `folder`. Raises UsageError when there is none or its template has no path.

    With `may_fetch` the person allows to fetch the template from the address that the project names.
    """
    project = find_project(folder)
    template = _template(settings, project, may_fetch=may_fetch) if project.source else None
    path = load_path(template.folder) if template else None
    if template is None or path is None:
        raise UsageError(
            f"the project {project.root.name} has no path to walk: its template brings no path.md",
            hint="see what has one: goldenpath list",
        )
    answers = _all_answers(settings, template, project)
    steps = steps_for(path, answers)
    history = tuple(ledger.events(project.id))
    return Walk(project, template, path, steps, answers, history, fold([step.id for step in steps], history))


def _template(settings: Settings, project: Project, *, may_fetch: bool) -> Template:
    return template_of(settings, project.source, project.version, may_fetch=may_fetch)


def _all_answers(settings: Settings, template: Template, project: Project) -> Answers:
    asked = read_questions(template.folder)
    trusted = is_trusted(settings, template)
    language = language_of(asked.settings, project.root, is_trusted=trusted, template=template.folder)
    turns = take_turns(asked.questions, dict(project.answers), language)
    return {turn.question.name: turn.value for turn in turns}
