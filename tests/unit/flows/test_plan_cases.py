"""The cases of `template test`: what is always among them, and that no combination which can be had is missing."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldenpath.core.answers import settle, take_turns
from goldenpath.core.errors import GoldenpathError
from goldenpath.flows.plan_cases import plan_cases
from goldenpath.rules.reading import read_source
from tests.conftest import BACKEND

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.core.model import Answers, Json
    from goldenpath.core.proving import CasePlan
    from goldenpath.rules.source import Source

    Write = Callable[..., Source]
    Combination = frozenset[tuple[str, str]]

LIMIT = "{% if it > 3 %}At most three.{% endif %}"


def written(folder: Path, copier: str, **answers: str) -> Source:
    """A template with this copier.yml and these sets of answers."""
    (folder / "answers").mkdir(exist_ok=True)
    (folder / "copier.yml").write_text(copier)
    for name, text in answers.items():
        (folder / "answers" / f"{name}.yml").write_text(text)
    return read_source(folder)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    return lambda copier, **answers: written(tmp_path, copier, **answers)


def answers_of(plan: CasePlan) -> dict[str, Answers]:
    return {case.name: case.answers for case in plan.cases}


def values_of(plan: CasePlan, question: str) -> list[Json]:
    """The values that a question has in some case, each once."""
    return [json.loads(text) for text in sorted({json.dumps(case.answers[question]) for case in plan.cases})]


def asked_in(source: Source, answers: Answers) -> list[tuple[str, str]]:
    turns = take_turns(source.questions, answers, source.language)
    return [(turn.question.name, json.dumps(answers[turn.question.name])) for turn in turns if turn.applies]


def combinations_of(source: Source, sets: list[Answers], strength: int) -> set[Combination]:
    """The combinations of asked questions' values that some of these complete answers have."""
    return {
        frozenset(chosen) for answers in sets for chosen in itertools.combinations(asked_in(source, answers), strength)
    }


def everything(source: Source, values: dict[str, list[Json]]) -> list[Answers]:
    """All complete answers of these values that the questions take, found by trying each product."""
    found: list[Answers] = []
    for chosen in itertools.product(*values.values()):
        picked = dict(zip(values, chosen, strict=True))
        turns = take_turns(source.questions, picked, source.language)
        asked: Answers = {turn.question.name: turn.value for turn in turns if turn.is_chosen}
        try:
            found.append(settle(source.questions, asked, source.language))
        except GoldenpathError:
            continue
    return found


def assert_complete(source: Source, values: dict[str, list[Json]], strength: int) -> CasePlan:
    """The plan, whose figures and cases have been compared with all answers that there are."""
    plan = plan_cases(source, strength)
    size = min(strength, len(values))
    can_be_had = combinations_of(source, everything(source, values), size)
    tried = combinations_of(source, [case.answers for case in plan.cases], size)
    assert tried == can_be_had
    assert (plan.strength, plan.covered, plan.feasible) == (size, len(can_be_had), len(can_be_had))
    return plan


KITCHEN = """
kind: {type: str, choices: [service, library, job], default: service}
has_database: {type: bool, default: false, when: "{{ kind != 'library' }}"}
database:
  type: str
  choices: [postgres, mysql, sqlite]
  default: sqlite
  when: "{{ has_database }}"
  validator: "{% if database == 'sqlite' and kind == 'job' %}Not for a job.{% endif %}"
has_cache: {type: bool, default: false}
is_public:
  type: bool
  default: false
  validator: "{% if is_public and has_cache and kind == 'service' %}Not with a cache.{% endif %}"
"""
KITCHEN_VALUES: dict[str, list[Json]] = {
    "kind": ["service", "library", "job"],
    "has_database": [False, True],
    "database": ["postgres", "mysql", "sqlite"],
    "has_cache": [False, True],
    "is_public": [False, True],
}


@pytest.mark.parametrize("strength", [1, 2, 3])
def test_every_combination_that_can_be_had_is_tried_and_counted(write: Write, strength: int) -> None:
    plan = assert_complete(write(KITCHEN), KITCHEN_VALUES, strength)
    assert plan.faults == ()
    assert len(plan.cases) < len(everything(write(KITCHEN), KITCHEN_VALUES)) / (4 - strength)


@st.composite
def questionnaires(draw: st.DrawFn) -> tuple[str, dict[str, list[Json]]]:
    """Two to five questions, some asked only after an answer, some that refuse a value after an answer."""
    values: dict[str, list[Json]] = {}
    questions: dict[str, Json] = {}
    for number in range(draw(st.integers(2, 5))):
        name = f"q{number}"
        choices: list[Json] = draw(st.sampled_from([[False, True], ["a", "b", "c"], ["x", "y"]]))
        question: dict[str, Json] = {"type": "bool" if choices[0] is False else "str", "default": choices[0]}
        if choices[0] is not False:
            question["choices"] = choices
        for key in draw(st.sets(st.sampled_from(["when", "validator"]))) if values else ():
            other = draw(st.sampled_from(sorted(values)))
            condition = f"{other} == {draw(st.sampled_from(values[other]))!r}"
            refused = f"{{% if {condition} and {name} == {draw(st.sampled_from(choices))!r} %}}No.{{% endif %}}"
            question[key] = f"{{{{ {condition} }}}}" if key == "when" else refused
        questions[name], values[name] = question, choices
    return yaml.safe_dump(questions, sort_keys=False), values


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(questionnaires(), st.integers(2, 3))
def test_no_questionnaire_hides_a_combination(
    tmp_path_factory: pytest.TempPathFactory, questionnaire: tuple[str, dict[str, list[Json]]], strength: int
) -> None:
    copier, values = questionnaire
    source = written(tmp_path_factory.mktemp("template"), copier)
    plan = assert_complete(source, values, strength)
    assert {case.name for case in plan.cases} >= {"defaults"}


def test_a_dead_end_is_left_by_changing_what_it_depends_on(write: Write) -> None:
    refuses = "{% if not first or last %}No.{% endif %}"
    between = "".join(f"b{number}: {{type: bool, default: false}}\n" for number in range(30))
    copier = f'first: {{type: bool, default: false}}\n{between}last: {{type: bool, validator: "{refuses}"}}\n'
    plan = plan_cases(write(copier))
    assert {(case.answers["first"], case.answers["last"]) for case in plan.cases} == {(True, False)}
    assert plan.covered == plan.feasible == 1 + 2 * 60 + 30 * 29 // 2 * 4
    assert plan.faults == ()


def test_every_case_is_complete_and_one_that_the_questions_take() -> None:
    source = read_source(BACKEND)
    plan = plan_cases(source)
    for case in plan.cases:
        asked = {name: case.answers[name] for name, _ in asked_in(source, case.answers)}
        assert settle(source.questions, asked, source.language) == case.answers
    assert {"awkward", "database", "no-database"} == {case.name for case in plan.cases if case.is_named}
    assert plan.faults == ()


def test_no_two_cases_have_the_same_name_or_answers() -> None:
    plan = plan_cases(read_source(BACKEND), 3)
    assert len({json.dumps(case.answers, sort_keys=True) for case in plan.cases}) == len(plan.cases)
    assert len(answers_of(plan)) == len(plan.cases)
    assert any(name.startswith("triple-") for name in answers_of(plan))


def test_the_same_template_gives_the_same_cases_in_any_process() -> None:
    program = (
        "from pathlib import Path; from goldenpath.rules.reading import read_source\n"
        "from goldenpath.flows.plan_cases import plan_cases\n"
        f"print(plan_cases(read_source(Path({str(BACKEND)!r}))))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert said[0] == said[1] != ""


ENDS = """
name: {type: str, default: example, validator: "{% if name|length > 12 %}Too long.{% endif %}"}
is_loud: {type: bool, default: false}
size: {type: int, default: 5}
colour: {type: str, choices: [red, green, blue], default: green}
extras: {type: str, multiselect: true, choices: [a, b, c], default: [b]}
shade: {type: bool, default: true, when: "{{ is_loud }}"}
"""


def test_the_least_and_the_most_are_tried(write: Write) -> None:
    answers = answers_of(plan_cases(write(ENDS, big="size: 9\n", small="size: 1\nis_loud: true\n")))
    least = {"name": "", "is_loud": False, "size": 1, "colour": "red", "extras": [], "shade": True}
    assert answers["minimal"] == least
    most = {"is_loud": True, "size": 9, "colour": "blue", "extras": ["a", "b", "c"], "shade": True}
    assert {**answers["maximal"], "name": ""} == {**most, "name": ""}
    assert 7 < len(str(answers["maximal"]["name"])) <= 12


def test_the_values_of_a_question_are_its_own(write: Write) -> None:
    plan = plan_cases(write(ENDS, big="size: 9\nname: other\n"))
    assert values_of(plan, "extras") == [["a", "b", "c"], ["a"], ["b"], ["c"], []]
    assert values_of(plan, "size") == [5, 9]
    assert set(map(str, values_of(plan, "name"))) > {"", "example", "other"}


def test_a_text_that_nobody_validates_is_tried_with_no_signs_that_break_files(write: Write) -> None:
    values = values_of(plan_cases(write("it: {type: str, default: some}\n")), "it")
    assert len(values) == 3
    assert all(str(value).isalnum() for value in values)


def test_of_many_choices_the_first_the_last_and_the_default_are_tried(write: Write) -> None:
    choices = ", ".join(f"c{number:04}" for number in range(2000))
    copier = (
        f"_envops: {{undefined: jinja2.StrictUndefined}}\nit: {{type: str, choices: [{choices}], default: c0777}}\n"
    )
    values = values_of(plan_cases(write(copier, mine="it: c0042\n")), "it")
    assert len(values) == 8
    assert {"c0000", "c1999", "c0777", "c0042"} <= set(map(str, values))


def test_choices_that_depend_on_an_answer_are_tried_after_each(write: Write) -> None:
    copier = (
        "cloud: {type: str, choices: [left, right], default: left}\n"
        "region: {type: str, default: \"{{ cloud[0] }}1\", choices: \"{{ ['l1', 'l2'] if cloud == 'left' "
        "else ['r1', 'r2', 'r3'] }}\"}\n"
        "size: {type: str, default: s, choices: {S: s, L: {value: l, validator: "
        "\"{% if region == 'r3' %}Not there.{% endif %}\"}, No: {value: n, validator: Never.}}}\n"
    )
    plan = plan_cases(write(copier))
    pairs = {(case.answers["cloud"], case.answers["region"]) for case in plan.cases}
    assert pairs == {("left", "l1"), ("left", "l2"), ("right", "r1"), ("right", "r2"), ("right", "r3")}
    assert {case.answers["size"] for case in plan.cases} == {"s", "l"}
    assert plan.covered == plan.feasible == 5 + 4 + 9


def test_a_computed_default_stays_one_beside_the_values_that_are_named(write: Write) -> None:
    copier = (
        "name: {type: str, choices: [ann, bob], default: ann}\n"
        'folder: {type: str, default: "{{ name }}-x", validator: "{% if folder|length != 5 %}Five.{% endif %}"}\n'
        'shout: {default: "{{ folder|upper }}", when: false}\n'
    )
    plan = plan_cases(write(copier, named="folder: other\n", same="name: bob\nfolder: bob-x\n"))
    found = {(case.answers["name"], case.answers["folder"], case.answers["shout"]) for case in plan.cases}
    assert found == {
        ("ann", "ann-x", "ANN-X"),
        ("bob", "bob-x", "BOB-X"),
        ("ann", "other", "OTHER"),
        ("bob", "other", "OTHER"),
    }
    assert plan.covered == plan.feasible == 4


def test_a_template_without_questions_has_its_defaults_alone(write: Write) -> None:
    plan = plan_cases(write("_subdirectory: template\n"))
    assert [(case.name, case.answers, case.is_named) for case in plan.cases] == [("defaults", {}, True)]
    assert (plan.covered, plan.feasible, plan.faults) == (0, 0, ())


def test_the_only_question_is_tried_with_each_of_its_values(write: Write) -> None:
    plan = plan_cases(write("it: {type: str, choices: [a, b, c, d], default: b}\n"))
    assert values_of(plan, "it") == ["a", "b", "c", "d"]
    assert (plan.strength, plan.covered, plan.feasible) == (1, 4, 4)


def test_a_question_without_a_default_gets_a_value_that_it_takes(write: Write) -> None:
    word = "a: {type: str, validator: \"{{ 'No.' if '_' not in a }}\"}\n"
    plan = plan_cases(write(word + "b: {type: int, validator: \"{{ 'No.' if b < 1024 }}\"}\n"))
    assert answers_of(plan)["defaults"] == {"a": "example_name", "b": 8000}
    assert plan.faults == ()


def test_a_question_that_takes_nothing_made_up_is_a_fault_until_a_set_answers_it(write: Write) -> None:
    copier = "a: {type: bool, default: true}\nit:\n  type: str\n  validator: \"{{ 'No.' if it != 'sesame' }}\"\n"
    plan = plan_cases(write(copier))
    assert plan.cases == ()
    (fault,) = plan.faults
    assert (fault.file, fault.line, fault.rule, fault.is_warning) == ("copier.yml", 2, "cases", False)
    assert "`it`" in fault.problem
    assert "answers/" in fault.fix
    mended = plan_cases(write(copier, open="it: sesame\n"))
    assert (mended.faults, values_of(mended, "it"), values_of(mended, "a")) == ((), ["sesame"], [False, True])


def test_a_set_that_the_questions_refuse_is_a_fault_and_the_others_are_tried(write: Write) -> None:
    plan = plan_cases(write(f'it: {{type: int, default: 1, validator: "{LIMIT}"}}\n', good="it: 2\n", bad="it: 4\n"))
    assert [(fault.file, fault.line, fault.rule) for fault in plan.faults] == [("answers/bad.yml", 1, "answers-fit")]
    assert "At most three." in plan.faults[0].problem
    assert list(answers_of(plan)) == ["defaults", "good"]


def test_a_set_that_can_not_be_read_is_a_fault(write: Write) -> None:
    plan = plan_cases(write("it: 1\n", bad="it: [\n", list="- it\n", empty=""))
    assert {fault.file for fault in plan.faults} == {f"answers/{name}.yml" for name in ("bad", "list", "empty")}
    assert list(answers_of(plan)) == ["defaults"]


def test_sets_of_answers_have_their_files_names_and_win(write: Write) -> None:
    copier = "it: {type: str, choices: [a, b, c], default: a}\n"
    assert list(answers_of(plan_cases(write(copier, same="it: a\n", last="it: c\n")))) == ["last", "same", "single-1"]
    assert "minimal.yml" in answers_of(plan_cases(write(copier, minimal="it: b\n")))


@pytest.mark.parametrize(
    "question",
    [
        "{default: '{{ nobody.knows }}'}",
        "{type: bool, default: true, when: '{{ 1 / 0 }}'}",
        "{type: bool, default: true, when: '{% if %}'}",
        "{type: str, default: a, validator: '{{ [1] * 10 ** 9 }}'}",
        "{type: str, default: a, choices: '{{ 1 / 0 }}'}",
        "{type: str, default: a, choices: '[a, '}",
        "{type: yaml, default: &a [*a]}",
    ],
)
def test_what_can_not_be_read_is_no_crash(write: Write, question: str) -> None:
    copier = f"_envops: {{undefined: jinja2.StrictUndefined}}\nfirst: {{type: bool}}\nit: {question}\n"
    plan = plan_cases(write(copier))
    assert plan.faults or plan.cases
    assert all(fault.line == 3 for fault in plan.faults)


def test_jinja_that_takes_too_long_is_a_fault(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goldenpath.adapters.bounds.MOST_SECONDS", 0.2)
    forever = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    plan = plan_cases(write(f"it: {{type: str, default: a, validator: '{forever}'}}\n"))
    assert plan.cases == ()
    assert [fault.rule for fault in plan.faults] == ["cases"]
    assert "longer than" in plan.faults[0].problem


def test_no_fault_repeats_a_secret(write: Write) -> None:
    copier = 'word: {type: str, secret: true, default: ""}\nit: {default: "{{ {}[word] }}"}\n'
    copier = f"_envops: {{undefined: jinja2.StrictUndefined}}\n{copier}"
    plan = plan_cases(write(copier, a="word: sesame\n", b="word: barley\nit: x\n"))
    assert {fault.file for fault in plan.faults} == {"answers/a.yml", "copier.yml"}
    assert not any(word in f"{fault.problem} {fault.fix}" for fault in plan.faults for word in ("sesame", "barley"))


def test_too_many_combinations_are_said_to_be_too_many(write: Write) -> None:
    choices = "".join(f"q{number}: {{type: int, choices: [1, 2, 3, 4, 5], default: 3}}\n" for number in range(60))
    plan = plan_cases(write(choices))
    assert {len(values_of(plan, f"q{number}")) for number in range(60)} == {4}
    assert (plan.covered, plan.feasible) == (28320, 28320)
    assert [(fault.rule, fault.is_warning) for fault in plan.faults] == [("cases", True)]
    many = "".join(f"b{number}: {{type: bool, default: false}}\n" for number in range(80))
    plan = plan_cases(write(many), 3)
    assert (plan.strength, plan.covered, plan.feasible) == (2, 12640, 12640)
    assert [(fault.rule, fault.is_warning) for fault in plan.faults] == [("cases", True)]
