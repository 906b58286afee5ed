"""Read a template's questions, with what their Jinja and YAML mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.core.answers import Language, cast_given
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.questions import FILE, Question, parse_questions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from goldenpath.core.model import Answers, Json


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions of a template, and its settings (the keys of copier.yml that begin with `_`)."""

    questions: tuple[Question, ...]
    settings: Mapping[str, Json]


def _render(text: str, answers: Mapping[str, Json], where: str) -> str:
    if "{" not in text:
        return text
    from goldenpath.adapters.jinja import render_loosely

    return render_loosely(text, answers, where=f"{FILE}: {where}")


def _load(text: str, where: str) -> Json:
    return documents.load(text, file=where)


LANGUAGE = Language(_render, _load)
"""What the questions of every template are written in."""


def read_questions(folder: Path) -> Questionnaire:
    """The questions in a template's folder. Raises TemplateError naming `copier.yml:LINE`."""
    for name in (FILE, "copier.yaml"):
        path = folder / name
        if path.is_file():
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise TemplateError(f"{name}: not UTF-8", hint=f"save {name} as UTF-8") from error
            return Questionnaire(*parse_questions(documents.load_all(text, file=name)))
    return Questionnaire((), {})


def read_answers(questions: Sequence[Question], file: Path | None, texts: Sequence[str]) -> Answers:
    """Answers from `--answers FILE`, over which those of `-d KEY=VALUE` go. Raises UsageError for a bad one."""
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"-d {text}: not KEY=VALUE", hint="write it like: -d port=8080")
        pairs[key] = value
    return {**_from_file(file), **cast_given(questions, pairs, LANGUAGE)}


def _from_file(file: Path | None) -> Answers:
    if file is None:
        return {}
    try:
        value = documents.load(file.read_text(encoding="utf-8"), file=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--answers {file}: {error}", hint="name a YAML file with `question: answer` lines") from error
    except TemplateError as error:
        raise UsageError(f"--answers {error.message}", hint="name a YAML file with `question: answer` lines") from error
    if not isinstance(value, dict):
        raise UsageError(f"--answers {file}: not a mapping", hint="name a YAML file with `question: answer` lines")
    return {key: item for key, item in value.items() if not key.startswith("_")}
