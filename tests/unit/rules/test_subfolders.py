"""Which folders of a template are rendered, when its `_subdirectory` is Jinja."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.flows.lint_template import judge
from goldenpath.rules.reading import read_source
from goldenpath.rules.subfolders import root_with

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Answers
    from goldenpath.rules.source import Source

KIND = "kind: {type: str, choices: [one, two], default: one}\n"


def template(folder: Path, copier: str, *files: str, **texts: str) -> Source:
    """A template with that copier.yml and these files, each with its own name in it."""
    for name, text in {"copier.yml": copier, **{file: f"{file}\n" for file in files}, **texts}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return read_source(folder)


@pytest.mark.parametrize(
    ("copier", "roots"),
    [
        ("", ("",)),
        ("_subdirectory: .\n", ("",)),
        ("_subdirectory: ./one/\n", ("one/",)),
        ("_subdirectory: '{{ kind }}'\n" + KIND, ("one/", "two/")),
        ("_subdirectory: 'deep/{{ kind }}'\n" + KIND, ("deep/one/",)),
        ('_subdirectory: \'{{ "two" if big else "docs" }}\'\nbig: true\n', ("docs/", "two/")),
        ("_subdirectory: \"{% if kind == 'one' %}one{% endif %}\"\n" + KIND, ("", "one/")),
        ("_subdirectory: '{{ place }}'\n" + KIND + "place: {default: '{{ kind }}', when: false}\n", ("one/", "two/")),
        ("_subdirectory: '[[ kind ]]'\n_envops: {variable_start_string: '[[', variable_end_string: ']]'}\n" + KIND, ()),
        ("_subdirectory: 'de{{ kind|unheard_of }}/one'\n" + KIND, ("deep/one/",)),
        ("_subdirectory: 'de{{ kind|unheard_of }}/six'\n" + KIND, ("",)),
        ("_subdirectory: '{{ name|unheard_of }}'\nname: x\n", ("deep/", "docs/", "one/", "three/", "two/")),
        ("_subdirectory: '{{ kind }}'\nkind: {type: str, default: one}\n", ("one/", "three/")),
        ("_subdirectory: 'deep/{{ name }}'\nname: {type: str}\n", ("deep/one/",)),
        ("_subdirectory: 'deep/{{ name }}'\nname: {type: str, when: false}\n", ("deep/",)),
        (
            "_subdirectory: '{{ which }}'\nwhich: {type: str, choices: [one, two], default: '{{ 1|no }}'}\n",
            ("one/", "two/"),
        ),
        (
            "_subdirectory: '{{ which[0] }}'\nwhich: {type: str, choices: [one, two], multiselect: true}\n",
            ("", "one/", "two/"),
        ),
    ],
)
def test_the_folders_are_those_that_answers_choose(tmp_path: Path, copier: str, roots: tuple[str, ...]) -> None:
    files = ("one/a.txt", "two/a.txt", "docs/a.txt", "deep/one/a.txt", "three/a.txt")
    source = template(tmp_path, copier, *files, **{"answers/three.yml": "kind: three\n"})
    if "kind: {type: str, choices" in copier:
        (tmp_path / "answers" / "three.yml").unlink()
        source = read_source(tmp_path)
    assert source.roots == (roots or ("one/", "two/"))


def test_a_choice_depends_on_the_one_before_it(tmp_path: Path) -> None:
    copier = (
        "_subdirectory: '{{ language }}/{{ kind }}'\n"
        "language: {type: str, choices: [py, go], default: py}\n"
        "kind: {type: str, choices: \"{{ ['app', 'lib'] if language == 'py' else ['cmd'] }}\", default: cmd}\n"
    )
    source = template(tmp_path, copier, "py/app/a", "py/lib/a", "py/cmd/a", "go/cmd/a", "go/app/a", "docs/app/a")
    assert {"py/app/", "py/lib/", "go/cmd/"} <= set(source.roots)
    assert not {"go/app/", "docs/app/"} & set(source.roots)


@pytest.mark.parametrize(("answers", "root"), [({"kind": "two"}, "two/"), ({"kind": "one"}, "one/")])
def test_with_given_answers_it_is_one_folder_and_names_begin_below_it(
    tmp_path: Path, answers: Answers, root: str
) -> None:
    from goldenpath.rules.targets import targets_of

    source = template(tmp_path, "_subdirectory: '{{ kind }}'\n" + KIND, "one/a.txt", "two/a.txt", "docs/b.txt")
    assert root_with(source, answers) == root
    assert list(targets_of(source, answers)) == [(f"{root}a.txt", "a.txt")]


def test_a_file_beside_the_folders_is_not_rendered_and_one_in_any_of_them_is(tmp_path: Path) -> None:
    source = template(
        tmp_path,
        "_subdirectory: '{{ kind }}'\n" + KIND,
        **{
            "docs/a.md.jinja": "{{ broken }\n",
            "one/{{ _copier_conf.answers_file }}.jinja": "{{ _copier_answers|to_nice_yaml -}}\n",
            "two/a.txt.jinja": "{{ missing }}\n",
        },
    )
    found = [(fault.rule, fault.file) for fault in judge(source)[0]]
    assert found == [("undefined-variable", "two/a.txt.jinja")]
