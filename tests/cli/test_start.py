"""`goldenpath start`: what is made, and what is refused before anything is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

QUIET = ("--defaults", "--no-input", "--trust")


def nothing_is_left(settings: Settings) -> bool:
    """Neither a project nor a staging folder, neither a forge's repository nor an event."""
    forge = list(settings.forge.iterdir()) if settings.forge.exists() else []
    return not list(Path.cwd().iterdir()) and not forge and not settings.ledger.exists()


def test_a_project_is_a_clean_repository_with_one_commit_on_main(project: Path, git: Callable[..., str]) -> None:
    assert git(project, "rev-list", "--count", "HEAD") == "1"
    assert git(project, "branch", "--show-current") == "main"
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "-1", "--format=%an <%ae>") == "Ada Example <ada@example.org>"


def test_origin_is_a_bare_repository_on_the_local_forge(
    project: Path, git: Callable[..., str], settings: Settings
) -> None:
    origin = Path(git(project, "remote", "get-url", "origin"))
    assert origin.parent == settings.forge
    assert git(origin, "rev-parse", "main") == git(project, "rev-parse", "HEAD")
    assert git(project, "rev-parse", "--abbrev-ref", "main@{upstream}") == "origin/main"


def test_the_ledger_gets_the_start_and_the_repository_and_no_name(project: Path, ledger: Ledger) -> None:
    events = ledger.events()
    assert [event.type for event in events] == [ev.PATH_STARTED, ev.REPOSITORY_CREATED]
    assert "Ada" not in ev.canonical([dict(event.data) for event in events])
    assert ledger.people()[ledger.engineer()] == [("name", "Ada Example"), ("email", "ada@example.org")]


def test_the_answers_file_names_no_path_of_this_machine(project: Path) -> None:
    text = (project / ".copier-answers.yml").read_text()
    assert "_src_path: goldenpath:" in text
    assert "_commit: v1.0.0" in text
    assert str(Path.home()) not in text
    assert str(project.parent) not in text


def test_the_first_step_and_the_commands_that_matter_are_shown(cli: Cli, tiny: Path) -> None:
    out = cli("start", tiny, *QUIET).out
    assert "Step 1 of 3" in out
    assert "Write `hello red` into" in out
    assert [line.split()[:2] for line in out.splitlines()[-3:]] == [
        ["goldenpath", "next"],
        ["goldenpath", "check"],
        ["goldenpath", "hint"],
    ]


def test_json_is_one_object_on_stdout(cli: Cli, tiny: Path) -> None:
    result = cli("start", tiny, *QUIET, "--json")
    assert json.loads(result.out)["command"] == "start"
    assert result.data["root"] == str(Path.cwd() / "tiny")
    assert result.data["first_step"] == "say-hello"


def test_answers_come_from_the_file_and_d_wins(cli: Cli, tiny: Path) -> None:
    Path("answers.yml").write_text("colour: green\nproject_name: filed\n")
    result = cli("start", tiny, *QUIET, "--answers", "answers.yml", "-d", "project_name=given")
    assert result.code == 0, result.err
    assert Path("given/README.md").read_text() == "# given, green\n"


def test_a_question_that_applies_after_another_answer_is_taken(cli: Cli, tiny: Path) -> None:
    cli("start", tiny, "p", *QUIET, "-d", "has_shade=yes", "-d", "shade=40")
    assert "shade 40" in Path("p/README.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["-d", "color=green"], "does not ask for `color`", "did you mean `colour`?"),
        (["-d", "colour=blue"], "`colour` can't be 'blue'", "-d colour=VALUE"),
        (["-d", "has_shade=maybe"], "`has_shade`: answer yes or no", "-d has_shade=VALUE"),
        (["-d", "has_shade=yes", "-d", "shade=900"], "At most 100.", "-d shade=VALUE"),
        (["-d", "has_shade=yes", "-d", "shade=dark"], "not a whole number", "-d shade=VALUE"),
        (["-d", "project_name="], "It needs a name.", "-d project_name=VALUE"),
        (["-d", "colour"], "not KEY=VALUE", "-d port=8080"),
        (["--answers", "none.yml"], "none.yml", "name a YAML file"),
        (["--forge", "gitbub"], "no such forge", "local, none"),
        (["--author", "nobody"], "no name and address", "--author 'NAME <EMAIL>'"),
    ],
)
def test_a_wrong_answer_is_refused_with_the_way_out(
    cli: Cli, tiny: Path, settings: Settings, arguments: list[str], message: str, hint: str
) -> None:
    result = cli("start", tiny, *QUIET, *arguments)
    assert result.code == 2
    assert message in result.err
    assert hint in result.err
    assert nothing_is_left(settings)


def test_an_answer_to_a_question_that_is_not_asked_is_refused(cli: Cli, tiny: Path) -> None:
    result = cli("start", tiny, *QUIET, "-d", "shade=40")
    assert result.code == 2
    assert "`shade` is not asked with these answers" in result.err


def test_a_required_answer_that_is_missing_names_its_flag(cli: Cli, tiny: Path) -> None:
    (tiny / "copier.yml").write_text("_subdirectory: template\n_templates_suffix: .jinja\nteam: {type: str}\n")
    result = cli("start", tiny, "p", "--no-input", "--trust")
    assert result.code == 2
    assert "no answer to `team`" in result.err
    assert "-d team=VALUE" in result.err


@pytest.mark.parametrize("name", ["backnd", "nothing-like-it"])
def test_an_unknown_path_names_the_known_ones(cli: Cli, name: str) -> None:
    result = cli("start", name, *QUIET)
    assert result.code == 2
    assert f"there is no path called `{name}`" in result.err
    assert "backend" in result.err


def test_an_occupied_destination_is_left_as_it_is(cli: Cli, tiny: Path) -> None:
    Path("p").mkdir()
    Path("p/mine.txt").write_text("mine")
    result = cli("start", tiny, "p", *QUIET)
    assert result.code == 5
    assert [file.name for file in Path("p").iterdir()] == ["mine.txt"]


def test_an_empty_destination_is_used(cli: Cli, tiny: Path) -> None:
    Path("p").mkdir()
    assert cli("start", tiny, "p", *QUIET).code == 0
    assert Path("p/README.md").is_file()


def test_a_dry_run_names_the_files_and_changes_nothing(cli: Cli, tiny: Path, settings: Settings) -> None:
    result = cli("start", tiny, *QUIET, "--dry-run", "--json")
    assert result.data["files"] == [".copier-answers.yml", "README.md", "check.sh", ".goldenpath.toml"]
    assert nothing_is_left(settings)
    assert not settings.data.parent.exists()


def test_without_an_identity_nothing_is_written_and_the_flag_is_named(
    cli: Cli, tiny: Path, home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".gitconfig").unlink()
    monkeypatch.setenv("EMAIL", "guess@example.org")
    result = cli("start", tiny, *QUIET)
    assert result.code == 2
    assert "--author 'NAME <EMAIL>'" in result.err
    assert nothing_is_left(settings)


def test_author_is_kept_for_later_commits(cli: Cli, tiny: Path, home: Path, git: Callable[..., str]) -> None:
    (home / ".gitconfig").unlink()
    assert cli("start", tiny, "p", *QUIET, "--author", "Bo Example <bo@example.org>").code == 0
    git(Path("p"), "commit", "--allow-empty", "-m", "later")
    assert git(Path("p"), "log", "-1", "--format=%an %ae") == "Bo Example bo@example.org"


def test_a_missing_tool_is_named_before_anything_is_written(cli: Cli, tiny: Path, settings: Settings) -> None:
    page = (tiny / "path.md").read_text()
    (tiny / "path.md").write_text(page.replace('tool: git, version: ">=2.0"', "tool: no-such-tool"))
    result = cli("start", tiny, *QUIET)
    assert result.code == 4
    assert "lacks no-such-tool" in result.err
    assert "https://git-scm.com" in result.err
    assert nothing_is_left(settings)


def test_forge_none_leaves_the_project_without_a_remote(cli: Cli, tiny: Path, git: Callable[..., str]) -> None:
    cli("start", tiny, "p", *QUIET, "--forge", "none")
    assert git(Path("p"), "remote") == ""


def test_a_forge_address_becomes_origin(cli: Cli, tiny: Path, git: Callable[..., str]) -> None:
    cli("start", tiny, "p", *QUIET, "--forge", "https://forge.example.org/me/p.git")
    assert git(Path("p"), "remote", "get-url", "origin") == "https://forge.example.org/me/p.git"


def test_a_project_inside_another_repository_is_made_and_noted(cli: Cli, tiny: Path, git: Callable[..., str]) -> None:
    git(Path.cwd(), "init", "-q")
    result = cli("start", tiny, "p", *QUIET)
    assert result.code == 0
    assert "it lies inside the repository" in result.err


def test_nothing_but_our_own_state_is_written_to_the_home(project: Path, home: Path) -> None:
    assert sorted(entry.name for entry in home.iterdir()) == [".gitconfig", "goldenpath"]


def test_two_projects_of_one_template_have_ids_of_their_own(cli: Cli, tiny: Path) -> None:
    ids = {cli("start", tiny, name, *QUIET, "--json").data["project"] for name in ("one", "two")}
    assert len(ids) == 2


def test_a_ledger_that_can_not_be_read_is_named_and_the_project_starts(
    cli: Cli, tiny: Path, settings: Settings
) -> None:
    settings.ledger.parent.mkdir(parents=True)
    settings.ledger.write_text("this is no database, and long enough to be taken for one" * 20)
    settings.ledger.chmod(0o600)
    result = cli("start", tiny, *QUIET)
    assert result.code == 0
    assert result.err.count("warning: ") == 1
    assert "not a database" in result.err
    settings.ledger.unlink()
    assert [event["type"].split(".")[3] for event in cli("ledger", "log", "--json").data] == ["started", "created"]


@pytest.mark.parametrize("arguments", [["p\udcff"], ["p", "-d", "project_name=a\udcff"], ["p", "--forge", "x:\udcff"]])
def test_an_argument_that_is_not_utf_8_is_refused(
    cli: Cli, tiny: Path, settings: Settings, arguments: list[str]
) -> None:
    result = cli("start", tiny, *arguments, *QUIET)
    assert result.code == 2
    assert "is not valid UTF-8" in result.err
    assert nothing_is_left(settings)


def test_without_input_what_is_not_answered_takes_its_default(cli: Cli, tiny: Path) -> None:
    assert cli("start", tiny, "p", "--no-input", "--trust", "-d", "project_name=mine").code == 0
    assert Path("p/README.md").read_text() == "# mine, red\n"


def test_what_is_trusted_is_kept_only_once_a_project_is_there(cli: Cli, tiny: Path, settings: Settings) -> None:
    page = (tiny / "path.md").read_text()
    (tiny / "path.md").write_text(page.replace('tool: git, version: ">=2.0"', "tool: no-such-tool"))
    assert cli("start", tiny, *QUIET).code == 4
    assert not settings.config.exists()


@pytest.mark.parametrize("author", ["ada@", "Ada <ada@>", "<ada@example.org>", "Ada <a b@example.org>"])
def test_an_author_is_a_name_and_an_address(cli: Cli, tiny: Path, author: str) -> None:
    assert cli("start", tiny, *QUIET, "--author", author).code == 2


def test_the_projects_folder_is_named_without_detours(cli: Cli, tiny: Path) -> None:
    root = cli("start", tiny, "../elsewhere/./p", *QUIET, "--json").data["root"]
    assert root == str(Path.cwd().parent / "elsewhere" / "p")
