"""Read a template's questions, with what their Jinja and YAML mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.adapters.language import LANGUAGE
from goldenpath.adapters.reading import read_text
from goldenpath.core.answers import cast_given
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


def read_questions(folder: Path) -> Questionnaire:
    """The questions in a template's folder. Raises TemplateError naming `copier.yml:LINE`."""
    for name in (FILE, "copier.yaml"):
        path = folder / name
        if path.is_file():
            text = read_text(path, folder, hint=f"save {name} as a file of its own, in UTF-8")
            return Questionnaire(*parse_questions(documents.load_all(text, file=name, folder=folder)))
    return Questionnaire((), {})


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
        with file.open(encoding="utf-8") as opened:  # which may be a pipe, so that its length is known only then
            value = documents.load(opened.read(documents.MOST_CHARACTERS + 1), file=str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--answers {file}: {error}", hint="name a YAML file with `question: answer` lines") from error
    except TemplateError as error:
        raise UsageError(f"--answers {error.message}", hint="name a YAML file with `question: answer` lines") from error
    if not isinstance(value, dict):
        raise UsageError(f"--answers {file}: not a mapping", hint="name a YAML file with `question: answer` lines")
    return {key: item for key, item in value.items() if not key.startswith("_")}
