"""What Copier makes of a questionnaire is what `start` and `template test` make of it: Copier itself is asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

QUESTIONS = {
    "a question that is not asked and has no default has no name": """\
profile: {type: str, default: minimum, choices: [minimum, full]}
summary: {type: str, when: "{{ profile != 'minimum' }}"}
""",
    "a number that is not asked and has no default has no name": """\
has_port: {type: bool, default: false}
port: {type: int, when: "{{ has_port }}"}
""",
    "any text that is no word for no is yes": """\
organisation: {type: str, default: acme}
team: {type: str, default: blue, when: "{{ organisation }}"}
nobody: {type: str, default: red, when: "{{ organisation == 'other' }}"}
count: {type: int, default: 2}
more: {type: str, default: x, when: "{{ count - 2 }}"}
nothing: {type: str, default: x, when: none}
""",
    "a yes or no by the name of its choice": """\
custom: {type: bool, default: customized, choices: {customized: true, simple: false}}
""",
    "nothing is no": """\
given: {type: str, default: ""}
has_given: {type: bool, default: "{{ given }}", when: false}
is_long: {type: bool, default: "{{ given|length }}", when: false}
""",
    "a default is of the question's type": """\
version: {type: str, default: 3.12}
is_new: {type: bool, default: "{{ version == '3.12' }}", when: false}
many: {type: bool, default: 2}
""",
}
NAMES = ("profile", "summary", "port", "team", "nobody", "more", "nothing", "custom", "has_given", "is_long")
SHOWN = "".join(f"{name}: {{{{ {name}|default('none of it') }}}}\n" for name in (*NAMES, "is_new", "many", "parts"))


@pytest.fixture(params=list(QUESTIONS.values()), ids=list(QUESTIONS))
def template(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A template with these questions, whose one file shows what they came to."""
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "copier.yml").write_text(request.param)
    (folder / "shown.txt.jinja").write_text(SHOWN)
    (folder / "{{ _copier_conf.answers_file }}.jinja").write_text("{{ _copier_answers|to_nice_yaml -}}\n")
    return folder


def rendered(folder: Path) -> tuple[str, list[str]]:
    """What the project shows, and its answers but for where it is from."""
    answers = (folder / ".copier-answers.yml").read_text().splitlines()
    return (folder / "shown.txt").read_text(), [line for line in answers if not line.startswith(("_", "#"))]


def test_a_project_is_what_copier_makes(cli: Cli, template: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    copier = [sys.executable, "-m", "copier", "copy", "--defaults", "--quiet", str(template), str(theirs)]
    subprocess.run(copier, check=True)
    ours = cli("start", template, "ours", "--defaults", "--no-input")
    assert ours.code == 0, ours.err
    assert rendered(Path("ours")) == rendered(theirs)


def test_an_answer_can_be_given_where_copier_asks(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "copier.yml").write_text(QUESTIONS["any text that is no word for no is yes"])
    (folder / "shown.txt.jinja").write_text("{{ team }} {{ more }}\n")
    given = ("-d", "team=green", "-d", "count=3", "-d", "more=y")
    assert cli("start", folder, "ours", "--defaults", "--no-input", *given).code == 0
    assert Path("ours/shown.txt").read_text() == "green y\n"
    assert "`nobody` is not asked" in cli("start", folder, "other", "--defaults", "--no-input", "-d", "nobody=x").err


def test_every_set_of_answers_can_be_rendered(cli: Cli, template: Path) -> None:
    proven = cli("template", "test", template, "--level", "render", "--json")
    told = proven.data["templates"][0]
    assert [(result["case"], result["faults"]) for result in told["results"] if result["faults"]] == []
    assert [fault for fault in told["faults"] if not fault["is_warning"]] == []
    assert told["covered"] == told["feasible"]


SEVERAL = """\
parts:
  type: str
  multiselect: true
  choices: [one, two]
  validator: "{% if not parts %}pick one{% endif %}"
"""


def test_of_several_choices_as_many_are_taken_as_are_wanted(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "copier.yml").write_text(SEVERAL)
    (folder / "shown.txt.jinja").write_text("{{ parts|join(' ') }}\n")
    test_every_set_of_answers_can_be_rendered(cli, folder)


EXTENSION = """\
_jinja_extensions: [jinja2.ext.do]
name: {type: str, default: "{% set all = [] %}{% do all.append('ada') %}{{ all[0] }}"}
"""


def test_a_template_with_extensions_is_rendered_when_it_is_trusted(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "template"
    folder.mkdir()
    (folder / "copier.yml").write_text(EXTENSION)
    (folder / "shown.txt.jinja").write_text("{% do [].append(1) %}{{ name }}\n")
    refused = cli("template", "test", folder, "--level", "render")
    assert refused.code == 2
    assert "jinja2.ext.do" in refused.err
    assert "--trust" in refused.err
    proven = cli("template", "test", folder, "--level", "render", "--trust", "--json")
    assert proven.code == 0, proven.out
    started = cli("start", folder, "ours", "--defaults", "--no-input")
    assert started.code == 0, started.err
    assert Path("ours/shown.txt").read_text() == "ada\n"
