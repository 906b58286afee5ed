"""Templates that others wrote have no path.md: what any Copier template may do is no fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from goldenpath.flows.inspect_render import inspect_render
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
    "a folder that an answer chooses, and others beside it": {
        "copier.yml": "_subdirectory: '{{ kind }}'\nkind: {type: str, choices: [lib, app], default: lib}\n",
        "lib/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
        "app/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
        "docs/a.md.jinja": "{{ broken }\n",
        "aux/con.txt": "",
    },
    "an answers file in a folder": {
        "copier.yml": "_answers_file: ./.copier/answers.yml\n_subdirectory: t\n",
        "t/.copier/answers.yml.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    },
    "an answers file in a folder, by Copier's name for it": {
        "copier.yml": "_answers_file: .copier/answers.yml\n",
        "{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
    },
    "names that an extension brings by a function or as a tag of Jinja's own": {
        "copier.yml": "_jinja_extensions: [jinja2.ext.do, jinja2_time.TimeExtension]\nname: shop\n",
        "a.txt.jinja": "{% do [].append(name) %}{{ gettext(name) }}{% now 'utc' %}\n",
    },
    "what branches set": {
        "copier.yml": "name: shop\n",
        "a.jinja": (
            "{% if name %}{% set _ = {}.update({1: 2}) %}{% set a = 1 %}{{ a }}{% elif name %}{% set b = 2 %}"
            "{% else %}{% macro m() %}{% endmacro %}{% import 'b.txt' as c %}{% from 'b.txt' import d, e as f %}"
            "{% endif %}{{ b }}{{ m() }}{{ c }}{{ d }}{{ f }}{% for x in [1] %}{% if x %}{% set y = x %}{{ y }}"
            "{% endif %}{% endfor %}\n"
        ),
        "b.txt": "",
    },
    "a file that is kept back by the name that it would get": {
        "copier.yml": "_exclude: ['*.txt', copier.yml]\n",
        "drop.txt.jinja": "{{ missing }} {{ broken }\n",
    },
    "copier.yml is copied": {
        "copier.yml": "_exclude: [.git]\nname: shop\nslug: {type: str, default: '{{ name|lower }}', when: false}\n",
        "a.jinja": "{{ slug }}\n",
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
    ("body", "name", "line"),
    [
        ("{% set a = a + 1 %}", "a", 1),
        ("{% if name %}{% for x in [1] %}{% endfor %}{% endif %}\n{{ x }}", "x", 2),
        ("{% if name %}{% macro m(p) %}{% set s = p %}{% endmacro %}{% endif %}{{ m(s) }}", "s", 1),
        ("{% if name %}{% set ns.a = 1 %}{% endif %}", "ns", 1),
    ],
)
def test_a_name_that_is_set_elsewhere_only_is_set_by_no_question(
    tmp_path: Path, body: str, name: str, line: int
) -> None:
    for file, text in {"copier.yml": "name: shop\n", "a.txt.jinja": f"{body}{{{{ name }}}}\n", **ANSWERS}.items():
        (tmp_path / file).write_text(text)
    (fault,) = judge(read_source(tmp_path))[0]
    assert (fault.rule, fault.line, fault.problem) == ("undefined-variable", line, f"`{name}` is set by no question")


@pytest.mark.parametrize(
    ("extension", "problems"),
    [
        (
            "extensions.py:Context",
            ["`a`, `b`, `c`, `d`, `e` and 1 more: set by no question, so that an extension has to"],
        ),
        ("jinja2.ext.do", [f"`{name}` is set by no question" for name in "abcdef"]),
    ],
)
def test_names_that_an_extension_may_set_are_told_once(tmp_path: Path, extension: str, problems: list[str]) -> None:
    bodies = {
        f"{number}.txt.jinja": "{{ a }} {{ b }} {{ c }} {{ d }} {{ e }} {{ f }} {{ name }}\n" for number in (1, 2)
    }
    copier = f"name: shop\n_jinja_extensions: [{extension}]\n"
    for file, text in {"copier.yml": copier, **bodies, **ANSWERS}.items():
        (tmp_path / file).write_text(text)
    found = judge(read_source(tmp_path))[0]
    is_once = len(problems) == 1
    assert [fault.problem for fault in found] == problems * (1 if is_once else 2)
    assert {(fault.file, fault.line) for fault in found if is_once} <= {("copier.yml", 2)}
    assert all(fault.is_warning for fault in found)


@pytest.mark.parametrize(
    ("other", "is_refused"),
    [
        ("copier.yaml", True),
        ("copier.local.YML", True),
        ("copier.z.yml", True),
        ("copier.md", False),
        ("docs/copier.yaml", False),
    ],
)
def test_two_files_that_copier_takes_for_its_own_are_a_fault(linted: Lint, other: str, *, is_refused: bool) -> None:
    found = linted({"copier.yml": "_exclude: [copier.*]\n", other: "", **ANSWERS})
    assert found == ([("format", other, False)] if is_refused else [])


@pytest.mark.parametrize("preserves", [True, False])
def test_a_link_that_is_kept_may_lead_to_what_is_rendered(tmp_path: Path, *, preserves: bool) -> None:
    for file, text in {
        "copier.yml": f"_preserve_symlinks: {str(preserves).lower()}\nname: shop\nkind: a\n",
        "{{ name }}.txt.jinja": "{{ missing }}\n",
        **ANSWERS,
    }.items():
        (tmp_path / file).write_text(text)
    (tmp_path / "link.txt.jinja").symlink_to("{{ kind }}.txt")
    (tmp_path / "body.txt.jinja").symlink_to("{{ name }}.txt.jinja")
    found = [(fault.rule, fault.file) for fault in judge(read_source(tmp_path))[0]]
    nowhere = [
        ("undefined-variable", "body.txt.jinja"),
        ("dead-question", "copier.yml"),
        ("readable", "link.txt.jinja"),
    ]
    assert found == [*([] if preserves else nowhere), ("undefined-variable", "{{ name }}.txt.jinja")]


def test_a_link_that_leaves_the_template_is_a_fault_though_it_is_kept(linted: Lint, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("../elsewhere")
    assert linted({"copier.yml": "_preserve_symlinks: true\n", **ANSWERS}) == [("readable", "link", False)]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("aux.py", "becomes `aux.py`, which is the name of a device on Windows"),
        ("a/end./b.txt", "becomes `a/end./b.txt` with a part `end.`, which Windows would give another name"),
        ("docs/b.txt", "`docs` and `Docs` of Docs/a.txt are one folder on many disks (with the defaults)"),
    ],
)
def test_lint_refuses_the_names_that_a_render_refuses(tmp_path: Path, name: str, problem: str) -> None:
    for file in ("from/copier.yml", "from/Docs/a.txt", f"from/{name}", f"made/{name}", "made/Docs/a.txt"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("")
    (fault,) = [fault for fault in judge(read_source(tmp_path / "from"))[0] if fault.rule == "portable-name"]
    assert fault.problem.startswith(problem)
    assert not fault.is_warning
    with pytest.raises(TemplateError, match=r"^the template renders "):
        inspect_render(tmp_path / "made")


def test_what_is_said_to_bring_an_answers_file_brings_no_empty_line(tmp_path: Path) -> None:
    (tmp_path / "copier.yml").write_text("_answers_file: .copier/answers.yml\n")
    (tmp_path / "answers.yml.jinja").write_text("")
    (fault,) = judge(read_source(tmp_path))[0]
    assert (fault.rule, fault.is_warning) == ("answers-file", True)
    assert fault.fix == "add `{{ _copier_conf.answers_file }}.jinja` with `{{ _copier_answers|to_nice_yaml -}}` in it"


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


def test_a_folder_to_render_that_is_not_there_is_named(tmp_path: Path) -> None:
    (tmp_path / "template").mkdir()
    (tmp_path / "template" / "a.txt.jinja").write_text("{{ name }}\n")
    (tmp_path / "copier.yml").write_text("_subdirectory: templat\nname: x\n")
    (fault,) = (each for each in judge(read_source(tmp_path))[0] if not each.is_warning)
    assert (fault.rule, fault.file, fault.line) == ("format", "copier.yml", 1)
    assert "not there: templat" in fault.problem
    assert fault.fix == "did you mean `template`?"
