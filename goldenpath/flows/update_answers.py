"""The answers of a project before an update and after it: what its answers file keeps, and what is asked anew."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.adapters.language import language_of
from goldenpath.core.answers import settle, still_fitting, take_turns
from goldenpath.core.errors import UsageError
from goldenpath.flows.find_project import read_project
from goldenpath.flows.plan_cases import DEFAULT_CASE, plan_cases
from goldenpath.rules.reading import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.answers import Language
    from goldenpath.core.model import Answers
    from goldenpath.core.proving import Case
    from goldenpath.flows.plan_update import Version
    from goldenpath.rules.source import Source


@dataclass(frozen=True, slots=True)
class NewAnswers:
    """Every answer for the new version; `unanswered` are the questions that nobody answers unless they are asked."""

    answers: Answers
    unanswered: tuple[str, ...]


def answers_before(version: Version, case: Case) -> Answers:
    """The case's answers as an earlier version takes them. Raises UsageError, TemplateError where it takes none.

    What only that version asks is answered as it did itself in a case of the same name, else in its defaults.
    """
    language = _language(version)
    questions = version.questionnaire.questions
    fitting = still_fitting(questions, {}, case.answers, language)
    try:
        return settle(questions, fitting, language)
    except UsageError:
        own = _own_answers(version, case)
        return settle(questions, {**still_fitting(questions, fitting, own, language), **fitting}, language)


def _own_answers(version: Version, case: Case) -> Answers:
    cases = {
        each.name: each.answers for each in plan_cases(read_source(version.template.folder, is_trusted=True)).cases
    }
    name = case.since.answers if case.since else case.name
    return cases.get(name, cases.get(DEFAULT_CASE, {}))


def answers_after(version: Version, rendered: Path, case: Case, source: Source) -> NewAnswers:
    """The answers of a project that was rendered there, as an update takes them over: what is new is answered anew.

    What the set of answers does not say, and no default does, is unanswered, and answered as in the case. Raises
    UsageError, TemplateError.
    """
    language, questions = _language(version), version.questionnaire.questions
    kept = recorded_answers(version, rendered, case)
    fresh = {name: value for name, value in case.answers.items() if name not in kept}
    said = {name: value for name, value in fresh.items() if name in _written(source, case)}
    given = {**still_fitting(questions, kept, said, language), **kept}
    turns = list(take_turns(questions, given, language))
    missing = tuple(
        turn.question.name
        for turn in turns
        if turn.applies and turn.value is None and not turn.is_chosen and not turn.question.has_default
    )
    given |= still_fitting(questions, given, {name: fresh[name] for name in missing if name in fresh}, language)
    return NewAnswers(settle(questions, given, language), missing)


def recorded_answers(version: Version, rendered: Path, case: Case) -> Answers:
    """What a version takes of the answers that a project keeps; what is secret is kept nowhere, and given again."""
    questions = version.questionnaire.questions
    secret = {each.name: case.answers[each.name] for each in questions if each.is_secret and each.name in case.answers}
    known = {**read_project(rendered).answers, **secret}
    return still_fitting(questions, {}, known, _language(version))


def answers_again(version: Version, rendered: Path, case: Case) -> Answers:
    """The answers of a second update, of a project that was rendered there at this version. Raises UsageError."""
    return settle(version.questionnaire.questions, recorded_answers(version, rendered, case), _language(version))


def _written(source: Source, case: Case) -> frozenset[str]:
    """The questions that the set answers itself; none when it is no file in `answers/`."""
    name = case.since.answers if case.since else case.name
    for file, written in source.answers.items():
        inside = PurePosixPath(file).relative_to("answers")
        if name in {inside.as_posix(), inside.with_suffix("").as_posix()} and isinstance(written, dict):
            return frozenset(written)
    return frozenset()


def _language(version: Version) -> Language:
    return language_of(version.questionnaire.settings, None, is_trusted=True, template=version.template.folder)
