"""`goldenpath pr`: what the local forge takes, and what it refuses with which reason."""

from __future__ import annotations

import contextlib
import json
import py_compile
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.milestones import reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli


def branch_with(git: Callable[..., str], project: Path, name: str, file: str, text: str = "x\n") -> None:
    """A pushed branch with one commit that writes `file`."""
    git(project, "switch", "-q", "-c", name, "main")
    (project / file).write_text(text)
    git(project, "add", "-A")
    git(project, "commit", "-q", "-m", f"Write {file}")
    git(project, "push", "-q", "-u", "origin", name)


def origin(git: Callable[..., str], project: Path) -> Path:
    return Path(git(project, "remote", "get-url", "origin"))


def test_main_can_not_be_proposed_to_itself(project: Path, cli: Cli) -> None:
    result = cli("pr", "open")
    assert result.code == 6
    assert "git switch -c my-change" in result.err


def test_a_branch_that_is_not_pushed_is_refused(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    git(project, "switch", "-q", "-c", "topic")
    result = cli("pr", "open")
    assert result.code == 6
    assert "the branch topic is not pushed" in result.err
    assert "git push -u origin topic" in result.err


def test_a_branch_without_a_change_is_refused(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    git(project, "switch", "-q", "-c", "topic")
    git(project, "push", "-q", "-u", "origin", "topic")
    assert "nothing that main lacks" in cli("pr", "open").err


def test_a_pull_request_has_a_ref_and_a_number_and_no_reviewer(
    project: Path, cli: Cli, git: Callable[..., str], ledger: Ledger
) -> None:
    branch_with(git, project, "topic", "a.txt")
    result = cli("pr", "open", "--json")
    assert (result.data["number"], result.data["title"]) == (1, "Write a.txt")
    forge = origin(git, project)
    assert git(forge, "rev-parse", "refs/pull/1/head") == git(project, "rev-parse", "topic")
    assert cli("pr", "merge").code == 0
    facts = json.loads(git(forge, "cat-file", "blob", "refs/pull/1/facts"))
    assert facts["review"]["kind"] == "automatic"
    assert "reviewer" not in json.dumps(facts)
    assert [event.type for event in ledger.events()[-2:]] == [ev.CHANGE_CREATED, ev.CHANGE_MERGED]


def test_a_second_pull_request_for_a_branch_is_refused(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    assert "#1 is open for topic already" in cli("pr", "open").err


def test_merging_puts_a_merge_commit_on_main(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open", "--title", "A better title")
    result = cli("pr", "merge")
    assert result.code == 0
    assert "automatic review: sh check.sh" in result.out
    forge = origin(git, project)
    assert len(git(forge, "log", "-1", "--format=%P", "main").split()) == 2
    assert "A better title" in git(forge, "log", "-1", "--format=%B", "main")
    assert git(forge, "show", "main:a.txt") == "x"


def test_a_review_does_not_compile_again_what_the_project_has_compiled(
    project: Path, cli: Cli, git: Callable[..., str]
) -> None:
    library = project / ".venv" / "lib" / "library.py"
    library.parent.mkdir(parents=True)
    library.write_text("VALUE = 1\n")
    (project / ".venv" / ".gitignore").write_text("*\n")
    py_compile.compile(str(library))
    (compiled,) = library.parent.rglob("*.pyc")
    (project / "check.py").write_text(
        "from importlib.util import cache_from_source\nfrom pathlib import Path\n"
        "print(Path(cache_from_source(str(Path('.venv/lib/library.py').resolve()))).stat().st_ino)\n"
        "raise SystemExit(Path('.venv').exists())\n"
    )
    branch_with(git, project, "topic", "check.sh", f"exec {sys.executable} check.py >'{project}/.venv/looked'\n")
    cli("pr", "open")
    assert cli("pr", "merge").code == 0
    assert int((project / ".venv" / "looked").read_text()) == compiled.stat().st_ino


def test_what_is_not_green_on_the_merged_tree_is_not_merged(
    project: Path, cli: Cli, git: Callable[..., str], ledger: Ledger
) -> None:
    branch_with(git, project, "topic", "broken")
    cli("pr", "open")
    before = git(origin(git, project), "rev-parse", "main")
    result = cli("pr", "merge")
    assert result.code == 6
    assert "is not green: `sh check.sh` ended with 1" in result.err
    assert git(origin(git, project), "rev-parse", "main") == before
    assert ledger.events()[-1].type == ev.CHANGE_CREATED


def test_files_that_are_not_committed_are_not_in_the_review(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    (project / "broken").touch()
    assert cli("pr", "merge").code == 0


def test_a_conflict_is_refused_and_names_the_file(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "one", "a.txt", "one\n")
    cli("pr", "open")
    branch_with(git, project, "two", "a.txt", "two\n")
    cli("pr", "open")
    assert cli("pr", "merge", 1).code == 0
    result = cli("pr", "merge", 2)
    assert result.code == 6
    assert "conflicts with main in a.txt" in result.err
    assert "git merge origin/main" in result.err


def test_commits_that_are_not_pushed_stop_the_merge(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    git(project, "commit", "-q", "--allow-empty", "-m", "more")
    result = cli("pr", "merge")
    assert result.code == 6
    assert "git push origin topic" in result.err


def test_a_push_after_opening_is_merged_too(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    git(project, "commit", "-q", "--allow-empty", "-m", "more")
    git(project, "push", "-q", "origin", "topic")
    assert cli("pr", "merge").code == 0
    head = git(origin(git, project), "rev-parse", "refs/pull/1/head")
    assert head == git(project, "rev-parse", "topic")


@pytest.mark.parametrize(("number", "message"), [(7, "there is no pull request #7"), (1, "is merged already")])
def test_what_can_not_be_merged_says_why(
    project: Path, cli: Cli, git: Callable[..., str], number: int, message: str
) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    cli("pr", "merge")
    result = cli("pr", "merge", number)
    assert result.code == 6
    assert message in result.err


def test_without_an_open_pull_request_the_way_to_one_is_named(project: Path, cli: Cli) -> None:
    assert "goldenpath pr open" in cli("pr", "merge").err
    assert "goldenpath pr open" in cli("pr", "list").out


def test_several_open_pull_requests_need_a_number(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    for name in ("one", "two"):
        branch_with(git, project, name, f"{name}.txt")
        cli("pr", "open")
    git(project, "switch", "-q", "main")
    result = cli("pr", "merge")
    assert result.code == 6
    assert "name one of #1, #2" in result.err
    assert [pull["number"] for pull in cli("pr", "list", "--json").data] == [1, 2]


def test_a_project_without_a_forge_says_so(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    git(project, "remote", "remove", "origin")
    result = cli("pr", "list")
    assert result.code == 6
    assert "no remote called origin" in result.err


def test_what_the_review_changes_is_not_merged(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    git(project, "switch", "-q", "-c", "sly", "main")
    with (project / "check.sh").open("a") as script:
        script.write("echo unseen >unseen.txt; git add -A; git commit -q --amend --no-edit\n")
    git(project, "commit", "-q", "-am", "Amend in a check")
    git(project, "push", "-q", "-u", "origin", "sly")
    cli("pr", "open")
    assert cli("pr", "merge", "--trust").code == 0
    forge = origin(git, project)
    assert "unseen.txt" not in git(forge, "ls-tree", "-r", "--name-only", "main")
    assert git(forge, "rev-parse", "main^2") == git(project, "rev-parse", "sly")


def test_what_was_merged_by_hand_is_settled_as_merged(
    project: Path, cli: Cli, git: Callable[..., str], ledger: Ledger
) -> None:
    branch_with(git, project, "topic", "broken")
    cli("pr", "open")
    git(project, "switch", "-q", "main")
    git(project, "merge", "-q", "topic")
    git(project, "push", "-q", "origin", "main", ":topic")
    result = cli("pr", "merge", 1)
    assert result.code == 0, result.err
    assert "was pushed to main" in result.out
    assert "nobody and nothing reviewed it" in result.out
    assert ledger.events()[-1].type == ev.CHANGE_MERGED
    assert ledger.events()[-1].data["commit"] == git(project, "rev-parse", "main")
    assert "is merged already" in cli("pr", "merge", 1).err


def another_clone(git: Callable[..., str], project: Path) -> Path:
    """A second clone of the project, on the branch `topic`."""
    clone = project.parent / "elsewhere"
    git(project, "clone", "-q", "--branch", "topic", str(origin(git, project)), str(clone))
    return clone


def test_a_commit_from_another_clone_is_merged_too(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    elsewhere = another_clone(git, project)
    git(elsewhere, "commit", "-q", "--allow-empty", "-m", "from elsewhere")
    git(elsewhere, "push", "-q", "origin", "topic")
    assert cli("pr", "merge").code == 0
    assert git(origin(git, project), "rev-parse", "main^2") == git(elsewhere, "rev-parse", "HEAD")


def test_commits_on_both_sides_have_to_be_fetched_first(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    elsewhere = another_clone(git, project)
    git(elsewhere, "commit", "-q", "--allow-empty", "-m", "from elsewhere")
    git(elsewhere, "push", "-q", "origin", "topic")
    git(project, "commit", "-q", "--allow-empty", "-m", "from here")
    result = cli("pr", "merge")
    assert result.code == 6
    assert "git fetch origin" in result.err


def test_a_push_moves_the_head_when_pull_requests_are_listed(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    git(project, "commit", "-q", "--allow-empty", "-m", "more")
    git(project, "push", "-q", "origin", "topic")
    cli("pr", "list")
    assert git(origin(git, project), "rev-parse", "refs/pull/1/head") == git(project, "rev-parse", "topic")


@pytest.mark.parametrize("command", [["pr", "list"], ["pr", "open"], ["pr", "merge"], ["pr", "merge", "1"]])
def test_an_opening_that_the_ledger_missed_is_recorded_by_the_next_command(
    command: list[str], project: Path, cli: Cli, git: Callable[..., str], ledger: Ledger, settings: Settings
) -> None:
    branch_with(git, project, "topic", "a.txt")
    with unwritable(settings):
        result = cli("pr", "open")
        assert result.code == 0
        assert result.err.count("warning: ") == 1
    assert ev.CHANGE_CREATED not in [event.type for event in ledger.events()]
    result = cli(*command)
    assert result.code == (6 if command[1] == "open" else 0)
    cli("pr", "list")
    assert [event.type for event in ledger.events()].count(ev.CHANGE_CREATED) == 1


@pytest.mark.parametrize("command", [["pr", "list"], ["pr", "merge", "1"], ["pr", "open"]])
def test_a_merge_that_the_ledger_missed_is_recorded_by_the_next_command(
    command: list[str], project: Path, cli: Cli, git: Callable[..., str], ledger: Ledger, settings: Settings
) -> None:
    branch_with(git, project, "topic", "a.txt")
    cli("pr", "open")
    with unwritable(settings):
        result = cli("pr", "merge")
        assert result.code == 0
        assert result.err.count("warning: ") == 1
    assert "first-pr-merged" not in reached(ledger.events(), ledger.engineer())
    assert cli(*command).code == (0 if command[1] == "list" else 6)
    assert "first-pr-merged" in reached(ledger.events(), ledger.engineer())
    cli("pr", "list")
    assert [event.type for event in ledger.events()].count(ev.CHANGE_MERGED) == 1


@contextlib.contextmanager
def unwritable(settings: Settings) -> Iterator[None]:
    """A ledger that can be read and not appended to."""
    with contextlib.closing(sqlite3.connect(settings.ledger)) as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        yield
        connection.execute("DROP TRIGGER full")
