"""What a template would run is shown, and decided about once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.model import Check, GoldenPath, Json, Need, Step, Template
from goldenpath.flows import trust

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings

PATH = GoldenPath("a", "A", "", "1.0.0", "me", "", "", 5, "")


@pytest.fixture
def template(tmp_path: Path) -> Template:
    return Template("a", "https://example.org/a.git", "1.0.0", "c0ffee", tmp_path)


def path_with(*checks: Check) -> GoldenPath:
    return replace(PATH, steps=(Step("one", "One", "", 1, 1, checks),))


def command(*argv: str) -> Check:
    return Check("command", {"command": list(argv)}, 1)


@pytest.mark.parametrize(
    ("path", "settings", "commands"),
    [
        (None, {}, []),
        (None, {"_tasks": ["make", {"command": "rm"}]}, ["tasks: make", "tasks: {'command': 'rm'}"]),
        (None, {"_migrations": [{"version": "1"}]}, ["migrations: {'version': '1'}"]),
        (None, {"_jinja_extensions": ["evil.Extension"]}, ["jinja_extensions: evil.Extension"]),
        (replace(PATH, checks=(("uv", "run", "a b"),)), {}, ["check: uv run 'a b'"]),
        (replace(PATH, needs=(Need("frob", "get it"),)), {}, ["need: frob --version"]),
        (path_with(command("sh", "-c", "echo hi")), {}, ["step one: sh -c 'echo hi'"]),
        (path_with(Check("command", {"command": "true"}, 1)), {}, ["step one: true"]),
        (path_with(Check("tool", {"tool": "frob", "version": ">=1"}, 1)), {}, ["step one: frob --version"]),
        (path_with(Check("tool", {"tool": "frob"}, 1)), {}, []),
        (path_with(Check("file", {"file": "a"}, 1)), {}, []),
        (
            path_with(Check("any", {}, 1, children=(Check("all", {}, 1, children=(command("a"),)), command("b")))),
            {},
            ["step one: a", "step one: b"],
        ),
    ],
)
def test_every_command_that_a_template_brings_is_shown(
    path: GoldenPath | None, settings: dict[str, Json], commands: list[str], template: Template
) -> None:
    assert trust.commands_of(path, settings, template) == commands


@pytest.mark.parametrize("name", ["run.sh", "run.sh.jinja"])
def test_every_line_of_a_solution_s_script_is_shown(name: str, template: Template) -> None:
    (template.folder / "solutions" / "one").mkdir(parents=True)
    (template.folder / "solutions" / "one" / name).write_text("set -eu\n\n  rm -rf ~\n")
    assert trust.commands_of(None, {}, template) == ["solution of one: set -eu", "solution of one:   rm -rf ~"]


def test_an_empty_script_is_shown_by_its_name(template: Template) -> None:
    (template.folder / "solutions" / "one").mkdir(parents=True)
    (template.folder / "solutions" / "one" / "run.sh").write_text("")
    assert trust.commands_of(None, {}, template) == ["solution of one: run.sh"]


def test_a_template_is_trusted_by_source_and_commit(settings: Settings, template: Template) -> None:
    assert not trust.is_trusted(settings, template)
    trust.trust_template(settings, template)
    assert trust.is_trusted(settings, template)
    assert not trust.is_trusted(settings, replace(template, commit="other"))
    assert not trust.is_trusted(settings, replace(template, source="https://example.org/b.git"))


def test_a_bundled_template_is_trusted(settings: Settings, template: Template) -> None:
    assert trust.is_trusted(settings, replace(template, is_bundled=True))


def test_a_repository_is_trusted_where_it_is_and_wherever_it_moves(settings: Settings, tmp_path: Path) -> None:
    for name in ("mine", "other"):
        (tmp_path / name / ".git").mkdir(parents=True)
    trust.trust_project(settings, tmp_path / "mine")
    assert trust.is_project_trusted(settings, tmp_path / "mine")
    assert not trust.is_project_trusted(settings, tmp_path / "other")
    (tmp_path / "mine").rename(tmp_path / "moved")
    assert trust.is_project_trusted(settings, tmp_path / "moved")


def test_a_git_folder_that_came_with_the_content_holds_no_mark(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "mine" / ".git").mkdir(parents=True)
    trust.trust_project(settings, tmp_path / "mine")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / ".git").symlink_to(tmp_path / "mine" / ".git")
    assert not trust.is_project_trusted(settings, tmp_path / "bad")


def test_a_refusal_shows_the_commands_and_the_flag() -> None:
    error = trust.refusal("it", ["a", "b", "c", "d", "e"])
    assert "a; b; c; and 2 more" in error.message
    assert "--trust" in error.hint
    assert error.exit_code == 2
