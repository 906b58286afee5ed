"""Secret answers: what a message says in their place."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from goldenpath.core.errors import GoldenpathError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from goldenpath.core.model import Json
    from goldenpath.core.questions import Question

MASK = "***"
SHORTEST = 3
"""What has fewer characters is no secret, and stands in any message by chance."""


def quoted(question: Question, value: Json) -> str:
    """An answer as a message repeats it: never that to a secret question."""
    return "the answer" if question.is_secret else repr(value)


def refusal(question: Question, problem: str) -> str:
    """What a validator says. Of a secret question only what stands in the template: the rest is made of the answer."""
    if question.is_secret and problem not in question.validator:
        return "its validator refuses it"
    return problem


def secrets_of(questions: Sequence[Question], answers: Mapping[str, Json]) -> set[str]:
    """The texts in the answers to secret questions."""
    values = [answers[question.name] for question in questions if question.is_secret and question.name in answers]
    return {text for value in values for text in _texts(value)}


def masked(text: str, secrets: set[str]) -> str:
    """`text` without these texts, as they are and as Python writes them."""
    for part in sorted({*secrets, *(repr(secret)[1:-1] for secret in secrets)}, key=len, reverse=True):
        if len(part) >= SHORTEST:
            text = text.replace(part, MASK)
    return text


@contextlib.contextmanager
def hiding(questions: Sequence[Question], answers: Mapping[str, Json]) -> Iterator[None]:
    """Let no expected error repeat the answer to a secret question, such as one of Jinja that names a key."""
    try:
        yield
    except GoldenpathError as error:
        error.message = masked(error.message, secrets_of(questions, answers))
        raise


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (*_texts(key), *_texts(item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
