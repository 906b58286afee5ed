"""Jinja over answers: strict, and in a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import FileSystemLoader
from jinja2.ext import Extension

from goldenpath.adapters import bounds
from goldenpath.adapters.jinja import Dialect, render, render_loosely
from goldenpath.adapters.language import language_of
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

    from jinja2 import Environment

    from goldenpath.core.model import Json

BOTH = pytest.mark.parametrize("evaluate", [render, render_loosely])


@BOTH
@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("plain", "plain"),
        ("{{ name | upper }}!\n", "SHOP!\n"),
        ("{% raw %}${{ secrets.X }}{% endraw %}", "${{ secrets.X }}"),
        ("{% if port > 80 %}high{% endif %}", "high"),
        ("{{ '{{' }}", "{{"),
    ],
)
def test_answers_are_put_in(evaluate: Callable[..., str], text: str, rendered: str) -> None:
    assert evaluate(text, {"name": "shop", "port": 8080}, where="path.md:3") == rendered


@pytest.mark.parametrize("text", ["{{ nmae }}", "{{ name.first.last }}", "{% if nmae %}a{% endif %}"])
def test_an_unknown_name_is_an_error_that_says_where(text: str) -> None:
    with pytest.raises(TemplateError, match=r"^path.md:3: Jinja: .*undefined|has no attribute") as caught:
        render(text, {"name": "shop"}, where="path.md:3")
    assert "questions" in caught.value.hint


def test_in_questions_an_unknown_name_is_empty_as_in_copier() -> None:
    assert render_loosely("[{{ nmae }}]", {}, where="copier.yml") == "[]"


def test_questions_have_the_filters_of_copier() -> None:
    assert render_loosely("{{ 'a b' | regex_replace(' ', '-') }}", {}, where="copier.yml") == "a-b"
    with pytest.raises(TemplateError, match="regex_replace"):
        render("{{ 'a b' | regex_replace(' ', '-') }}", {}, where="path.md:3")


def outcome(evaluate: Callable[..., str], text: str) -> str:
    try:
        return evaluate(text, {"name": "shop"}, where="path.md:3")
    except TemplateError as error:
        return error.message


@BOTH
@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ (1).__class__.__base__.__subclasses__() }}",
        "{{ name.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ '{0.__class__}'.format(name) }}",
        "{% include '/etc/passwd' %}",
        "{% for x in range(10**9) %}{% endfor %}",
    ],
)
def test_a_template_cannot_leave_the_sandbox(evaluate: Callable[..., str], text: str) -> None:
    said = outcome(evaluate, text)
    assert said == "" or said.startswith("path.md:3: Jinja: ")


@BOTH
@pytest.mark.parametrize(
    "text", ["{{ 1 / 0 }}", "{{ 1 + 'a' }}", "{{ name", "{% if %}", "{{ [1][5] + 1 }}", "{{ name | nope }}"]
)
def test_whatever_goes_wrong_is_a_template_error(evaluate: Callable[..., str], text: str) -> None:
    with pytest.raises(TemplateError, match=r"^path.md:3: Jinja: "):
        evaluate(text, {"name": "shop"}, where="path.md:3")


def test_a_dialect_has_its_own_signs_and_names(tmp_path: Path) -> None:
    dialect = Dialect({"variable_start_string": "[[", "variable_end_string": "]]"}, destination=tmp_path / "shop")
    text = "[[ _folder_name ]] [[ _copier_conf.dst_path.name ]] [[ _copier_conf.sep ]] {{ name }}"
    assert render_loosely(text, {}, where="copier.yml", dialect=dialect) == "shop shop / {{ name }}"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "{{ _folder_name }}",
            "{{ _copier_conf.dst_path }}",
            "{{ _copier_conf['src_path'] }}",
            "{{ _external_data.x }}",
        ),
        "{{ _copier_answers }}",
    ],
)
def test_what_only_copier_knows_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="is not known here"):
        render_loosely(text, {}, where="copier.yml")


@pytest.mark.parametrize(
    "options", [{"undefined": "os.system"}, {"nonsense": 1}, {"block_start_string": "{{"}, {"extensions": ["a"]}]
)
def test_options_that_jinja_does_not_have_are_a_template_error(options: dict[str, Json]) -> None:
    with pytest.raises(TemplateError, match=r"copier\.yml"):
        render_loosely("{{ 1 }}", {}, where="copier.yml", dialect=Dialect(options))


def test_a_path_leads_to_no_module(tmp_path: Path) -> None:
    dialect = Dialect(destination=tmp_path)
    text = "{{ _copier_conf.dst_path.parser.os.getcwd() }}"
    with pytest.raises(TemplateError):
        render_loosely(text, {}, where="copier.yml", dialect=dialect)


@BOTH
@pytest.mark.parametrize(
    "bomb",
    [
        "{{ 'x' * 10 ** 10 }}",
        "{{ 10 ** (10 ** 8) }}",
        "{{ [0] * 10 ** 10 }}",
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "{% set n = namespace(x='x') %}{% for a in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}{{ n.x }}",
        "{{ 'x'.center(10 ** 10) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_a_bomb_ends_in_one_line(evaluate: Callable[..., str], bomb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_SECONDS", 1.0)
    with pytest.raises(TemplateError, match=r"^path\.md:3: Jinja: ") as caught:
        evaluate(bomb, {}, where="path.md:3")
    assert "\n" not in caught.value.message


def test_a_pattern_that_backtracks_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_SECONDS", 0.3)
    with pytest.raises(TemplateError, match=r"longer than 0\.3 s"):
        render_loosely("{{ ('a' * 40 + 'b') | regex_search('(a+)+$') }}", {}, where="copier.yml")


@pytest.mark.parametrize("name", ["regex_search('a*b')", "regex_findall('a*b')", "regex_replace('a*b', '')"])
def test_a_pattern_goes_over_short_texts_only(name: str) -> None:
    assert render_loosely(f"{{{{ ('a' * 9000) | {name} }}}}", {}, where="copier.yml") in {"None", "[]", "a" * 9000}
    with pytest.raises(TemplateError, match="more than 10,000 characters"):
        render_loosely(f"{{{{ ('a' * 1000000) | {name} }}}}", {}, where="copier.yml")


def test_a_text_may_take_no_longer_than_a_render(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDENPATH_RENDER_SECONDS", "0.2")
    with pytest.raises(TemplateError, match=r"longer than 0\.2 s"):
        render("{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}", {}, where="path.md:1")


class BesideTheTemplate(Extension):
    """An extension that loads from the template's own folder, as those do that bring Python files in it."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        assert isinstance(environment.loader, FileSystemLoader)
        found = [Path(folder) / "word.txt" for folder in environment.loader.searchpath]
        environment.globals["word"] = found[0].read_text()


def test_an_extension_finds_the_files_of_its_template(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "word.txt").write_text(name)
        copier: dict[str, Json] = {"_jinja_extensions": [f"{__name__}.{BesideTheTemplate.__name__}"]}
        trusted = language_of(copier, None, is_trusted=True, template=tmp_path / name)
        assert trusted.render("{{ word }}", {}, "here") == name
        assert language_of(copier, None, is_trusted=False, template=tmp_path / name).render("{{ word }}", {}, "") == ""
