"""Secret answers: no message repeats one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.documents import load_all
from goldenpath.adapters.language import LANGUAGE
from goldenpath.core.answers import cast_given, settle
from goldenpath.core.errors import GoldenpathError
from goldenpath.core.questions import parse_questions
from goldenpath.core.secrecy import masked, secrets_of

if TYPE_CHECKING:
    from goldenpath.core.questions import Question

SECRET = "hunter22"  # noqa: S105


def questions(text: str) -> tuple[Question, ...]:
    return parse_questions(load_all(text, file="copier.yml"))[0]


def said(text: str) -> str:
    """What is said of a secret answer to the question `tok`."""
    asked = questions(text)
    with pytest.raises(GoldenpathError) as caught:
        settle(asked, cast_given(asked, {"tok": SECRET}, LANGUAGE), LANGUAGE)
    return f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tok: {type: int, secret: true}", "`tok`: the answer is not a whole number"),
        ("tok: {type: bool, secret: true}", "answer yes or no, not the answer"),
        (
            "tok: {type: str, secret: true, choices: [hunter23, b]}",
            "`tok` can't be the answer: the answer is no choice",
        ),
        ("tok: {type: str, secret: true, validator: '{{ tok }}'}", "its validator refuses it"),
        ("tok: {type: str, secret: true, validator: '{{ tok[:5] }}'}", "its validator refuses it"),
        ("tok: {type: str, secret: true, validator: '{% if tok %}too short{% endif %}'}", "too short"),
        ("tok: {type: str, secret: true}\nb: {type: str, default: b, validator: 'not {{ tok }}'}", "not ***"),
        ("tok: {type: str, secret: true}\nb: {type: str, default: '{{ {}[tok].c }}'}", "attribute '***'"),
    ],
)
def test_no_message_repeats_a_secret_answer(text: str, words: str) -> None:
    message = said(text)
    assert words in message
    assert SECRET[:5] not in message


def test_an_answer_that_is_no_secret_is_repeated() -> None:
    assert "'hunter22' is not a whole number" in said("tok: {type: int}")


def test_the_texts_of_a_secret_answer_are_masked_and_short_ones_are_not() -> None:
    asked = questions("a: {type: json, secret: true}\nb: {type: str}")
    secrets = secrets_of(asked, {"a": {"key": ["deep\n", 1234, True, None, "x"]}, "b": "open"})
    assert secrets == {"key", "deep\n", "1234", "x"}
    assert masked("key 'deep\\n' 1234 open x", secrets) == "*** '***' *** open x"


def test_json_that_is_nested_too_deep_is_a_wrong_answer() -> None:
    asked = questions("a: {type: json}")
    with pytest.raises(GoldenpathError, match="`a`: the JSON is nested too deep"):
        cast_given(asked, {"a": "[" * 100_000}, LANGUAGE)
