"""What is rendered without git says the same of where it comes from, and git is there for what asks for its clone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from goldenpath.adapters.rendering import shortcuts
from goldenpath.adapters.rendering.needs_git import needs_git
from goldenpath.adapters.rendering.process import render_template
from tests.unit.adapters.rendering_ground import content, cool, order, plainly, wanted_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.adapters.rendering.process import Ordered

__all__ = ["cool", "order"]
ANSWERS = "{{ _copier_conf.answers_file }}.jinja"
ASKS = "{{ _copier_conf.src_path }}"
LONG = "[{}]".format(", ".join(["a word"] * 30))


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({ANSWERS: "{{ _copier_answers|to_nice_yaml -}}"}, id="as Copier's page has it"),
        pytest.param({ANSWERS: "{{ _copier_answers|to_yaml }}"}, id="in one line"),
        pytest.param({ANSWERS: "{{ _copier_answers|to_json }}"}, id="in JSON"),
        pytest.param({ANSWERS: "{{ _copier_answers|tojson(indent=2) }}"}, id="in indented JSON"),
        pytest.param(
            {ANSWERS: "_src_path: '{{ _copier_answers._src_path }}'\n_commit: {{ _copier_answers['_commit'] }}"},
            id="by hand",
        ),
        pytest.param({ANSWERS: "_src_path: '{{ _src_path }}'\n_commit: {{ _commit }}\n"}, id="without the mapping"),
        pytest.param(
            {
                ANSWERS: "{% include 'those' %}",
                "those": "{% set its = _copier_answers %}{{ its | to_yaml }}",
                "copier.yml": "_exclude: [those, copier.yml, .git]",
            },
            id="included",
        ),
        pytest.param(
            {"copier.yml": f"words: {LONG}", ANSWERS: "{{ _copier_answers|to_yaml }}"}, id="after a line that is broken"
        ),
    ],
)
def test_an_answers_file_of_any_form_names_the_source_and_the_commit(
    files: dict[str, str], order: Callable[..., Ordered], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order(files)
    render_template(ordered)
    found = yaml.safe_load((ordered.into / ".copier-answers.yml").read_text())
    assert (found["_src_path"], found["_commit"]) == (ordered.template.source, ordered.recorded)
    assert content(ordered.into) == plainly(ordered, tmp_path / "plain", monkeypatch)


@pytest.mark.parametrize(
    "files",
    [
        {"a.txt.jinja": "made at {{ _copier_answers._commit }}"},
        {"a.txt.jinja": "{% for name, it in _copier_answers.items() %}{{ name }}={{ it }} {% endfor %}"},
        {"{{ _copier_answers._commit }}.txt": ""},
        {"copier.yml": "it: {default: '{{ _copier_conf.vcs_ref_hash }}'}", "a.txt.jinja": "{{ it }}"},
        {"a.txt.jinja": "{{ _copier_conf.vcs_ref[:7] }} {{ _copier_conf.vcs_ref_hash }} {{ _copier_conf.data }}"},
        {"a.txt.jinja": "{{ _src_path }} {{ _commit }}"},
    ],
)
def test_what_asks_for_a_commit_gets_it_without_git(
    files: dict[str, str], order: Callable[..., Ordered], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered = order(files)
    assert shortcuts.fits(wanted_by(ordered, ordered.into))
    render_template(ordered)
    told = " ".join(f"{name} {text.decode()}" for name, (_, text) in content(ordered.into).items())
    assert any(each in told for each in (ordered.recorded, ordered.template.commit)), told
    assert content(ordered.into) == plainly(ordered, tmp_path / "plain", monkeypatch)


def test_what_asks_where_the_clone_is_gets_it(order: Callable[..., Ordered]) -> None:
    ordered = order({"a.txt.jinja": f"from {ASKS}"})
    render_template(ordered)
    assert "copier._vcs.clone" in (ordered.into / "a.txt").read_text()


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"copier.yml": f"_tasks: ['echo {ASKS}']"}, id="a task"),
        pytest.param({"copier.yml": f"_tasks: [{{command: [echo], when: '{ASKS}'}}]"}, id="a task's condition"),
        pytest.param({"copier.yml": f"_migrations: ['echo {ASKS}']"}, id="a migration"),
        pytest.param({"copier.yml": f"_message_after_copy: 'see {ASKS}'"}, id="a message"),
        pytest.param({"copier.yml": f"_message_before_update: 'see {ASKS}'"}, id="a message of an update"),
        pytest.param({"copier.yml": "!include more.yml\n", "more.yml": f"_tasks: ['echo {ASKS}']"}, id="included"),
        pytest.param({"README.md": f"write `{ASKS}`"}, id="a file that is copied"),
        pytest.param({"picture.png": "x" * 2_000_000}, id="a large file that is copied"),
        pytest.param({"a.txt.jinja": "{{ _copier_conf.dst_path.name and _copier_conf.os }}"}, id="what is the same"),
    ],
)
def test_what_is_not_rendered_needs_no_git(files: dict[str, str], order: Callable[..., Ordered]) -> None:
    assert not needs_git(str(order(files).template.folder))


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"a.txt.jinja": ASKS}, id="a file"),
        pytest.param({"a.txt.jinja": "{{ _copier_conf['src_path'] }}"}, id="by its key"),
        pytest.param({"a.txt.jinja": "{{ _copier_conf|to_json }}"}, id="all settings"),
        pytest.param({"{{ _copier_conf.src_path.name }}/a": ""}, id="a folder's name"),
        pytest.param({"copier.yml": f"it: '{ASKS}'"}, id="a question"),
        pytest.param({"copier.yml": f"_tasks: [x]\n---\n_exclude: ['{ASKS}']"}, id="a setting that is rendered"),
        pytest.param({"copier.yml": 'it: "one\\n_copier_conf"'}, id="after the end of a line"),
        pytest.param({"copier.yml": "_templates_suffix: ''", "a.txt": ASKS}, id="every file is rendered"),
        pytest.param({"copier.yml": "_templates_suffix: .j2", "a.j2": ASKS}, id="a suffix of its own"),
        pytest.param({"a.txt.jinja": "{%- include 'b.txt' %}", "b.txt": ASKS}, id="a file that is included"),
        pytest.param({"copier.yml": "it: \"{% from 'b' import x %}\"", "b": ASKS}, id="a file that a question imports"),
        pytest.param(
            {"copier.yml": "_envops: {block_start_string: '[%'}", "a.jinja": "[% include 'b' %}", "b": ASKS},
            id="included in other brackets",
        ),
        pytest.param({"copier.yml": "_jinja_extensions: [a.B]", "a.py": "context['_copier_conf']"}, id="an extension"),
        pytest.param({"a.jinja": "x" * 2_000_000}, id="a large file that is rendered"),
    ],
)
def test_what_may_ask_where_the_clone_is_is_rendered_with_git(
    files: dict[str, str], order: Callable[..., Ordered]
) -> None:
    assert needs_git(str(order(files).template.folder))


def test_a_template_that_nobody_can_read_is_left_to_copier(tmp_path: Path) -> None:
    assert needs_git(str(tmp_path))
    (tmp_path / "copier.yml").write_text("a: [")
    needs_git.cache_clear()
    assert needs_git(str(tmp_path))


def test_a_json_answers_file_is_json(order: Callable[..., Ordered]) -> None:
    ordered = order({"copier.yml": "n: 1", ANSWERS: "{{ _copier_answers|to_json }}"})
    render_template(ordered)
    found = json.loads((ordered.into / ".copier-answers.yml").read_text())
    assert found == {"_commit": ordered.recorded, "_src_path": ordered.template.source, "n": 1}
