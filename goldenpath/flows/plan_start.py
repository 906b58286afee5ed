"""Plan a start: the template, its path, its questions, and whether this machine has what the path needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.store.folders import folder_of
from goldenpath.adapters.store.sources import SCHEME, name_of
from goldenpath.checks import KINDS
from goldenpath.checks.world import World
from goldenpath.core.errors import TemplateError
from goldenpath.core.model import Check, Finding
from goldenpath.core.outcomes import Outcome
from goldenpath.core.pathfile import FILE as PATH_FILE
from goldenpath.flows.fetch_template import fetch_template
from goldenpath.flows.find_project import ANSWERS
from goldenpath.flows.inspect_template import inspect_template
from goldenpath.flows.load_path import load_path
from goldenpath.flows.read_questions import Questionnaire, read_questions

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Answers, GoldenPath, Need, Template

NAMING = ("service_name", "project_slug", "repo_name", "project_name", "name")
"""Questions whose answer names the project's folder when no folder is given; the first that the template has."""


@dataclass(frozen=True, slots=True)
class NeedFinding:
    """A tool that the path needs, and whether this machine has it."""

    need: Need
    finding: Finding

    @property
    def is_met(self) -> bool:
        """The tool is there, new enough."""
        return self.finding.outcome is Outcome.PASSED


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known before the first question."""

    template: Template
    path: GoldenPath | None
    questionnaire: Questionnaire
    made_from: Path | None = None
    """The template's folder, when it is one of this machine."""


def plan_start(settings: Settings, what: str) -> Plan:
    """The plan for a path's name, a folder or a URL. Raises UsageError or TemplateError."""
    template = fetch_template(settings, what)
    is_ours = template.source.startswith(SCHEME)
    return replace(
        plan_of(template), made_from=folder_of(settings.store, name_of(template.source)) if is_ours else None
    )


def plan_of(template: Template) -> Plan:
    """The plan for one version of a template. Raises TemplateError for one that no project should be made from."""
    path, questionnaire = load_path(template.folder), read_questions(template.folder)
    if path is not None and not _keeps_answers(template.folder):
        raise TemplateError(
            f"{template.source} has a {PATH_FILE} and renders no {ANSWERS}, without which no step can be told",
            hint="let it carry `{{ _copier_conf.answers_file }}.jinja` with `{{ _copier_answers|to_nice_yaml }}` in it",
        )
    inspect_template(template, questionnaire.settings)
    return Plan(template, path, questionnaire)


def _keeps_answers(folder: Path) -> bool:
    return any("_copier_conf.answers_file" in file.name or ANSWERS in file.name for file in folder.rglob("*"))


def look_at_needs(path: GoldenPath | None) -> list[NeedFinding]:
    """Each tool that the path needs, looked for on this machine."""
    here = Path.cwd()
    world = World(here, here, lambda: None, lambda: (), lambda _question, _choices: None, here)
    found: list[NeedFinding] = []
    for need in path.needs if path else ():
        options = {"tool": need.tool, **({"version": need.version} if need.version else {})}
        finding = KINDS["tool"].look(Check("tool", options, line=1), world)
        found.append(NeedFinding(need, finding))
    return found


def folder_name(plan: Plan, answers: Answers) -> str:
    """The name of the folder for a project with these answers."""
    asked = {question.name for question in plan.questionnaire.questions}
    name = next((str(answers[key]) for key in NAMING if key in asked and answers.get(key)), plan.template.name)
    return "-".join("".join(sign if sign.isalnum() or sign in "._-" else " " for sign in name).split()) or "project"
