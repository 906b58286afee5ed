"""Templates that others wrote have no path.md: what any Copier template may do is no fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.flows.lint_template import judge
from goldenpath.rules.reading import read_source

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Lint = Callable[[dict[str, str]], list[tuple[str, str, bool]]]


@pytest.fixture
def linted(tmp_path: Path) -> Lint:
    """Write a template and lint it: rule, file and whether it is a warning, of each fault."""

    def write(files: dict[str, str]) -> list[tuple[str, str, bool]]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return [(fault.rule, fault.file, fault.is_warning) for fault in judge(read_source(tmp_path))[0]]

    return write


ANSWERS = {"{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}\n"}
FINE: dict[str, dict[str, str]] = {
    "a whole folder is rendered": {
        "copier.yml": "name: shop\n",
        "README.md": "[what is rendered](docs/index.md)\n",
        "{{ name }}.py.jinja": "print({{ name | tojson }})\n",
    },
    "documents and includes": {
        "copier.yml": "!include shared/*.yml\n---\n_subdirectory: t\nname: {default: shop, type: str}\n",
        "shared/licence.yml": "licence:\n  choices: {MIT License: MIT, None: ''}\n",
        "t/{{ name }}/LICENSE.jinja": "{{ licence }}\n",
        "t/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}\n",
    },
    "tasks, migrations, extensions and secrets": {
        "copier.yml": (
            "_jinja_extensions: [copier_templates_extensions.TemplateExtensionLoader]\n"
            "_tasks:\n  - [git, init]\n  - {command: 'echo {{ name }}', when: \"{{ _copier_operation == 'copy' }}\"}\n"
            "_migrations:\n  - {version: v1, command: 'echo {{ _version_from }}'}\n"
            "name: shop\npassword: {type: str, secret: true, default: x}\n"
        ),
        "a.txt.jinja": "{{ name|slugify }} {{ password }} {{ today() }} {% shout %}{% endshout %}\n",
    },
    "two files that the same answers leave out, in one folder": {
        "copier.yml": "forge: {type: str, choices: [one, other, none], default: none}\n",
        "{% if forge == 'one' %}one.yml{% endif %}.jinja": "{}\n",
        "{% if forge == 'other' %}other.yml{% endif %}.jinja": "{}\n",
    },
    "a loop over a name": {
        "copier.yml": "parts: {type: yaml, default: [a, b]}\n",
        "{% yield part from parts %}{{ part }}{% endyield %}.txt.jinja": "{{ part }} {{ parts }}\n",
    },
    "names that are asked for, defaulted or set in passing": {
        "copier.yml": "name: shop\n",
        "a.jinja": (
            "{% set x = name %}{% for y in [1] %}{{ x }}{{ y }}{{ loop.index }}{% endfor %}{{ z|default('') }}"
            "{% if w is defined %}{{ w }}{% endif %}{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}\n"
        ),
    },
    "includes of parts": {
        "copier.yml": "_subdirectory: t\nname: shop\n",
        "t/a.jinja": (
            "{% set x = 1 %}{% include 'parts/head.jinja' %}{% from pathjoin('parts', 'm.jinja') import m %}\n"
        ),
        "parts/head.jinja": "{{ name }} {{ x }}\n",
        "parts/m.jinja": "{% macro m() %}{% endmacro %}\n",
        "t/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}\n",
    },
    "files that only look like Jinja": {
        "copier.yml": "_subdirectory: t\nname: shop\n",
        "t/{{ name }}.txt": "{{ not rendered }\n",
        "scripts/all.sh": "echo ${#names[@]} {% {{\n",
        "t/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}\n",
    },
    "what is kept back": {
        "copier.yml": "_exclude: [/tests, _macros, '*.bak', '{% if name %}x{% endif %}']\nname: shop\n",
        "tests/a.jinja": "{{ broken }\n",
        "_macros/m.jinja": "{% macro m() %}{{ name }}{% endmacro %}\n",
        "a.txt": "",
        "a.txt.jinja.bak": "",
        "b.txt.jinja": "{% import '_macros/m.jinja' as m %}{{ m.m() }}\n",
    },
    "what only an extension or a script knows": {
        "copier.yml": (
            "_subdirectory: t\n_jinja_extensions: [extensions.py:Git]\n_tasks: [python tasks.py]\n"
            "name: {type: str, default: \"{{ '' | git_user }}\"}\nyear: {type: str, default: \"{% now 'utc' %}\"}\n"
        ),
        "extensions.py": "context['name']\n",
        "tasks.py": "print(answers['year'])\n",
        "t/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}\n",
    },
    "links to the forge around it, and values under an anchor": {
        "copier.yml": "_subdirectory: t\n_shared: &shared {type: str}\nname: {<<: *shared, default: shop}\n",
        "README.md": "[issues](../../issues) [docs](docs/) [mail](mailto:ada@example.org) [heading](docs/a.md#a-1)\n",
        "docs/a.md": "# A\n\n# A\n",
        "t/a.jinja": "{{ name }}\n",
        "t/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}\n",
    },
    "its own brackets": {
        "copier.yml": (
            "_envops: {variable_start_string: '[[', variable_end_string: ']]', "
            "block_start_string: '[%', block_end_string: '%]'}\nname: shop\n"
        ),
        "a.jinja": "[[ name ]] ${{ secrets.TOKEN }} {% not ours %}\n",
        "[[ _copier_conf.answers_file ]].jinja": "[[ _copier_answers|to_nice_yaml ]]\n",
    },
    "another suffix, a question without a default, a computed one": {
        "copier.yaml": (
            "_templates_suffix: .j2\nname: {type: str}\nslug: {type: str, default: '{{ name|lower }}', when: false}\n"
        ),
        "a.j2": "{{ slug }}\n",
        "b.jinja": "{{ not_ours }\n",
        "{{ _copier_conf.answers_file }}.j2": "{{ _copier_answers|to_nice_yaml }}\n",
    },
    "a folder that an answer chooses": {
        "copier.yml": "_subdirectory: '{{ kind }}'\nkind: {type: str, choices: [lib, app], default: lib}\n",
        "lib/a.txt": "",
        "app/a.txt": "",
        "lib/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml }}\n",
    },
    "alternatives for one name": {
        "copier.yml": "big: true\n",
        "{% if big %}a{% endif %}.txt": "",
        "{% if not big %}a{% endif %}.txt.jinja": "",
    },
}


@pytest.mark.parametrize("files", FINE.values(), ids=FINE)
def test_what_a_copier_template_may_do_is_no_fault(linted: Lint, files: dict[str, str]) -> None:
    own = {} if any("answers_file" in name for name in files) else ANSWERS
    assert linted({**files, **own}) == []


def test_a_fault_of_any_copier_template_is_found(
    linted: Lint,
) -> None:
    found = linted(
        {"copier.yml": "name: shop\nsize: 3\n", "a.jinja": "{{ nme }} {{ name }\n", "b.txt": "", "B.txt.jinja": ""}
    )
    assert found == [
        ("jinja-syntax", "a.jinja", False),
        ("portable-name", "b.txt", False),
        ("answers-file", "copier.yml", True),
        ("dead-question", "copier.yml", True),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ 10**10000000000 }}",
        "{% for a in range(10**9) %}{% endfor %}",
        "{% set x %}" * 400 + "{% endset %}" * 400,
    ],
)
def test_a_hostile_body_ends_neither_lint_nor_the_machine(linted: Lint, text: str) -> None:
    found = linted({"copier.yml": "name: shop\n", "a.jinja": text + "{{ name }}", **ANSWERS})
    assert {rule for rule, _, _ in found} <= {"jinja-syntax"}


def test_a_yaml_bomb_is_a_fault_of_its_format(
    linted: Lint,
) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
    )
    assert linted({"copier.yml": bomb, "a.txt": ""}) == [("format", "copier.yml", False)]
