"""Read a template's questions, with what their Jinja and YAML mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.core.answers import Language, cast_given
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.questions import FILE, Question, parse_questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from goldenpath.core.model import Answers, Json


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """The questions of a template, and its settings (the keys of copier.yml that begin with `_`)."""

    questions: tuple[Question, ...]
    settings: Mapping[str, Json]


def language_of(copier: Mapping[str, Json], destination: Path | None, *, is_trusted: bool) -> Language:
    """What the questions of a template with these settings are written in, for a project in `destination`.

    The Jinja extensions that it brings are loaded when it is trusted. Raises TemplateError for a setting it can't have.
    """
    options = copier.get("_envops") or {}
    if not isinstance(options, dict):
        raise TemplateError(f"{FILE}: `_envops` must be a mapping", hint=f"put it right in {FILE}")
    extensions = copier.get("_jinja_extensions") if is_trusted else None
    names = tuple(str(name) for name in extensions) if isinstance(extensions, list) else ()

    def render(text: str, answers: Mapping[str, Json], where: str) -> str:
        if "{" not in text and not options:
            return text
        from goldenpath.adapters.jinja import Dialect, render_loosely

        return render_loosely(text, answers, where=f"{FILE}: {where}", dialect=Dialect(options, names, destination))

    return Language(render, _load)


def _load(text: str, where: str) -> Json:
    return documents.load(text, file=where)


LANGUAGE = language_of({}, None, is_trusted=False)
"""What the questions of a template that changes nothing are written in."""


def read_questions(folder: Path) -> Questionnaire:
    """The questions in a template's folder. Raises TemplateError naming `copier.yml:LINE`."""
    for name in (FILE, "copier.yaml"):
        path = folder / name
        if path.is_file():
            try:
                text = path.read_text(encoding="utf-8")
            except UnicodeDecodeError as error:
                raise TemplateError(f"{name}: not UTF-8", hint=f"save {name} as UTF-8") from error
            return Questionnaire(*parse_questions(_flat(documents.load_all(text, file=name, folder=folder))))
    return Questionnaire((), {})


def _flat(values: Iterable[Json]) -> Iterator[Json]:
    """The documents of copier.yml, those of an `!include` among them."""
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        elif value:
            yield value


def read_answers(questions: Sequence[Question], file: Path | None, texts: Sequence[str]) -> Answers:
    """Answers from `--answers FILE`, over which those of `-d KEY=VALUE` go. Raises UsageError for a bad one."""
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise UsageError(f"-d {text}: not KEY=VALUE", hint="write it like: -d port=8080")
        pairs[key] = value
    given = {**_from_file(file), **cast_given(questions, pairs, LANGUAGE)}
    for name, answer in given.items():
        try:
            json.dumps(answer, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"`{name!a}`: not UTF-8: {answer!a}", hint="give it as UTF-8") from error
    return given


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
