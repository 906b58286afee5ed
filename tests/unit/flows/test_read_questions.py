"""Questions and answers are read from files and flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.flows.read_questions import read_answers, read_questions

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.questions import Question

TEXT = """\
_subdirectory: template
name: {type: str}
port: {type: int, default: 8080}
parts: {type: str, multiselect: true, choices: [a, b], default: []}
"""


@pytest.fixture
def questions(tmp_path: Path) -> tuple[Question, ...]:
    (tmp_path / "copier.yml").write_text(TEXT)
    return read_questions(tmp_path).questions


@pytest.mark.parametrize("name", ["copier.yml", "copier.yaml"])
def test_questions_are_read_from_either_name(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(TEXT)
    found = read_questions(tmp_path)
    assert [question.name for question in found.questions] == ["name", "port", "parts"]
    assert found.settings == {"_subdirectory": "template"}


def test_a_folder_without_questions_has_none(tmp_path: Path) -> None:
    assert read_questions(tmp_path).questions == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"name: [\n", r"copier.yml:\d: not valid YAML"), (b"caf\xe9: 1\n", "not UTF-8"), (b"- a\n", "must be a mapping")],
)
def test_a_bad_file_is_a_template_error(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_bytes(content)
    with pytest.raises(TemplateError, match=words):
        read_questions(tmp_path)


def test_flags_go_over_the_file(questions: tuple[Question, ...], tmp_path: Path) -> None:
    file = tmp_path / "a.yml"
    file.write_text("_src_path: x\n_commit: y\nname: shop\nport: 80\n")
    assert read_answers(questions, file, ["port=90", "parts=[a, b]"]) == {
        "name": "shop",
        "port": 90,
        "parts": ["a", "b"],
    }
    assert read_answers(questions, None, []) == {}


@pytest.mark.parametrize(
    ("text", "value"),
    [("name=", ""), ("name=a=b", "a=b"), ("name= x ", " x "), ("name=12", "12"), ("name={{x}}", "{{x}}")],
)
def test_a_flag_is_cut_at_its_first_sign(text: str, value: str, questions: tuple[Question, ...]) -> None:
    assert read_answers(questions, None, [text]) == {"name": value}


@pytest.mark.parametrize(
    ("text", "words", "hint"),
    [
        ("name", "-d name: not KEY=VALUE", "-d port=8080"),
        ("=x", "-d =x: not KEY=VALUE", "-d port=8080"),
        ("prot=1", "does not ask for `prot`", "did you mean `port`?"),
        ("port=many", "'many' is not a whole number", "(int)"),
        ("parts=[a", "not valid YAML", "(str)"),
    ],
)
def test_a_bad_flag_is_a_usage_error(text: str, words: str, hint: str, questions: tuple[Question, ...]) -> None:
    with pytest.raises(UsageError) as caught:
        read_answers(questions, None, [text])
    assert words in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("content", [None, b"- a\n", b"name: [\n", b"caf\xe9: 1\n", b"text"])
def test_a_bad_answers_file_is_a_usage_error_that_names_it(
    content: bytes | None, questions: tuple[Question, ...], tmp_path: Path
) -> None:
    file = tmp_path / "answers.yml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError, match=r"^--answers .*answers\.yml"):
        read_answers(questions, file, [])


def test_half_a_character_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text("it: {type: json}\n")
    with pytest.raises(UsageError, match="not UTF-8"):
        read_answers(read_questions(tmp_path).questions, None, ['it="\\ud800"'])


def test_secret_questions_and_extensions_add_up_over_documents(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text(
        "_secret_questions: [a]\n_jinja_extensions: [x.A]\n---\n"
        "_secret_questions: [b]\n_jinja_extensions: [x.B]\na: 1\nb: 2\nc: 3\n"
    )
    found = read_questions(tmp_path)
    assert [question.is_secret for question in found.questions] == [True, True, False]
    assert found.settings["_jinja_extensions"] == ["x.A", "x.B"]
