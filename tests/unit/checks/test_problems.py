"""What is wrong with a check's options is found without looking at anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.checks import KINDS, problems
from goldenpath.core.model import Check

if TYPE_CHECKING:
    from goldenpath.core.model import Json

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("alert", {"alert": "Down", "state": "fireing"}, "one of loaded, firing, fired, resolved"),
    ("alert", {"alert": "Down", "provoke": []}, "`provoke` names no command"),
    ("alert", {"alert": "Down", "provoke": ["a"], "relieve": []}, "`relieve` names no command"),
    ("alert", {"alert": "Down", "relieve": ["a"]}, "nothing is provoked"),
    ("alert", {"alert": "Down", "provoke": ["a"], "state": "fired"}, "leave `state` out"),
    ("command", {"command": []}, "names no command"),
    ("command", {"command": ["a"], "exit": "one"}, "`exit` must be a whole number"),
    ("command", {"command": ["a"], "stdout": "("}, "`stdout` is no regular expression"),
    ("confirm", {"confirm": "Which?", "choices": ["a", "b"], "answer": "c"}, "none of the choices"),
    ("confirm", {"confirm": "How?", "open": "yes"}, "must be true or false"),
    ("confirm", {"confirm": "How?", "open": True, "choices": ["a"]}, "leave `choices` and `answer` out"),
    ("deployed", {"deployed": "Songs API"}, "no name of a service"),
    ("dns", {"dns": "songs.example.org"}, "no name below prod.test"),
    ("dns", {"dns": "a..prod.test"}, "no name below prod.test"),
    ("dns", {"dns": "songs.prod.test", "type": "ADDRESS"}, "one of A, AAAA"),
    ("env", {"env": "HOME", "matches": "("}, "no regular expression"),
    ("file", {"file": "../a"}, "leads out of the project"),
    ("file", {"file": "/etc/hosts"}, "leads out of the project"),
    ("file", {"file": "a", "matches": "["}, "no regular expression"),
    ("git", {"git": "tidy"}, "nothing that is known"),
    ("git", {"git": "branch", "name": "("}, "no regular expression"),
    ("git", {"git": "commits", "at_least": "some"}, "whole number"),
    ("http", {"http": "localhost"}, "no http address"),
    ("http", {"http": "http://localhost", "status": "fine"}, "whole number"),
    ("http", {"http": "http://localhost", "headers": ["a"]}, "must map names"),
    ("http", {"http": "http://localhost", "headers": {"a": "("}}, "must map names"),
    ("http", {"http": "http://localhost", "matches": "("}, "no regular expression"),
    ("metric", {"metric": "up", "satisfies": "more than 1"}, "no comparison with a number"),
    ("milestone", {"milestone": "first-comit"}, "did you mean `first-commit`?"),
    ("port", {"port": "http"}, "whole number"),
    ("pr", {"pr": "closed"}, "opened or merged"),
    ("pr", {"pr": "opened", "count": "two"}, "whole number"),
    ("tool", {"tool": "/bin/git"}, "no name of a tool"),
    ("tool", {"tool": "git", "version": "new"}, "write it like"),
]


def found(kind: str, options: dict[str, Json]) -> list[str]:
    return [fault.problem for fault in problems(Check(kind, options, line=3), KINDS)]


@pytest.mark.parametrize(("kind", "options", "words"), WRONG)
def test_an_option_that_can_t_be_read_is_a_problem(kind: str, options: dict[str, Json], words: str) -> None:
    assert len(found(kind, options)) == 1
    assert words in found(kind, options)[0]


def test_every_option_that_is_read_has_a_case() -> None:
    assert {kind for kind, _, _ in WRONG} == set(KINDS)
    tried = {(kind, key) for kind, options, _ in WRONG for key in options}
    assert {(name, key) for name, kind in KINDS.items() for key in kind.READS} <= tried


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("port", {"port": "{{ port }}"}),
        ("confirm", {"confirm": "Which?", "choices": ["{{ a }}", "b"], "answer": "c"}),
        ("git", {"git": "branch", "name": "{{ branch }}("}),
        ("command", {"command": ["{{ tool }}"], "exit": 0}),
        ("file", {"file": "a", "contains": "("}),
        ("nothing", {"nothing": 1}),
    ],
)
def test_what_jinja_will_fill_in_and_what_fits_is_none(kind: str, options: dict[str, Json]) -> None:
    assert found(kind, options) == []


def test_the_parts_of_a_check_are_looked_at_too() -> None:
    part = Check("all", {}, 4, children=(Check("git", {"git": "tidy"}, 5),))
    assert [fault.line for fault in problems(Check("any", {}, 3, children=(part,)), KINDS)] == [5]
