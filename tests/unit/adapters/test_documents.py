"""YAML, read safely and with line numbers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.documents import load, load_all
from goldenpath.core.errors import TemplateError
from goldenpath.core.mappings import LinedDict

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Json


def mapping(value: Json) -> LinedDict:
    assert isinstance(value, LinedDict)
    return value


def test_a_mapping_knows_its_line_and_those_of_its_keys() -> None:
    top = mapping(load("# note\na: 1\n\nb:\n  c: 2\n  d: [1,\n      2]\n", file="it.yml"))
    assert (top.line, top.line_of("a"), top.line_of("b"), top.line_of("none")) == (2, 2, 4, 2)
    inner = mapping(top["b"])
    assert (inner.line, inner.line_of("c"), inner.line_of("d")) == (5, 5, 6)


def test_line_numbers_are_those_of_the_file_around_the_block() -> None:
    items = load("- a: 1\n- b: 2\n  c: 3\n", file="path.md", first_line=40)
    assert isinstance(items, list)
    assert [mapping(item).line for item in items] == [40, 41]
    assert mapping(items[1]).line_of("c") == 42


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("a: 2026-03-02", {"a": "2026-03-02"}),
        ("a: 2026-03-02T09:00:00Z", {"a": "2026-03-02T09:00:00Z"}),
        ("on: yes", {"on": True}),
        ("1: a", {"1": "a"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("é: 日本", {"é": "日本"}),
        ("a: &x {c: 1, d: 2}\nb:\n  <<: *x\n  d: 3\n", {"a": {"c": 1, "d": 2}, "b": {"c": 1, "d": 3}}),
        ("- &x {c: 1}\n- &y {c: 2, d: 2}\n- <<: [*x, *y]\n", [{"c": 1}, {"c": 2, "d": 2}, {"c": 1, "d": 2}]),
        ("- &x {c: 1}\n- <<: &y {<<: *x, d: 1}\n  e: 1\n", [{"c": 1}, {"c": 1, "d": 1, "e": 1}]),
    ],
)
def test_values_are_those_of_json(text: str, value: Json) -> None:
    assert load(text, file="it.yml") == value


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "`a` stands there twice"),
        ("x:\n  a: 1\n  a: 2\n", 3, "`a` stands there twice"),
        ("a: 1\nb:\n  <<: 3\n", 3, "<< takes mappings"),
        ("a: !include x.yml\n", 1, "!include x.yml is not possible here"),
        ("a: !!python/object/apply:os.system [ls]\n", 1, "python/object/apply:os.system"),
        ("a: !secret x\n", 1, "!secret"),
        ("a: 1\nb: &x {c: *x}\n", 2, "recursive"),
        ("a: *none\n", 1, "undefined alias"),
        ("a: \x01\n", 1, "character"),
    ],
)
def test_what_is_not_allowed_is_named_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError, match=rf"^it.yml:{line}: not valid YAML: ") as caught:
        load(text, file="it.yml")
    assert words in caught.value.message
    assert caught.value.hint == f"put it right in it.yml, line {line}"


@pytest.mark.parametrize("text", ["a: [1\n", "a: b: c\n", "a: 'x\n", "- a\nb: 1\n", "\t- a", "[" * 2000])
def test_bad_yaml_is_a_template_error_with_a_line(text: str) -> None:
    with pytest.raises(TemplateError, match=r"^it.yml:1\d: not valid YAML: ."):
        load(text, file="it.yml", first_line=10)


def test_all_documents_are_read() -> None:
    assert load_all("a: 1\n---\nb: 2\n", file="it.yml") == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_what_is_nested_too_deep_is_refused_and_ends_nothing(opening: str) -> None:
    with pytest.raises(TemplateError, match="nested deeper than 50"):
        load(opening * 200_000, file="path.md")


def merged_over_and_over(times: int) -> str:
    return "a0: &a0 {c: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, times))


def test_merging_over_and_over_takes_no_time() -> None:
    assert mapping(load(merged_over_and_over(13), file="it.yml"))["a12"] == {"c": 1}
    with pytest.raises(TemplateError, match=r"it\.yml:\d+: .* 100,000 values"):
        load(merged_over_and_over(45), file="it.yml")
    nested = "&b0 {c: 1}"
    for n in range(1, 13):
        nested = f"&b{n} {{<<: [{nested}, *b{n - 1}]}}"
    assert load(nested, file="it.yml") == {"c": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "a: &a [x, x, x, x, x, x, x, x]\n"
            + "".join(f"{c}: &{c} [{f'*{p},' * 8}]\n" for p, c in pairwise("abcdefghi")),
            "values",
        ),
        ("[" * 100_000, "nested deeper"),
        ("a: " + "x" * 3_000_000, "characters"),
        ("- x\n" * 120_000, "values"),
    ],
    ids=["billion laughs", "deep", "long", "many"],
)
def test_a_bomb_is_refused_with_its_line(text: str, problem: str) -> None:
    with pytest.raises(TemplateError, match=rf"it\.yml:\d+: .*{problem}"):
        load(text, file="it.yml")


def test_a_mapping_that_merges_itself_ends(tmp_path: Path) -> None:
    assert load("a: &x\n  <<: *x\n  b: 1\n", file="it.yml") == {"a": {"b": 1}}


def test_files_of_the_folder_are_included(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "a.yml").write_text("a: 1\n---\nb: 2\n")
    (tmp_path / "shared" / "b.yml").write_text("!include c*.yml\n")
    (tmp_path / "c.yml").write_text("c: 3\n")
    values = load_all("!include shared/*.yml\n---\nd: 4\n", file="it.yml", folder=tmp_path)
    assert values == [[{"a": 1}, {"b": 2}, {"c": 3}], {"d": 4}]


@pytest.mark.parametrize("pattern", ["../*.yml", "/etc/*.conf", "link.yml", "self.yml", "latin.yml"])
def test_nothing_outside_and_no_circle_is_included(pattern: str, tmp_path: Path) -> None:
    root = tmp_path / "template"
    root.mkdir()
    (tmp_path / "out.yml").write_text("secret: 1\n")
    (root / "link.yml").symlink_to(tmp_path / "out.yml")
    (root / "self.yml").write_text("!include self.yml\n")
    (root / "latin.yml").write_bytes(b"caf\xe9: 1\n")
    with pytest.raises(TemplateError, match=rf"^(it.yml|{pattern}):1: "):
        load_all(f"!include {pattern}\n", file="it.yml", folder=root)
