"""Plan an update: the project, the version it stands at, the one it goes to, and the answers for both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters.checkout import edited, place_of, unmerged
from goldenpath.adapters.language import language_of
from goldenpath.core.answers import settle, still_fitting
from goldenpath.core.errors import FilesInTheWayError, UsageError
from goldenpath.flows import unfinished_update
from goldenpath.flows.fetch_template import template_of
from goldenpath.flows.find_project import ANSWERS, find_rendered_project
from goldenpath.flows.inspect_template import inspect_template
from goldenpath.flows.newest_template import newest_template
from goldenpath.flows.read_questions import read_questions
from goldenpath.flows.trust import is_trusted
from goldenpath.flows.update_source import refuse_other_content

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.checkout import Place
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Answers, Project, Template
    from goldenpath.core.updating import Unfinished
    from goldenpath.flows.read_questions import Questionnaire


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a template, and what it asks."""

    template: Template
    questionnaire: Questionnaire

    @property
    def title(self) -> str:
        """What it is called."""
        return f"{self.template.name} {self.template.version}"


@dataclass(frozen=True, slots=True)
class UpdatePlan:
    """What is known before the first question: the two versions of the template, and the answers of the first."""

    project: Project
    place: Place
    before: Version
    after: Version
    answers: Answers
    is_old_trusted: bool = False
    """Whether the old version may run what it brings while it is rendered."""

    @property
    def is_same_version(self) -> bool:
        """Only answers can change."""
        return (self.before.template.source, self.before.template.commit) == (
            self.after.template.source,
            self.after.template.commit,
        )

    @property
    def asks_the_same(self) -> bool:
        """Whether the old answers, which are known to fit, are the new ones too; a secret one was kept nowhere."""
        before, after = self.before.questionnaire, self.after.questionnaire
        return before == after and not any(question.is_secret for question in after.questions)


def find_place(folder: Path) -> tuple[Project, Place]:
    """The project around a folder and where it lies. Raises UsageError where nothing can be updated."""
    project = find_rendered_project(folder)
    place = place_of(project.root)
    if place is None:
        raise UsageError(
            f"{project.root} is in no git repository with a commit",
            hint="make one, so that an update can be looked at and undone: git init && git add . && git commit",
        )
    return project, place


def find_updatable(folder: Path) -> tuple[Project, Place]:
    """The project around a folder and where it lies.

    Raises UsageError, and FilesInTheWayError where the project has changes that are not committed.
    """
    project, place = find_place(folder)
    if not project.source or not project.version:
        raise UsageError(
            f"{project.root.name} does not say which version of which template it is from",
            hint=f"`_src_path` and `_commit` stand in its {ANSWERS}: git restore {ANSWERS}",
        )
    refuse_unready(place)
    return project, place


def plan_update(settings: Settings, project: Project, place: Place, wanted: str, *, adopts: str = "") -> UpdatePlan:
    """The plan for the newest version, or the `wanted` one, of the project's source or of the one that it `adopts`.

    Whoever adopts another source stays at the version. Nothing is fetched that the store has. Raises UsageError for a
    source that may not be asked, TemplateError.
    """
    old = template_of(settings, project.source, project.version)
    if adopts:
        refuse_other_content(settings, old, adopts)
        wanted = wanted or project.version
    new = newest_template(settings, adopts or project.source, version=project.version, want=wanted)
    before, after = (Version(template, read_questions(template.folder)) for template in (old, new))
    for version in (before, after):
        inspect_template(version.template, version.questionnaire.settings)
    return UpdatePlan(project, place, before, after, _answers_before(settings, before, project))


def refuse_unready(place: Place) -> None:
    """Raise FilesInTheWayError when the project is not as its last commit has it, or something is unfinished."""
    unfinished = unfinished_update.read(place)
    if unfinished is not None and not unfinished_update.is_given_up(place, unfinished):
        raise FilesInTheWayError(
            f"the update to {unfinished.title} is not finished",
            hint="commit it: goldenpath update --continue; or undo it: goldenpath update --abort",
        )
    if place.busy:
        raise FilesInTheWayError(
            f"git is in the middle of something here ({place.busy})", hint="end that first; see: git status"
        )
    changed = sorted({*edited(place), *unmerged(place)})
    if changed:
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        raise FilesInTheWayError(
            f"{', '.join(changed[:3])}{more}: changed and not committed",
            hint="commit first: git commit -a; or put it aside: git stash",
        )


def _answers_before(settings: Settings, version: Version, project: Project) -> Answers:
    """Every answer that the project's version was rendered with."""
    questions = version.questionnaire.questions
    trusted = is_trusted(settings, version.template)
    copier = version.questionnaire.settings
    language = language_of(copier, project.root, is_trusted=trusted, template=version.template.folder)
    known = {question.name for question in questions}
    recorded = {name: value for name, value in project.answers.items() if name in known}
    try:
        return settle(questions, recorded, language)
    except UsageError:  # somebody has written into the answers file
        return settle(questions, still_fitting(questions, {}, recorded, language), language)


def clear_up(folder: Path) -> str:
    """Put right what an update that was killed, or given up, left behind; what was done, empty when nothing was.

    Raises FilesInTheWayError where somebody has worked on what it left.
    """
    _, place = find_place(folder)
    if unfinished_update.read(place) is None:
        return ""
    with unfinished_update.alone(place):
        update = unfinished_update.read(place)
        if update is not None and update.is_applying:
            return _brought_back(place, update)
        if update is not None and unfinished_update.is_given_up(place, update):
            unfinished_update.forget(place)
            return f"the update to {update.title} was taken back, and is forgotten"
    return ""


def _brought_back(place: Place, update: Unfinished) -> str:
    edited = unfinished_update.edited_since(place, update)
    if edited:
        raise FilesInTheWayError(
            f"the update to {update.title} was interrupted, and changed since: {', '.join(edited[:5])}",
            hint="keep a copy of them; then bring the project back: goldenpath update --abort",
        )
    unfinished_update.undo(place, update)
    return f"an update to {update.title} was interrupted; the project is as it was before"


def kept_answers(plan: UpdatePlan, given: Answers, *, is_trusted: bool) -> Answers:
    """Those of the project's answers that the new version takes too, beside the ones that are given now."""
    after, root = plan.after, plan.project.root
    questions, copier = after.questionnaire.questions, after.questionnaire.settings
    language = language_of(copier, root, is_trusted=is_trusted, template=after.template.folder)
    return {**still_fitting(questions, given, dict(plan.project.answers), language), **given}


def with_secrets(plan: UpdatePlan, answers: Answers) -> UpdatePlan:
    """The plan whose old answers have the secrets of the new ones: nobody kept what they were."""
    asked = {question.name for question in plan.before.questionnaire.questions if question.is_secret}
    return replace(plan, answers={**plan.answers, **{name: answers[name] for name in asked & answers.keys()}})
