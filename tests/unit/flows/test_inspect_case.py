"""What a finished render shouldn't hold: each kind is found in its line of the template, and nothing else is."""

from __future__ import annotations

import base64
import random
import string
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from goldenpath.adapters.machine import Machine, machine_with, this_machine
from goldenpath.adapters.rendering import process
from goldenpath.adapters.rendering.process import Ordered, render_template
from goldenpath.adapters.store import sources, tags
from goldenpath.core.line_origin import line_of_origin
from goldenpath.core.secret_shapes import secrets_in
from goldenpath.flows.fetch_template import fetch_template
from goldenpath.flows.inspect_case import FINDINGS, inspect_case
from goldenpath.rules.reading import read_source
from goldenpath.rules.targets import targets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.faults import Fault
    from goldenpath.core.model import Answers

TEMPLATES = Path(__file__).parents[3] / "templates"
BUNDLED = sorted(file.parent.name for file in TEMPLATES.glob("*/copier.yml"))
NOBODY = Machine((), ())
ANSWERS: Answers = {"name": "tea", "words": "plain"}
Inspect: TypeAlias = "Callable[..., list[Fault]]"
"""`inspect({"a.txt": "text"}, {"a.txt.jinja": "source"})`: what was made, and what it was made from."""


@pytest.fixture
def inspect(tmp_path: Path) -> Inspect:
    """Inspects what was made of a template. What the template has no file for, it has as it was made."""

    def run(
        made: Mapping[str, str | bytes],
        source: Mapping[str, str] | None = None,
        *,
        answers: Answers = ANSWERS,
        machine: Machine = NOBODY,
        settings: str = "",
        suffix: str = ".jinja",
        came_from: Mapping[str, str] | None = None,
    ) -> list[Fault]:
        written = {f"template/{name}": text for name, text in {**made, **(source or {})}.items()}
        for name in made:
            if f"template/{name}{suffix}" in written:
                del written[f"template/{name}"]
        copier = f"_subdirectory: template\nname: {{type: str}}\nwords: {{type: str}}\n{settings}"
        write(tmp_path / "from", {"copier.yml": copier, **written})
        write(tmp_path / "cases" / "one", made)
        template = read_source(tmp_path / "from")
        alike = {name.removeprefix("template/").removesuffix(suffix): name for name in written}
        sources = {name: alike[name] for name in made if name in alike} | dict(came_from or {})
        return inspect_case(tmp_path / "cases" / "one", sources, source=template, answers=answers, machine=machine)

    return run


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def told(faults: list[Fault]) -> list[tuple[str, int, str]]:
    """File, line and rule of each, and that each is one of those that are listed."""
    assert {fault.rule for fault in faults} <= set(FINDINGS)
    assert all(fault.problem and fault.fix for fault in faults)
    return [(fault.file.removeprefix("template/"), fault.line, fault.rule) for fault in faults]


def chance(count: int, letters: str = string.ascii_letters + string.digits) -> str:
    return "".join(random.Random(7).choices(letters, k=count))


@pytest.mark.parametrize(
    ("made", "source"),
    [
        ("run: echo ${{ matrix.python }}\n", "run: echo {% raw %}${{ matrix.python }}{% endraw %}\n"),
        ("run: echo ${{ matrix.python }}\n", "run: echo {{ '${{ matrix.python }}' }}\n"),
        ('f"{{tea}} {x}"\n', "f\"{{ '{{' }}{{ name }}}} {x}\"\n"),
        ("{% if x %}\n  {{ y }}\n{# z #}\n", "{%- raw -%}\n{% if x %}\n  {{ y }}\n{# z #}\n{% endraw %}\n"),
        ("a plain\n", "a {{ words }}\n"),
        ("Undefined and StrictUndefined\n", "Undefined and StrictUndefined\n"),
        ("Heading\n=======\n", "Heading\n=======\n"),
    ],
)
def test_braces_that_the_template_hands_through_are_its_own(made: str, source: str, inspect: Inspect) -> None:
    assert not inspect({"a.txt": made}, {"a.txt.jinja": source})


@pytest.mark.parametrize("name", ["ci.yml", "chart.yaml", "page.html", "a.py", "script.py.mako", "note.md"])
def test_braces_of_a_file_that_is_copied_are_its_own(name: str, inspect: Inspect) -> None:
    text = '{% for x in y %}\n{{- if .Values.on }}\nkey: "{{ $value }} ${{ secrets.X }}"\n{{- end }}\n{# z #}\n'
    own = {"a.py": 'f"{{x}}"\n', "script.py.mako": "${imports if imports else ''}\n"}
    assert not inspect({name: own.get(name, text)})


@pytest.mark.parametrize(
    ("made", "source", "line"),
    [
        ("one\ntwo {{ name }}\n", "one\ntwo {{ words }}\n", 2),
        ("one\n\n{% if x %}\n", "one\n{% if name %}\n\n{{ words }}\n{% endif %}\n", 4),
        ("x {# left #}\n", "x {{ words }}\n", 1),
        ("top\nfor <built-in method upper of str object at 0x7f>\n", "top\nfor {{ name.upper }}\n", 2),
        ("top\n[Undefined]\n", "top\n{{ [words] }}\n", 2),
        ("a ${{ other }}\n", "a {{ words }} {% raw %}${{ matrix }}{% endraw %}\n", 1),
    ],
)
def test_what_jinja_left_is_found_in_the_line_that_it_comes_from(
    made: str, source: str, line: int, inspect: Inspect
) -> None:
    found = inspect({"a.txt": made}, {"a.txt.jinja": source})
    assert told(found) == [("a.txt.jinja", line, "leftover")]
    assert not found[0].is_warning


def test_an_answer_may_hold_braces_but_not_jinja_that_was_meant_for_this_template(inspect: Inspect) -> None:
    source = {"a.txt.jinja": "{{ words }}\n"}
    assert not inspect({"a.txt": "say {{ hi }}\n"}, source, answers={"name": "tea", "words": "say {{ hi }}"})
    meant = "say {{ name }}"
    assert told(inspect({"a.txt": f"{meant}\n"}, source, answers={"name": "tea", "words": meant})) == [
        ("a.txt.jinja", 1, "leftover")
    ]


def test_an_included_part_hands_its_own_braces_through(inspect: Inspect) -> None:
    source = {"a.txt.jinja": "{% include 'template/part.inc' %}\n", "part.inc": "{% raw %}{{ it }}{% endraw %}\n"}
    assert not inspect({"a.txt": "{{ it }}\n"}, source)


def test_jinja_over_our_own_questions_in_a_file_that_is_copied_is_a_warning(inspect: Inspect) -> None:
    found = inspect({"a.txt": "x\n{{ name }} {{ other }}\n", "b.sh": "{%- if not words %}\n", "c.html": "{{ name }}\n"})
    assert told(found) == [("a.txt", 2, "leftover"), ("b.sh", 1, "leftover")]
    assert all(fault.is_warning and ".jinja" in fault.fix for fault in found)


def test_a_template_with_other_signs_has_usual_ones_in_what_it_makes(inspect: Inspect) -> None:
    settings = "_templates_suffix: .tmpl\n_envops: {variable_start_string: '[[', variable_end_string: ']]'}\n"
    source = {"a.txt.tmpl": "{% raw %}{{ it }}{% endraw %} [[ name ]]\n"}
    assert not inspect({"a.txt": "{{ it }} tea\n"}, source, settings=settings, suffix=".tmpl")
    found = inspect({"a.txt": "{{ it }} [[ x ]]\n"}, source, settings=settings, suffix=".tmpl")
    assert told(found) == [("a.txt.tmpl", 1, "leftover")]


def test_braces_in_a_name_are_found_unless_the_template_has_them_there(inspect: Inspect) -> None:
    came_from = {"{{ x }}.md": "template/{% if name %}{% endif %}.md"}
    found = inspect(
        {"{{ x }}.md": "x\n", "{{ y }}.md": ""}, {"{% if name %}{% endif %}.md": "x\n"}, came_from=came_from
    )
    assert told(found) == [("{% if name %}{% endif %}.md", 1, "leftover")]


def test_the_marks_of_a_merge_are_found_together_only(inspect: Inspect) -> None:
    marks = "a\n<<<<<<< ours\nb\n=======\nc\n>>>>>>> theirs\n"
    found = inspect({"a.py": "#\n", "b.c": marks, "c.md": marks, "d.c": "<<<<<<< here\n", "e.rst": "A\n=======\n"})
    assert [(*each, fault.is_warning) for each, fault in zip(told(found), found, strict=True)] == [
        ("b.c", 2, "leftover", False),
        ("c.md", 2, "leftover", True),
    ]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yml", "a: 1\nb: [1\n", 3),
        ("a.yaml", "a: 1\n  b: 2\n", 2),
        ("a.yml", "a: *nothing\n", 1),
        ("a.yml", "on:\n  push: 1\n  push: 2\n", 3),
        ("a.json", '{"a": 1,\n}\n', 2),
        ("a.json", "", 1),
        ("a.json", "[" * 100_000 + "\n", 1),
        ("a.ipynb", "{'a': 1}\n", 1),
        ("a.toml", "a = 1\nb =\n", 2),
        ("a.toml", "a = 1\na = 2\n", 2),
        ("a.py", "x = 1\ndef f(:\n", 2),
        ("a.pyi", "(\n", 1),
    ],
)
def test_what_its_language_cannot_read_is_found(name: str, text: str, line: int, inspect: Inspect) -> None:
    found = inspect({name: text})
    assert told(found) == [(name, line, "unparsable")]
    assert not found[0].is_warning


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mkdocs.yml", "x: !ENV [CI, false]\ny: !!python/name:material.emoji.twemoji\n"),
        ("stack.yaml", "a: !Ref B\nc: !GetAtt [d, e]\nf: !Sub '${g}'\n--- {}\n---\n- <<: &i {h: 1}\n- *i\n"),
        ("chart/templates/a.yaml", "{{- if .Values.on }}\na: {{ .Values.b }}\n{{- end }}\n"),
        ("empty.yml", ""),
        ("tsconfig.build.json", '{\n  // "x"\n  "a": "http://b/*", /* c */\n  "d": [1, 2,],\n}\n'),
        (".vscode/settings.json", '{"a": 1, // b\n}\n'),
        (".devcontainer/api/devcontainer.json", "{/* a\nb */}\n"),
        ("big.json", f'{{"a": {"9" * 5_000}}}\n'),
        ("a.toml", ""),
        ("a.py", '"\\d"\nassert (1, 2)\n'),
        ("latin.py", "# -*- coding: latin-1 -*-\né = 1\n".encode("latin-1")),
    ],
)
def test_what_its_language_can_read_is_left_alone(name: str, text: str | bytes, inspect: Inspect) -> None:
    assert not inspect({name: text})


def test_yaml_that_would_make_objects_makes_none(inspect: Inspect, tmp_path: Path) -> None:
    assert not inspect({"a.yml": f"!!python/object/apply:os.mkdir [{tmp_path / 'made'}]\n"})
    assert not (tmp_path / "made").exists()


def test_a_bomb_costs_nothing(inspect: Inspect) -> None:
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
    began = time.perf_counter()
    assert not inspect({"a.yml": f"a0: &a0 [x]\n{levels}", "b.yml": "[" * 200_000 + "]" * 200_000 + "\n"})
    assert not inspect({"tsconfig.json": "{}" + "/*-" * 300_000 + "\n"})
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    ("name", "content", "line", "rule"),
    [
        ("a.txt", b"a\nb", 2, "final-newline"),
        ("a.txt", b"a\n\n", 2, "final-newline"),
        ("a.txt", b"a\r\nb\r\n", 1, "line-ends"),
        ("a.txt", b"\xef\xbb\xbfa\n", 1, "byte-order-mark"),
        ("a.txt", b"a\nb \n", 2, "trailing-space"),
        ("a.txt", b"a\n\t\nb\n", 2, "trailing-space"),
        ("a.sh", b"#!/bin/sh\n", 1, "execute-bit"),
    ],
)
def test_what_is_untidy_is_a_warning(name: str, content: bytes, line: int, rule: str, inspect: Inspect) -> None:
    found = inspect({name: content})
    assert told(found) == [(name, line, rule)]
    assert found[0].is_warning


def test_lines_that_end_in_both_ways_are_no_mere_warning(inspect: Inspect) -> None:
    (found,) = inspect({"a.cmd": b"a\r\nb\r\nc\n"})
    assert (found.line, found.rule, found.is_warning) == (3, "line-ends", False)


def test_what_is_tidy_after_its_own_fashion_is_left_alone(inspect: Inspect) -> None:
    assert not inspect(
        {
            "a.bat": b"echo\r\n",
            "a.csv": b"\xef\xbb\xbfa, \r\n",
            "a.md": b"two  \nlines\n",
            "a.patch": b" \n",
            "a.rs": b"#![allow(x)]\n",
            "empty": b"",
            "newline": b"\n",
            "picture.png": b"\x89PNG\0 \r\n \n{{ name }}",
        }
    )


def test_a_text_that_can_be_executed_says_by_what(inspect: Inspect, tmp_path: Path) -> None:
    files = {"a.sh": b"#!/bin/sh\n", "b.txt": b"text\n", "c": b"\x7fELF\2\1\1", "d.bat": b"echo\r\n"}
    write(tmp_path / "cases" / "one", files)
    for name in files:
        (tmp_path / "cases" / "one" / name).chmod(0o755)
    assert told(inspect(files)) == [("b.txt", 1, "execute-bit")]


def test_links_are_passed_over(inspect: Inspect, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("no end \n{{ name }}")
    (tmp_path / "cases" / "one").mkdir(parents=True)
    (tmp_path / "cases" / "one" / "link").symlink_to(tmp_path / "outside")
    assert not inspect({})


def test_paths_of_this_machine_are_found(inspect: Inspect, tmp_path: Path) -> None:
    machine = machine_with([Path("/home/adalace"), Path("/tmp"), Path("/home/ubuntu"), Path("/root")], [])  # noqa: S108
    made = {
        "a.txt": f"x\n{tmp_path / 'cases' / 'one'}/b\n",
        "b.txt": f"file://{tmp_path}/cases/tmp-1\n",
        "c.txt": "/home/adalace/x\n",
        "d.txt": f"{tmp_path / 'from'}\n",
        "e.txt": "/tmp/copier._vcs.clone.ab12\n",  # noqa: S108
        "f.txt": "/home/adalacey /home/adalace-2 /tmp/x /root/.cache /home/ubuntu/x\n",
        ".copier-answers.yml": f"_src_path: {tmp_path / 'from'}\n",
    }
    found = inspect(made, machine=machine)
    assert told(found) == [(f"{name}.txt", 2 if name == "a" else 1, "machine-path") for name in "abcde"]
    assert not any(fault.is_warning or str(tmp_path) in fault.problem for fault in found)


def test_names_of_this_machine_are_found_unless_they_are_meant(inspect: Inspect) -> None:
    machine = machine_with([], ["adalace", "mill-7.example.org", "mill-7", "ada", "runner"])
    assert machine.names == ("adalace", "mill-7", "mill-7.example.org")
    source = {"a.txt.jinja": "by {{ x }}\n", "b.txt.jinja": "\n\non {{ x }}\n", "c.txt.jinja": "{{ x }}\n"}
    made = {"a.txt": "by adalace\n", "b.txt": "\n\non mill-7\n", "c.txt": "adalaces, xmill-7 ada runner\n"}
    assert told(inspect(made, source, machine=machine)) == [
        ("a.txt.jinja", 1, "machine-name"),
        ("b.txt.jinja", 3, "machine-name"),
    ]
    answered: Answers = {"name": "tea", "words": {"who": ["adalace"]}}
    assert told(inspect(made, source, machine=machine, answers=answered)) == [("b.txt.jinja", 3, "machine-name")]
    named = {**source, "z.txt": "adalace and mill-7\n"}
    assert not inspect(made, named, machine=machine)


def test_this_machine_has_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "adalace")
    assert str(tmp_path) in this_machine().paths
    assert "adalace" in this_machine().names


def secrets() -> Iterator[tuple[str, str]]:
    """Shapes of secrets, made here so that nothing in this file has one."""
    upper = string.ascii_uppercase + string.digits
    web = base64.urlsafe_b64encode(chance(60).encode()).decode()
    yield "AWS", "AKIA" + chance(16, upper)
    yield "GitHub", "ghp_" + chance(36)
    yield "GitHub", "github_pat_" + chance(82)
    yield "GitLab", "glpat-" + chance(20)
    yield "Slack", "xoxb-" + chance(40)
    yield "Google", "AIza" + chance(35)
    yield "Stripe", "sk_live_" + chance(24)
    yield "Web Token", f"eyJ{web[:20]}.eyJ{web[20:44]}.{web[44:]}"
    yield "private key", f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{chance(64)}\n"


@pytest.mark.parametrize(("kind", "secret"), list(secrets()))
def test_a_secret_is_found_and_never_repeated(kind: str, secret: str, inspect: Inspect) -> None:
    (found,) = inspect({"a.env": f"x\nKEY={secret}\n"} if "\n" not in secret else {"a.env": f"x\n{secret}"})
    assert (found.file, found.line, found.rule, found.is_warning) == ("template/a.env", 2, "secret", False)
    assert kind in found.problem
    assert secret[-12:].strip() not in f"{found.problem}{found.fix}"


@pytest.mark.parametrize(
    "text",
    [
        "AKIA" + "X" * 16,
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_" + "x" * 36,
        "ghp_" + "1234567890" * 4,
        "glpat-your-token-goes-here-please",
        "xoxb-" + "your-token-" * 3,
        "AIza" + "abcdefg" * 5,
        f"-----BEGIN {'PRIVATE'} KEY-----\n...\n-----END {'PRIVATE'} KEY-----",
        "npm_config_registry npm_package_version",
    ],
)
def test_a_placeholder_is_no_secret(text: str) -> None:
    assert not list(secrets_in(f"{text}\n"))


def test_a_file_of_unknown_origin_is_told_by_its_own_name(inspect: Inspect, tmp_path: Path) -> None:
    write(tmp_path / "cases" / "one", {"deep/made.txt": "one\ntwo {{ name }}\n", "other.txt": "{{ hi }} Undefined\n"})
    (found,) = inspect({}, {"{% yield x from y %}{{ x }}.txt.jinja": "{% raw %}{{ hi }}{% endraw %} Undefined\n"})
    assert (found.file, found.line) == ("copier.yml", 1)
    assert "deep/made.txt, line 2" in found.problem


VALUE, TAG = r"\{\{.*?\}\}", r"\{%.*?%\}"


@pytest.mark.parametrize(
    ("rendered", "source", "line", "expected"),
    [
        ("a\nb\nc", "x\na\n{% if y %}\nb\n{% endif %}\nc", 3, 6),
        ("a\nb\nb", "b\na\nb\n{{ x }}\nb", 2, 3),
        ("a\nname: tea", "a\n\nother: {{ x }}\nname: {{ y }}", 2, 4),
        ("a\nwhatever", "z\na\n{% if x %}\n{{ all }}", 2, 4),
        ("a\nwhatever", "z\na\n", 2, 2),
        ("nothing", "{{ all }}", 1, 1),
        ("a", "a", 9, 1),
        ("", "", 1, 1),
    ],
)
def test_a_line_is_found_again_in_its_template(rendered: str, source: str, line: int, expected: int) -> None:
    assert line_of_origin(rendered.split("\n"), source.split("\n"), line, value=VALUE, tag=TAG) == expected


def test_what_was_looked_at_is_not_looked_at_again_until_it_changes(inspect: Inspect, tmp_path: Path) -> None:
    source = {"a.txt.jinja": "{{ words }} \n"}
    assert told(inspect({"a.txt": "x \n"}, source)) == [("a.txt.jinja", 1, "trailing-space")]
    template = read_source(tmp_path / "from")
    root = tmp_path / "cases" / "one"

    def rules() -> list[str]:
        came_from = {"a.txt": "template/a.txt.jinja"}
        faults = inspect_case(root, came_from, source=template, answers=ANSWERS, machine=NOBODY)
        return [fault.rule for fault in faults]

    assert rules() == rules() == ["trailing-space"]
    (root / "a.txt").write_text("x")
    assert rules() == ["final-newline"]
    (root / "a.txt").chmod(0o755)
    assert rules() == ["execute-bit", "final-newline"]


def test_copier_yml_that_is_copied_is_no_leftover(tmp_path: Path) -> None:
    files = {"copier.yml": "_exclude: [.git]\nname: tea\nslug: {type: str, default: '{{ name }}', when: false}\n"}
    write(tmp_path / "from", files)
    write(tmp_path / "one", files)
    source = read_source(tmp_path / "from")
    made_from = {target: file for file, target in targets_of(source, {"name": "tea", "slug": "tea"})}
    assert made_from == {"copier.yml": "copier.yml"}
    assert not inspect_case(tmp_path / "one", made_from, source=source, answers=ANSWERS, machine=NOBODY)


@pytest.mark.parametrize(("made", "is_copy"), [("key: {{ name }}\n", True), ("another: {{ name }}\n", False)])
def test_what_is_copied_under_a_name_that_nobody_foresaw_is_told_as_a_copy(
    tmp_path: Path, made: str, *, is_copy: bool
) -> None:
    name = "{% yield x from words %}{{ x }}{% endyield %}.md"
    write(tmp_path / "from", {"copier.yml": "name: tea\nwords: plain\n", name: "key: {{ name }}\n", "empty": ""})
    write(tmp_path / "one", {"p.md": made, "empty": ""})
    source = read_source(tmp_path / "from")
    found = inspect_case(tmp_path / "one", {}, source=source, answers=ANSWERS, machine=NOBODY)
    where = name if is_copy else "copier.yml"
    assert [(fault.file, fault.rule, fault.is_warning) for fault in found] == [(where, "leftover", is_copy)]


@pytest.mark.parametrize("name", BUNDLED)
def test_nothing_is_amiss_in_what_the_bundled_templates_make(name: str, settings: Settings, tmp_path: Path) -> None:
    template = fetch_template(settings, str(TEMPLATES / name))
    repository = sources.repository_of(settings.store, template.source)
    recorded = tags.recorded(repository, template.commit)
    source = read_source(TEMPLATES / name)
    for number, answers in enumerate(source.settled.values()):
        assert isinstance(answers, dict)
        into = tmp_path / str(number) / "one"
        into.mkdir(parents=True)
        render_template(
            Ordered(template, repository, recorded, into, answers, is_trusted=False, runs_tasks=False, is_traced=False)
        )
        made_from = {target: file for file, target in targets_of(source, answers)}
        faults = inspect_case(into, made_from, source=source, answers=answers)
        assert not [fault for fault in faults if not fault.is_warning]
    process.cool_down()
