"""Answers mean what Copier makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.documents import load_all
from goldenpath.adapters.language import LANGUAGE
from goldenpath.core.answers import cast_given, choices_of, default_of, is_asked, problem_with, settle
from goldenpath.core.casting import cast
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.questions import parse_questions

if TYPE_CHECKING:
    from goldenpath.core.model import Answers, Json
    from goldenpath.core.questions import Question


def ask(text: str) -> tuple[Question, ...]:
    return parse_questions(load_all(text, file="copier.yml"))[0]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("str", "12", "12"),
        ("path", "a/b", "a/b"),
        ("int", " 12", 12),
        ("float", "1.5", 1.5),
        ("bool", "Yes", True),
        ("bool", "0", False),
        ("bool", "off", False),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("yaml", "[a, 2]", ["a", 2]),
    ],
)
def test_a_typed_text_becomes_a_value_of_the_questions_type(kind: str, text: str, value: Json) -> None:
    question = ask(f"it: {{type: {kind}}}")[0]
    assert cast(question, text, LANGUAGE) == value
    assert cast_given([question], {"it": text}, LANGUAGE) == {"it": value}


@pytest.mark.parametrize(
    ("kind", "text", "reason"),
    [
        ("int", "1.5", "not a whole number"),
        ("float", "many", "not a number"),
        ("bool", "perhaps", "answer yes or no"),
        ("json", "{", "Expecting"),
        ("yaml", "[a", "not valid YAML"),
    ],
)
def test_a_text_of_the_wrong_type_is_a_usage_error(kind: str, text: str, reason: str) -> None:
    with pytest.raises(UsageError, match=f"`it`.*{reason}") as caught:
        cast_given(ask(f"it: {{type: {kind}}}"), {"it": text}, LANGUAGE)
    assert f"({kind})" in caught.value.hint


@pytest.mark.parametrize("text", ["[a", "{"])
def test_a_list_that_is_no_yaml_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="`parts`"):
        cast_given(ask("parts: {type: str, multiselect: true, choices: [a, b]}"), {"parts": text}, LANGUAGE)


@pytest.mark.parametrize(
    ("choices", "pairs"),
    [
        ("[a, b]", [("a", "a"), ("b", "b")]),
        ("{A: a, B: b}", [("A", "a"), ("B", "b")]),
        ("{A: null, B: b}", [("A", "A"), ("B", "b")]),
        ("[[A, a], [B, b]]", [("A", "a"), ("B", "b")]),
        ("\"{{ ['a', 'b'] if wide else ['a'] }}\"", [("a", "a"), ("b", "b")]),
        ("{A: {value: a}, B: {value: \"{{ 'b' }}\"}}", [("A", "a"), ("B", "b")]),
        ("{\"{{ 'A' }}\": a, B: b}", [("A", "a"), ("B", "b")]),
    ],
)
def test_choices_may_be_written_in_every_way_that_copier_knows(choices: str, pairs: list[tuple[str, str]]) -> None:
    question = ask(f"it: {{type: str, choices: {choices}}}")[0]
    assert [(choice.label, choice.value) for choice in choices_of(question, {"wide": True}, LANGUAGE)] == pairs


@pytest.mark.parametrize(("kind", "wanted"), [("str", "3.12"), ("float", 3.12)])
def test_choices_have_the_questions_type(kind: str, wanted: Json) -> None:
    questions = ask(f"it: {{type: {kind}, choices: [3.11, 3.12]}}")
    assert settle(questions, cast_given(questions, {"it": "3.12"}, LANGUAGE), LANGUAGE) == {"it": wanted}


def test_a_choice_can_refuse_with_its_own_reason() -> None:
    question = ask('it: {type: str, choices: {A: {value: a, validator: "{% if small %}too big{% endif %}"}}}')[0]
    assert problem_with(question, "a", {"small": True}, LANGUAGE) == "too big"
    assert problem_with(question, "a", {"small": False}, LANGUAGE) == ""


def test_a_value_that_is_no_choice_is_refused_with_the_nearest() -> None:
    questions = ask("db: {type: str, choices: [postgres, sqlite]}")
    with pytest.raises(UsageError, match="did you mean `postgres`") as caught:
        settle(questions, {"db": "postgress"}, LANGUAGE)
    assert "-d db=" in caught.value.hint


@pytest.mark.parametrize(
    ("question", "default"),
    [
        ("{type: int, default: 8080}", 8080),
        ('{type: int, default: "{{ base + 1 }}"}', 8001),
        ('{type: bool, default: "{{ base > 1 }}"}', True),
        ('{type: str, default: "{{ name | upper }}"}', "ADA"),
        ('{type: str, default: ""}', ""),
        ("{type: str}", None),
        ("{type: str, default: 3.12}", "3.12"),
        ("{type: bool, default: 2}", True),
        ('{type: bool, default: ""}', False),
        ('{type: bool, default: "0.0"}', False),
        ("{type: bool, default: any word}", True),
        ("{type: bool}", None),
        ('{type: int, default: "{{ name }}"}', None),
        ("{type: str, multiselect: true, choices: [a, b], default: [a]}", ["a"]),
        ("{type: str, multiselect: true, choices: [a, b], default: a}", ["a"]),
        ("{type: str, multiselect: true, choices: [a, b], default: \"{{ ['a', 'b'] }}\"}", ["a", "b"]),
        ("{type: str, multiselect: true, choices: [a, b]}", []),
        ("{type: yaml, default: [1, 2]}", [1, 2]),
    ],
)
def test_defaults_are_computed_from_the_answers_before(question: str, default: Json) -> None:
    answers: Answers = {"base": 8000, "name": "ada"}
    assert default_of(ask(f"it: {question}")[0], answers, LANGUAGE) == default


@pytest.mark.parametrize(
    ("when", "applies"),
    [
        ("true", True),
        ("false", False),
        ('"{{ db }}"', True),
        ('"{{ not db }}"', False),
        ('""', False),
        ('"no"', False),
        ('"{{ db }} word"', True),
        ('"{{ nobody }}"', False),
        ('"none"', False),
        ('"~"', False),
        ("2", True),
        ("0", False),
        ('" 0.0 "', False),
        ('"nan"', True),
        ("null", False),
    ],
)
def test_when_decides_whether_a_question_is_asked(*, when: str, applies: bool) -> None:
    assert is_asked(ask(f"it: {{type: str, when: {when}}}")[0], {"db": True}, LANGUAGE) is applies


def test_a_question_that_does_not_apply_takes_its_default_and_no_validator() -> None:
    questions = ask('db: {type: bool}\nport: {type: int, default: 5, when: "{{ db }}", validator: "never"}')
    assert settle(questions, {"db": False}, LANGUAGE) == {"db": False, "port": 5}


def test_an_answer_to_a_question_that_does_not_apply_is_refused() -> None:
    questions = ask('db: {type: bool}\nport: {type: int, default: 5, when: "{{ db }}"}')
    assert settle(questions, {"db": True, "port": 9}, LANGUAGE) == {"db": True, "port": 9}
    with pytest.raises(UsageError, match="`port` is not asked"):
        settle(questions, {"db": False, "port": 9}, LANGUAGE)


def test_a_required_answer_that_is_missing_names_the_flag() -> None:
    with pytest.raises(UsageError, match="no answer to `name`") as caught:
        settle(ask("name: {type: str}"), {}, LANGUAGE)
    assert "-d name=" in caught.value.hint


def test_a_required_question_that_does_not_apply_is_not_missed() -> None:
    assert settle(ask("name: {type: str, when: false}"), {}, LANGUAGE) == {}


@pytest.mark.parametrize("given", [{"prot": "1"}, {"port": "1", "prot": "2"}])
def test_an_unknown_answer_is_refused_with_the_nearest_name(given: dict[str, str]) -> None:
    questions = ask("port: {type: int, default: 1}\nname: {type: str, default: x}")
    with pytest.raises(UsageError, match="does not ask for `prot`") as typed:
        cast_given(questions, given, LANGUAGE)
    with pytest.raises(UsageError, match="does not ask for `prot`") as from_file:
        settle(questions, {**given}, LANGUAGE)
    assert typed.value.hint == from_file.value.hint == "did you mean `port`?"


def test_a_validator_that_says_something_refuses_the_answer() -> None:
    questions = ask('port: {type: int, validator: "{% if port < 1024 %}must be 1024 or more{% endif %}"}')
    assert settle(questions, {"port": 8080}, LANGUAGE) == {"port": 8080}
    with pytest.raises(UsageError, match="can't be 80: must be 1024 or more"):
        settle(questions, {"port": 80}, LANGUAGE)


def test_a_default_that_the_validator_refuses_is_refused() -> None:
    with pytest.raises(UsageError, match="too short"):
        settle(ask('name: {type: str, default: "a", validator: "too short"}'), {}, LANGUAGE)


@pytest.mark.parametrize(("given", "taken"), [(["a", "b"], ["a", "b"]), ("a", ["a"]), ([], [])])
def test_a_multiselect_answer_is_a_list(given: Json, taken: Json) -> None:
    questions = ask("parts: {type: str, multiselect: true, choices: [a, b]}")
    assert settle(questions, {"parts": given}, LANGUAGE) == {"parts": taken}


def test_every_item_of_a_multiselect_answer_must_be_a_choice() -> None:
    with pytest.raises(UsageError, match="'c' is no choice"):
        settle(ask("parts: {type: str, multiselect: true, choices: [a, b]}"), {"parts": ["a", "c"]}, LANGUAGE)


@pytest.mark.parametrize(("kind", "given"), [("int", "eighty"), ("bool", "perhaps"), ("float", "a lot")])
def test_an_answer_from_a_file_must_fit_the_questions_type(kind: str, given: Json) -> None:
    with pytest.raises(UsageError, match="`it`"):
        settle(ask(f"it: {{type: {kind}}}"), {"it": given}, LANGUAGE)


@pytest.mark.parametrize(
    ("kind", "given", "taken"), [("str", 12, "12"), ("int", "12", 12), ("bool", "no", False), ("json", "5", "5")]
)
def test_an_answer_from_a_file_is_taken_in_the_questions_type(kind: str, given: Json, taken: Json) -> None:
    assert settle(ask(f"it: {{type: {kind}}}"), {"it": given}, LANGUAGE) == {"it": taken}


def test_answers_build_on_the_answers_before_them() -> None:
    questions = ask('name: {type: str}\npackage: "{{ name }}_app"\nmodule: "{{ package }}.main"')
    settled = settle(questions, {"name": "shop"}, LANGUAGE)
    assert settled == {"name": "shop", "package": "shop_app", "module": "shop_app.main"}
    assert list(settled) == ["name", "package", "module"]


def test_jinja_that_is_wrong_names_the_question() -> None:
    with pytest.raises(TemplateError, match=r"copier.yml: question `it`, default"):
        settle(ask('it: {type: str, default: "{{ 1 / 0 }}"}'), {}, LANGUAGE)
