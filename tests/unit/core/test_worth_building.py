"""Which cases are built: what differs in choices is, what differs in free texts alone is not."""

from __future__ import annotations

import pytest

from goldenpath.core.proving import Case
from goldenpath.core.questions import parse_questions
from goldenpath.core.worth_building import worth_building

QUESTIONS, _ = parse_questions(
    [{"name": {"type": "str"}, "port": {"type": "int"}, "docs": {"type": "bool"}, "style": {"choices": ["a", "b"]}}]
)


def case(name: str, *, docs: bool = True, style: str = "a", title: str = "x", is_named: bool = False) -> Case:
    return Case(name, {"name": title, "port": 1, "docs": docs, "style": style}, is_named)


def built(*cases: Case) -> list[str]:
    return [each.name for each in worth_building(cases, QUESTIONS)]


def test_a_case_that_differs_in_a_free_text_alone_is_not_built() -> None:
    assert built(case("defaults", is_named=True), case("pair-1", title="y")) == ["defaults"]


def test_a_case_with_a_new_combination_of_choices_is_built() -> None:
    one, two = case("defaults", is_named=True), case("pair-1", docs=False)
    assert built(one, two, case("pair-2", style="b"), case("pair-3", docs=False, style="b")) == [
        "defaults",
        "pair-1",
        "pair-2",
        "pair-3",
    ]
    assert built(one, two, case("pair-2", docs=False, title="z")) == ["defaults", "pair-1"]


@pytest.mark.parametrize("name", ["minimal", "maximal"])
def test_the_ends_are_always_built(name: str) -> None:
    assert built(case("defaults", is_named=True), case(name)) == ["defaults", name]


def test_what_the_author_named_is_always_built() -> None:
    assert built(case("one", is_named=True), case("two", is_named=True)) == ["one", "two"]
