"""Questions are read as copier.yml writes them."""

from __future__ import annotations

import pytest

from goldenpath.adapters.documents import load_all
from goldenpath.core.errors import TemplateError
from goldenpath.core.questions import Question, parse_questions


def ask(text: str) -> tuple[Question, ...]:
    return parse_questions(load_all(text, file="copier.yml"))[0]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("shop", "str"),
        ("true", "bool"),
        ("3", "int"),
        ("1.5", "float"),
        ("[a]", "yaml"),
        ("{default: 3}", "int"),
        ("{help: What?}", "yaml"),
        ("{type: path}", "path"),
    ],
)
def test_a_question_without_a_type_has_that_of_its_default(written: str, kind: str) -> None:
    assert ask(f"it: {written}")[0].type == kind


def test_a_bare_value_is_a_default() -> None:
    question = ask("port: 8080")[0]
    assert (question.name, question.default, question.has_default) == ("port", 8080, True)


@pytest.mark.parametrize(("written", "has"), [("{type: str}", False), ("{type: str, default: null}", True)])
def test_an_absent_default_is_told_from_an_empty_one(*, written: str, has: bool) -> None:
    assert ask(f"it: {written}")[0].has_default is has


def test_keys_with_an_underscore_are_settings() -> None:
    questions, settings = parse_questions(load_all("_subdirectory: template\nname: x\n", file="copier.yml"))
    assert [question.name for question in questions] == ["name"]
    assert settings == {"_subdirectory": "template"}


def test_a_later_document_wins() -> None:
    assert ask("port: 1\nname: a\n---\nport: 2\n")[0].default == 2


def test_an_empty_file_asks_nothing() -> None:
    assert parse_questions(load_all("", file="copier.yml")) == ((), {})
    assert parse_questions(load_all("---\n---\n", file="copier.yml")) == ((), {})


@pytest.mark.parametrize(
    ("text", "line", "words", "hint"),
    [
        ("a: 1\nport:\n  type: int\n  defualt: 3\n", 4, "`defualt` is not a known key", "did you mean `default`?"),
        ("port:\n  type: intt\n", 2, "is 'intt'", "did you mean `int`?"),
        ("port:\n  multiselect: perhaps\n", 2, "must be true or false", ""),
        ("- a\n", 1, "must be a mapping", ""),
    ],
)
def test_an_error_names_the_line_and_the_question(text: str, line: int, words: str, hint: str) -> None:
    with pytest.raises(TemplateError, match=words) as caught:
        ask(text)
    assert caught.value.message.startswith(f"copier.yml:{line}: ")
    assert hint in caught.value.hint


def test_flags_and_words_are_kept() -> None:
    question = ask("it: {type: str, secret: true, multiline: true, placeholder: abc, validator: never, help: What?}")[0]
    assert (question.is_secret, question.is_multiline, question.is_multiselect) == (True, True, False)
    assert (question.placeholder, question.help) == ("abc", "What?")
