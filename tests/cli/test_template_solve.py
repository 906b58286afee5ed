"""`goldenpath template solve`: a project before a step is opened, and what changes in it becomes the solution."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

OPENING = ("template", "solve", "commit-on-a-branch", "--template", "greeter", "--no-input")


@pytest.fixture
def greeter(cli: Cli) -> Path:
    """A new template in the working folder."""
    assert cli("template", "new", "greeter", "--no-input").code == 0
    return Path.cwd() / "greeter"


@pytest.fixture
def opened(cli: Cli, greeter: Path) -> Path:
    """A project that stands before the template's second step."""
    result = cli(*OPENING, "--open", "o", "--trust")
    assert result.code == 0, result.err
    return Path.cwd() / "o"


def record(cli: Cli, *more: str) -> int:
    return cli("template", "solve", "commit-on-a-branch", "--record", "o", "--no-input", *more).code


def apply_in_new_project(cli: Cli, template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project over which the solutions of both steps were laid."""
    assert cli("start", template, "again", "--no-input", "--trust", "--defaults").code == 0
    root = Path.cwd() / "again"
    monkeypatch.chdir(root)
    for step in ("greet-somebody", "commit-on-a-branch"):
        applied = cli("solution", step, "--apply", "--yes")
        assert applied.code == 0, applied.err
    monkeypatch.chdir(root.parent)
    return root


def test_the_project_has_the_earlier_solutions_and_not_this_one(
    cli: Cli, opened: Path, git: Callable[..., str]
) -> None:
    assert "${1:-world}" in (opened / "greet.sh").read_text()
    assert git(opened, "branch", "--show-current") == "main"
    assert git(opened, "rev-list", "--count", "HEAD") == "1"


def test_opening_leaves_the_ledger_alone_and_names_a_home_in_which_the_step_can_be_checked(
    cli: Cli, greeter: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = cli(*OPENING, "--open", "o", "--trust", "--json").data
    assert opened["applied"] == ["greet-somebody"]
    assert not settings.ledger.exists()
    monkeypatch.setenv("GOLDENPATH_HOME", opened["home"])
    monkeypatch.chdir("o")
    assert cli("status", "--json").data["current"] == "commit-on-a-branch"
    assert cli("check", "--no-input").code == 1
    assert cli("solution", "--apply", "--yes").code == 0
    assert cli("check", "--no-input").code == 0


def test_what_changed_becomes_a_solution_that_does_the_same_again(
    cli: Cli, greeter: Path, opened: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (opened / "new.txt").write_text("new\n")
    (opened / "deep").mkdir()
    (opened / "deep" / "open-ended.txt").write_text("no newline")
    (opened / "crlf.txt").write_bytes(b"one\r\ntwo\r\n")
    (opened / "binary").write_bytes(b"\0\x01\xff" * 50)
    (opened / "page.jinja").write_text("{{ stays }}\n")
    (opened / "test.sh").unlink()
    (opened / "tool").write_text("runs\n")
    for each in ("greet.sh", "tool"):
        (opened / each).chmod(0o755)
    (opened / "README.md").write_text("changed\r\n")
    assert record(cli) == 0
    folder = greeter / "solutions" / "commit-on-a-branch"
    names = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    assert names == ["change.patch", "files/crlf.txt", "files/deep/open-ended.txt", "files/new.txt", "run.sh"]
    made = apply_in_new_project(cli, greeter, monkeypatch)
    for root, other in ((opened, made), (made, opened)):
        for file in root.rglob("*"):
            name = file.relative_to(root)
            if file.is_file() and name.parts[0] not in {".git", ".goldenpath.toml", ".copier-answers.yml"}:
                assert (other / name).read_bytes() == file.read_bytes(), name
    assert all((made / each).stat().st_mode & 0o100 for each in ("greet.sh", "tool"))


def test_what_was_recorded_before_is_replaced_when_somebody_says_so_and_run_sh_stays(
    cli: Cli, greeter: Path, opened: Path
) -> None:
    folder = greeter / "solutions" / "commit-on-a-branch"
    script = (folder / "run.sh").read_text()
    (opened / "first.txt").write_text("1\n")
    assert record(cli) == 0
    (opened / "first.txt").rename(opened / "second.txt")
    assert record(cli) == 2
    assert (folder / "files" / "first.txt").is_file()
    assert record(cli, "--yes") == 0
    assert [file.name for file in (folder / "files").iterdir()] == ["second.txt"]
    assert (folder / "run.sh").read_text() == script
    assert [each.name for each in (greeter / "solutions").iterdir() if each.name.startswith(".")] == []


def test_answers_and_commits_in_it_are_pointed_out(cli: Cli, opened: Path, git: Callable[..., str]) -> None:
    (opened / "about.txt").write_text("This is my-greeter.\n")
    git(opened, "add", "-A")
    git(opened, "commit", "-qm", "mine")
    result = cli("template", "solve", "commit-on-a-branch", "--record", "o", "--json")
    assert result.data["literals"] == [{"file": "files/about.txt", "question": "project_name", "value": "my-greeter"}]
    assert result.data["commits"] == 1


def test_what_is_no_text_in_utf_8_is_refused_by_name(cli: Cli, greeter: Path, opened: Path) -> None:
    (opened / "latin.txt").write_bytes(b"na\xefve\n")
    (opened / "fine.txt").write_text("fine\n")
    result = cli("template", "solve", "commit-on-a-branch", "--record", "o")
    assert (result.code, "a patch: latin.txt\n" in result.err) == (3, True)
    assert not (greeter / "solutions" / "commit-on-a-branch" / "files").exists()


def test_a_folder_without_changes_and_one_that_was_not_opened_are_refused(cli: Cli, opened: Path) -> None:
    assert record(cli) == 2
    shutil.copytree(opened, "copy")
    result = cli("template", "solve", "commit-on-a-branch", "--record", "copy")
    assert (result.code, "was not opened for a step" in result.err) == (2, True)
    assert cli("template", "solve", "greet-somebody", "--record", "o").code == 2


def test_what_cannot_be_opened_leaves_nothing_behind(cli: Cli, greeter: Path, settings: Settings) -> None:
    here = ("--template", "greeter", "--open", "o", "--no-input")
    assert cli("template", "solve", "greet-sombody", *here, "--trust").code == 2
    assert cli("template", "solve", "greet-somebody", *here).code == 2  # nobody said that its commands may run
    assert cli("template", "solve", "greet-somebody", *here, "--trust", "--answers", "none").code == 2
    (greeter / "solutions" / "greet-somebody" / "run.sh").write_text("exit 7\n")
    failed = cli("template", "solve", "commit-on-a-branch", *here, "--trust")
    assert (failed.code, "solutions/greet-somebody: " in failed.err) == (3, True)
    assert not Path("o").exists()
    assert list((settings.cache / "solving").iterdir()) == []


def test_a_named_set_of_answers_opens_its_own_project(cli: Cli, greeter: Path) -> None:
    assert cli(*OPENING, "--open", "o", "--trust", "--answers", "no-changelog").code == 0
    assert not Path("o/CHANGELOG.md").exists()
    assert "all-in-one" in Path("o/greet.sh").read_text()


def test_homes_of_projects_that_are_gone_are_cleared_away(cli: Cli, opened: Path, settings: Settings) -> None:
    before = set((settings.cache / "solving").iterdir())
    shutil.rmtree(opened)
    assert cli(*OPENING, "--open", "p", "--trust").code == 0
    assert not before & set((settings.cache / "solving").iterdir())


def test_without_a_terminal_it_says_how_it_is_done_in_two_commands(cli: Cli, greeter: Path) -> None:
    result = cli(*OPENING)
    assert (result.code, "--open FOLDER" in result.err) == (2, True)


def test_at_a_terminal_it_is_one_command_around_a_shell(
    cli: Cli, greeter: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    shell = tmp_path / "shell"  # without job control, so that Ctrl-C reaches all who share the terminal
    shell.write_text(
        "#!/bin/sh\ntrap 'echo caught' INT\necho 'author>'\n"
        'until [ "$line" = "exit" ]; do read -r line && eval "$line"; done\n'
    )
    shell.chmod(0o755)
    monkeypatch.setenv("SHELL", str(shell))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    command = ["-m", "goldenpath", *OPENING[:-1], "--trust"]
    person = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=60, dimensions=(50, 100))
    person.expect_exact("then type exit")
    person.expect_exact("author>")
    person.sendintr()
    person.expect_exact("caught")
    person.sendline("echo typed > typed.txt; exit 3")
    person.expect_exact("Record this as the solution of `commit-on-a-branch`?")
    person.sendline("y")
    person.expect(pexpect.EOF)
    person.close()
    assert person.exitstatus == 0
    assert (greeter / "solutions" / "commit-on-a-branch" / "files" / "typed.txt").read_text() == "typed\n"
    assert list(tmp_path.glob("goldenpath-solve-*")) == []
    assert list((settings.cache / "solving").iterdir()) == []


def test_what_a_script_said_last_stands_last_though_it_went_to_the_other_stream(
    cli: Cli, greeter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "echo long before >&2; echo this is why; exit 3\n"
    (greeter / "solutions" / "greet-somebody" / "run.sh").write_text(script)
    assert cli("start", greeter, "again", "--no-input", "--trust", "--defaults").code == 0
    monkeypatch.chdir("again")
    applied = cli("solution", "greet-somebody", "--apply", "--yes")
    assert applied.code == 1
    assert applied.err.splitlines()[0].endswith("ended with 3: long before\\nthis is why")
