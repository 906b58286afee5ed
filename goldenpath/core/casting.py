"""Texts as values of a question's type, with the meaning that Copier gives to types."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError
from goldenpath.core.secrecy import quoted

if TYPE_CHECKING:
    from goldenpath.core.answers import Language
    from goldenpath.core.model import Json
    from goldenpath.core.questions import Question

TRUE_WORDS = frozenset({"y", "yes", "t", "true", "on", "1"})
FALSE_WORDS = frozenset({"n", "no", "f", "false", "off", "0"})


_NO_WORDS = FALSE_WORDS | {"~", "null", "none", ""}
"""What Copier takes for no, beside the words that an engineer may type."""


def truth(value: Json) -> bool:
    """What Copier makes of any value where it wants yes or no: a number, a word of YAML, else whether it is empty."""
    with contextlib.suppress(TypeError, ValueError, OverflowError):
        return bool(float(value))  # type: ignore[arg-type]
    if isinstance(value, str):
        return value.strip().lower() not in _NO_WORDS
    return bool(value)


def fitted(question: Question, value: Json, language: Language) -> Json:
    """One value in the question's type, as Copier casts it: 3.12 for a `str` is text. Raises ValueError."""
    if question.type in {"str", "path"}:
        return str(value) if isinstance(value, bool | int | float) else value
    if question.type in {"bool", "int", "float"} and isinstance(value, str):
        return cast(question, value, language)
    return value


def cast(question: Question, text: str, language: Language) -> Json:
    """A typed answer as a value of the question's type. Raises ValueError with the reason."""
    kind = question.type
    if kind == "bool":
        return _truth(question, text)
    if kind in {"int", "float"}:
        return _number(question, text)
    if kind == "json":
        return _json(text)
    if kind == "yaml":
        try:
            return language.load(text, f"answer to `{question.name}`")
        except TemplateError as error:
            raise ValueError(error.message) from error
    return text


def _json(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deep") from error
    return value


def _truth(question: Question, text: str) -> bool:
    word = text.strip().lower()
    if word not in TRUE_WORDS | FALSE_WORDS:
        raise ValueError(f"answer yes or no, not {quoted(question, text)}")
    return word in TRUE_WORDS


def _number(question: Question, text: str) -> int | float:
    is_whole = question.type == "int"
    try:
        return int(text) if is_whole else float(text)
    except ValueError as error:
        what = quoted(question, text)
        raise ValueError(f"{what} is not a {'whole number' if is_whole else 'number'}") from error
