"""Answers to a template's questions, with the meaning that Copier gives to types, choices, defaults and `when`."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.casting import cast, fitted, truth
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.secrecy import hiding, quoted, refusal
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from goldenpath.core.model import Answers, Json
    from goldenpath.core.questions import Question


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a question's choices: what is shown, what is answered, and why it can't be taken (mostly empty)."""

    label: str
    value: Json
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Language:
    """What questions are written in: Jinja over answers, and YAML. Both raise TemplateError naming where."""

    render: Callable[[str, Mapping[str, Json], str], str]
    load: Callable[[str, str], Json]


def is_asked(question: Question, answers: Answers, language: Language) -> bool:
    """Whether the question applies, given the answers before it."""
    if isinstance(question.when, str):
        return truth(language.render(question.when, answers, f"question `{question.name}`, when"))
    return truth(question.when)


def is_nameless(question: Question, *, applies: bool) -> bool:
    """Whether nothing has the question's name, as Copier has it: it does not apply, and has no default."""
    return not applies and not question.has_default


def default_of(question: Question, answers: Answers, language: Language) -> Json:
    """The question's default as a value of its type, given the answers before it; None when it has none that fits."""
    value = question.default
    if isinstance(value, str):
        value = language.render(value, answers, f"question `{question.name}`, default")
    if question.is_multiselect and isinstance(value, str):
        value = language.load(value, f"question `{question.name}`, default")
    if question.is_multiselect:
        return value if isinstance(value, list) else [] if value is None else [value]
    if question.type == "bool" and value is not None:
        return truth(value)
    try:
        return cast(question, value, language) if isinstance(value, str) else fitted(question, value, language)
    except ValueError:
        return None


def choices_of(question: Question, answers: Answers, language: Language) -> list[Choice]:
    """The question's choices, given the answers before it; none for a free answer."""
    given = question.choices
    where = f"question `{question.name}`, choices"
    if isinstance(given, str):
        given = language.load(language.render(given, answers, where), where)
    pairs: list[tuple[Json, Json]] = []
    if isinstance(given, dict):
        pairs = list(given.items())
    elif isinstance(given, list):
        pairs = [(item[0], item[1]) if isinstance(item, list) and len(item) == 2 else (item, item) for item in given]
    return [_choice(question, label, value, answers, language) for label, value in pairs]


def _choice(question: Question, label: Json, value: Json, answers: Answers, language: Language) -> Choice:
    where = f"question `{question.name}`, choices"
    refusal = ""
    if isinstance(value, dict):
        refusal = language.render(str(value.get("validator", "")), answers, where).strip()
        value = value.get("value")
    if value is None:
        value = label  # as questionary has it: a choice without a value is worth its own name
    if isinstance(value, str):
        value = language.render(value, answers, where)
    with contextlib.suppress(ValueError):
        value = fitted(question, value, language)
    return Choice(language.render(str(label), answers, where), value, refusal)


def problem_with(question: Question, value: Json, answers: Answers, language: Language) -> str:
    """Why the answer can't be taken, as the template's validator and choices say; empty when it can."""
    choices = choices_of(question, answers, language)
    if choices:
        wanted = value if question.is_multiselect and isinstance(value, list) else [value]
        for item in wanted:
            match = next((choice for choice in choices if choice.value == item), None)
            if match is None:
                near = "" if question.is_secret else did_you_mean(str(item), [str(c.value) for c in choices])
                return f"{quoted(question, item)} is no choice; {near}".removesuffix("; ")
            if match.refusal:
                return match.refusal
    if not question.validator:
        return ""
    where = f"question `{question.name}`, validator"
    problem = language.render(question.validator, {**answers, question.name: value}, where).strip()
    return refusal(question, problem)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question when its turn comes: the answers before it, whether it applies, and its value as things stand."""

    question: Question
    before: Answers
    applies: bool
    is_chosen: bool
    value: Json


def take_turns(questions: Sequence[Question], chosen: Answers, language: Language) -> Iterator[Turn]:
    """The questions in their order: one that applies has the answer that was chosen for it, any other its default."""
    answers: Answers = {}
    for question in questions:
        applies = is_asked(question, answers, language)
        is_chosen = applies and question.name in chosen
        value = chosen[question.name] if is_chosen else default_of(question, answers, language)
        yield Turn(question, dict(answers), applies, is_chosen, value)
        if not is_nameless(question, applies=applies):
            answers[question.name] = value


def refuse_unknown(questions: Sequence[Question], given: Answers) -> None:
    """Raise UsageError for an answer to what no question asks."""
    names = [question.name for question in questions]
    for name in given:
        if name not in names:
            raise UsageError(f"the template does not ask for `{name}`", hint=did_you_mean(name, names))


def settle(questions: Sequence[Question], given: Answers, language: Language) -> Answers:
    """Every answer, computed ones included: what is given, else the default.

    Raises UsageError for an unknown name, a value that its question refuses, and a required answer that is missing.
    """
    refuse_unknown(questions, given)
    fitting = {each.name: _taken(each, given[each.name], language) for each in questions if each.name in given}
    answers: Answers = {}
    with hiding(questions, given):
        for turn in take_turns(questions, fitting, language):
            _refuse_turn(turn, given, language)
            if not is_nameless(turn.question, applies=turn.applies):
                answers[turn.question.name] = turn.value
    return answers


def _refuse_turn(turn: Turn, given: Answers, language: Language) -> None:
    question = turn.question
    if not turn.applies:
        if question.name in given:
            raise UsageError(f"`{question.name}` is not asked with these answers", hint="leave that answer out")
        return
    if turn.value is None and not turn.is_chosen and not question.has_default:
        raise UsageError(f"no answer to `{question.name}`", hint=f"add -d {question.name}=VALUE, or --answers FILE")
    problem = problem_with(question, turn.value, turn.before, language)
    if problem:
        raise UsageError(
            f"`{question.name}` can't be {quoted(question, turn.value)}: {problem}",
            hint=f"give another one: -d {question.name}=VALUE",
        )


def still_fitting(questions: Sequence[Question], given: Answers, kept: Answers, language: Language) -> Answers:
    """Those of the `kept` answers that the questions still take, beside what is given."""
    fitting: Answers = {}
    answers: Answers = {}
    for question in questions:
        name, applies = question.name, is_asked(question, answers, language)
        if applies and name in kept and name not in given:
            with contextlib.suppress(UsageError):
                value = _taken(question, kept[name], language)
                if not problem_with(question, value, answers, language):
                    fitting[name] = value
        chosen = given if name in given else fitting
        is_chosen = applies and name in chosen
        if not is_nameless(question, applies=applies):
            answers[name] = chosen[name] if is_chosen else default_of(question, answers, language)
    return fitting


def _taken(question: Question, value: Json, language: Language) -> Json:
    try:
        if question.is_multiselect:
            return [fitted(question, item, language) for item in (value if isinstance(value, list) else [value])]
        return fitted(question, value, language)
    except ValueError as error:
        raise UsageError(
            f"`{question.name}`: {error}", hint=f"give a {question.type}: -d {question.name}=VALUE"
        ) from error


def cast_given(questions: Sequence[Question], texts: Mapping[str, str], language: Language) -> Answers:
    """`-d KEY=VALUE` texts as values. Raises UsageError for an unknown key or a value of the wrong type."""
    known = {question.name: question for question in questions}
    values: Answers = {}
    for name, text in texts.items():
        if name not in known:
            raise UsageError(f"the template does not ask for `{name}`", hint=did_you_mean(name, known))
        try:
            values[name] = (
                language.load(text, name) if known[name].is_multiselect else cast(known[name], text, language)
            )
        except (ValueError, TemplateError) as error:
            raise UsageError(f"`{name}`: {error}", hint=f"write -d {name}=VALUE ({known[name].type})") from error
    return values
