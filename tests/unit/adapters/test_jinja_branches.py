"""Branches of Jinja: which there are, that a traced render tells which it took, and that it renders the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
import pytest
from jinja2.sandbox import SandboxedEnvironment

from goldenpath.adapters.jinja import Dialect
from goldenpath.adapters.jinja_branches import branches, key_of, place_of
from goldenpath.adapters.rendering import tracing
from goldenpath.core.errors import TemplateError
from goldenpath.rules.reading import read_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.model import Answers, Json
    from goldenpath.rules.source import Source

TEMPLATES = Path(__file__).parents[3] / "templates"
BODIES = [
    (source, text)
    for source in (read_source(folder.parent) for folder in sorted(TEMPLATES.glob("*/copier.yml")))
    for text in source.texts
    if not text.is_ours and not text.fault
]
PARTS = {
    "base": "<{% block b %}base{% endblock %}{% if yes %}!{% else %}?{% endif %}>\n",
    "macros": "{% macro m(x=1) %}{% if x %}{{ x }}{% else %}none{% endif %}{% endmacro %}{% set it = 3 %}",
    "part": "[{% if yes -%}  part {{ outer }} {%- endif %}]",
}
SNIPPETS = [
    "no Jinja at all\n",
    "{% if yes %}\na\n{% endif %}\n{% if no %}\nb\n{% endif %}\n",
    "{% if no %}a{% elif yes %}b{% elif no %}c{% else %}d{% endif %}",
    "  {%- if yes -%}  a  {%- else -%}  b  {%- endif -%}  \n",
    "x\n   {%+ if yes %}a{% endif +%}\n  y",
    "{% if yes %}{% endif %}|{% if no %}{% else %}{% endif %}",
    "{% if yes %}{% if no %}{% else %}{% if 1 %}b{% endif %}{% endif %}{% elif no %}{% if no %}c{% endif %}{% endif %}",
    "{% for i in some %}{{ loop.index }}{% if loop.last %}.{% else %},{% endif %}{% else %}none{% endfor %}",
    "{% for i in [] %}{{ i }}{% else %}none{% if yes %}!{% endif %}{% endfor %}",
    "{% for i in some if i > 1 %}{{ i }}{{ loop.length }}{% endfor %}",
    "{% for i in [] %}{{ i }}{% endfor %}|{% for i in [] %}x{% else %}{% endfor %}",
    "{% for i in tree recursive %}{{ i[0] }}{% if i[1] %}({{ loop(i[1]) }}){% endif %}{% endfor %}",
    "{% set n = namespace(a=0) %}{% for i in some %}{% if i %}{% set n.a = n.a + i %}{% endif %}{% endfor %}{{ n.a }}",
    "{% if yes %}{% set z = 1 %}{% else %}{% set z = 2 %}{% endif %}{{ z }}",
    "{% set block %}{% if yes %}in{% endif %}{% endset %}{{ block|upper }}",
    (
        "{% macro m(x) %}{% if x %}{{ caller(x) }}{% else %}-{% endif %}{% endmacro %}"
        "{% call(v) m(1) %}{% if v %}c{{ v }}{% endif %}{% endcall %}{% call m(0) %}{% endcall %}"
    ),
    "{% macro m(x) %}{% if x %}{{ m(x - 1) }}{{ x }}{% endif %}{% endmacro %}{{ m(3) }}",
    "{% filter upper %}{% if yes %}shout{% endif %}{% endfilter %}",
    "{% with a = 1 %}{% if a %}{{ a }}{% endif %}{% endwith %}",
    (
        "{% extends 'base' %}{% if yes %}{% set unseen = 1 %}{% endif %}"
        "{% block b %}{% if yes %}{{ super() }}{% else %}x{% endif %}{% endblock %}"
    ),
    "{% include 'part' %}{% set outer = 4 %}{% if yes %}{% include 'part' %}{% endif %}",
    "{% for outer in some %}{% include 'part' without context %}{% endfor %}",
    "{% include 'missing' ignore missing %}{% from 'macros' import m, it %}{{ m() }}{{ m(0) }}{{ it }}",
    "{% import 'macros' as k with context %}{% if k.it == 3 %}{{ k.m(2) }}{% endif %}",
    "{% raw %}{% if no %}{{ not this }}{% endif %}{% endraw %}{% if yes %}{# {% if %} #}a{% endif %}",
    "{% if yes %}{{ 'a' if no else 'b' }}{% endif %}{{ range(3)|list if yes }}",
    "{% autoescape true %}{% if yes %}{{ '<' }}{% endif %}{% endautoescape %}",
    "{% block one required %}{% endblock %}{% block two scoped %}{% if yes %}2{% endif %}{% endblock %}",
    "{{ nothing|default('d') }}{% if nothing is defined %}{{ nothing }}{% else %}undefined{% endif %}",
    "{% if took is defined or import_0 is defined %}seen{% endif %}{{ '\\n' }}",
]
VALUES: Answers = {
    "yes": True,
    "no": False,
    "some": [0, 1, 2],
    "outer": 7,
    "tree": [["a", [["b", []], ["c", [["d", []]]]]]],
}
OPTIONS: list[dict[str, object]] = [
    {},
    {"trim_blocks": True, "lstrip_blocks": True},
    {"keep_trailing_newline": True, "autoescape": True},
    {"optimized": False, "undefined": jinja2.StrictUndefined},
]


def rendered(text: str, options: Mapping[str, object], values: Answers, *, name: str = "text") -> str:
    """What comes out, or which error, in Copier's kind of environment."""
    loader = jinja2.DictLoader({**PARTS, name: text})
    environment = SandboxedEnvironment(loader=loader, **dict(options))
    try:
        return environment.get_template(name).render(values)
    except jinja2.TemplateError as error:
        return f"{type(error).__name__}: {error} {getattr(error, 'lineno', '')}"


def told(text: str, **values: Json) -> list[str]:
    """The labels of branches that a traced render does not take."""
    with tracing.traced():
        rendered(text, {}, values)
    took = tracing.drain()
    return [each.label for each in branches(text, Dialect(), file="text") if key_of("text", each.number) not in took]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("text", SNIPPETS)
def test_a_traced_render_is_the_same_as_a_strict_one(text: str, options: Mapping[str, object]) -> None:
    plain = rendered(text, options, VALUES)
    strict = rendered(text, {**options, "undefined": jinja2.StrictUndefined}, VALUES)
    with tracing.traced():
        assert rendered(text, options, VALUES) == strict
    assert key_of("text") in tracing.drain() or "Error" in strict
    assert rendered(text, options, VALUES) == plain
    assert not tracing.drain()


@pytest.mark.parametrize(
    ("source", "content"), [(source, text.content) for source, text in BODIES], ids=[text.file for _, text in BODIES]
)
def test_every_text_of_the_bundled_templates_renders_the_same(source: Source, content: str) -> None:
    options = {**source.dialect.options, "undefined": jinja2.StrictUndefined}
    for answers in [each for each in source.settled.values() if isinstance(each, dict)]:
        plain = rendered(content, options, answers)
        with tracing.traced():
            assert rendered(content, options, answers) == plain


def test_the_branches_of_a_text_stand_where_they_are_written() -> None:
    text = (
        "{% if a %}\n{%- elif\n  b  and c -%}\n{% for x in y %}{% if d %}{% endif %}\n{% else %}{% endfor %}\n"
        "{% else %}{% endif %}{% raw %}{% if e %}{% endif %}{% endraw %}{# {% if f %} #}"
    )
    found = branches(text, Dialect(), file="text")
    assert [(each.line, each.label) for each in found] == [
        (1, "{% if a %}"),
        (2, "{% elif b and c %}"),
        (4, "{% if d %}"),
        (5, "else of {% for x in y %}"),
        (6, "else of {% if a %}"),
    ]
    assert [each.within for each in found] == ["", "", found[1].number, found[1].number, ""]
    assert len({each.number for each in found}) == 5


def test_a_template_may_have_other_signs() -> None:
    dialect = Dialect({"block_start_string": "[%", "block_end_string": "%]", "line_statement_prefix": "%%"})
    found = branches("[% if a %]{% if no %}[% endif %]\n%% if b\nx\n%% else\ny\n%% endif\n", dialect, file="text")
    assert [(each.line, each.label) for each in found] == [
        (1, "[% if a %]"),
        (2, "%% if b"),
        (4, "else of %% if b"),
    ]


def test_what_jinja_cannot_read_is_a_fault_of_its_line() -> None:
    with pytest.raises(TemplateError, match="text:2"):
        branches("\n{% if a %}", Dialect(), file="text")


@pytest.mark.parametrize(
    ("text", "values", "untaken"),
    [
        ("{% if a %}x{% endif %}", {"a": True}, []),
        ("{% if a %}x{% endif %}", {"a": False}, ["{% if a %}"]),
        ("{% if a %}{% endif %}", {"a": True}, []),
        ("{% if a %}x{% else %}{% endif %}", {"a": True}, ["else of {% if a %}"]),
        ("{% if a %}x{% else %}{% endif %}", {"a": False}, ["{% if a %}"]),
        ("{% if a == 1 %}{% elif a == 2 %}{% elif 1 %}{% endif %}", {"a": 2}, ["{% if a == 1 %}", "{% elif 1 %}"]),
        ("{% for x in a %}{% else %}{% endfor %}", {"a": [1]}, ["else of {% for x in a %}"]),
        ("{% for x in a %}{% else %}{% endfor %}", {"a": []}, []),
        ("{% for x in a %}{% if x %}{% else %}{% endif %}{% endfor %}", {"a": [1, 0]}, []),
        ("{% macro m() %}{% if a %}{% endif %}{% endmacro %}", {"a": True}, ["{% if a %}"]),
        ("{% if a %}{% if b %}{% endif %}{% elif b %}{% if a %}{% endif %}{% else %}{% if c %}{% endif %}{% endif %}",
         {"a": 0, "b": 0, "c": 1}, ["{% if a %}", "{% if b %}", "{% elif b %}", "{% if a %}"]),
    ],
)  # fmt: skip
def test_a_traced_render_tells_which_branches_it_took(text: str, values: Answers, untaken: list[str]) -> None:
    assert told(text, **values) == untaken


def test_parts_that_are_included_and_imported_tell_too() -> None:
    text = "{% extends 'base' %}{% block b %}{% include 'part' %}{% import 'macros' as k %}{{ k.m(0) }}{% endblock %}"
    with tracing.traced():
        rendered(text, {}, VALUES)
    took = tracing.drain()
    assert {key_of(place_of(name, ""), "0.0") for name in ("base", "part")} <= took
    assert key_of("macros", "0.else") in took
    assert key_of("macros", "0.0") not in took
