"""What somebody wrote by hand is read with types, and errors name the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.documents import load
from goldenpath.core.errors import TemplateError
from goldenpath.core.mappings import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = """\
name: shop
port: 80
share: 0.5
deep:
  on: true
list: [a, 1]
empty:
minus: -1
nested: [[a]]
"""


@pytest.fixture
def reader() -> Reader:
    return Reader(load(TEXT, file="it.yml", first_line=11), file="it.yml", line=1, what="it")


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda it: it.text("name"), "shop"),
        (lambda it: it.text("port"), "80"),
        (lambda it: it.text("absent", "x"), "x"),
        (lambda it: it.integer("port"), 80),
        (lambda it: it.integer("absent", 3), 3),
        (lambda it: it.number("share", 1), 0.5),
        (lambda it: it.number("absent", 2), 2.0),
        (lambda it: it.flag("absent", default=True), True),
        (lambda it: it.items("list"), ["a", 1]),
        (lambda it: it.items("absent"), []),
        (lambda it: it.texts("list"), ("a", "1")),
    ],
)
def test_a_value_comes_in_the_type_that_was_asked_for(
    read: Callable[[Reader], Any], value: object, reader: Reader
) -> None:
    assert read(reader) == value


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda it: it.text("deep"), "it.yml:14: it: `deep` must be text, and is a mapping"),
        (lambda it: it.text("empty"), "it.yml:17: it: `empty` must be text, and is empty"),
        (lambda it: it.text("absent"), "it.yml:11: it lacks `absent`"),
        (lambda it: it.integer("name"), "it.yml:11: it: `name` must be a whole number, and is 'shop'"),
        (lambda it: it.integer("minus"), "it.yml:18: it: `minus` must be a whole number, and is -1"),
        (lambda it: it.integer("share"), "it.yml:13: it: `share` must be a whole number, and is 0.5"),
        (lambda it: it.number("minus", 1), "it.yml:18: it: `minus` must be a number, and is -1"),
        (lambda it: it.flag("port", default=True), "it.yml:12: it: `port` must be true or false, and is 80"),
        (lambda it: it.items("name"), "it.yml:11: it: `name` must be a list, and is text"),
        (lambda it: it.texts("nested"), "it.yml:19: it: `nested` must be a list of words"),
        (lambda it: it.only({"name"}), "it.yml:12: it: `port` is not a known key"),
    ],
)
def test_an_error_names_file_line_and_key(read: Callable[[Reader], Any], message: str, reader: Reader) -> None:
    with pytest.raises(TemplateError) as caught:
        read(reader)
    assert caught.value.message.startswith(message)
    assert caught.value.hint


def test_an_unknown_key_comes_with_the_nearest(reader: Reader) -> None:
    with pytest.raises(TemplateError) as caught:
        reader.only({"name", "ports", "share"})
    assert caught.value.hint == "did you mean `ports`?"


@pytest.mark.parametrize(
    ("value", "kind"), [("a", "text"), (["a"], "a list"), (None, "empty"), (True, "true or false"), (3, "a number")]
)
def test_what_is_no_mapping_is_refused(value: Any, kind: str) -> None:
    with pytest.raises(TemplateError, match=f"it.yml:7: it must be a mapping of keys to values, and is {kind}"):
        Reader(value, file="it.yml", line=7, what="it")
