"""Walking a path: status, next, check, hint, skip, goto, solution; and everything that may happen to the folder."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from goldenpath.core import events as ev

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli


def say_hello(project: Path, text: str = "hello red\n") -> None:
    (project / "hello.txt").write_text(text)


def walk_to_the_end(cli: Cli, project: Path) -> None:
    say_hello(project)
    assert cli("check").code == 0
    assert cli("check", "--answer", "red").code == 0
    assert cli("solution", "--apply", "--yes").code == 0
    assert cli("check").code == 0


def test_status_names_the_current_step_and_the_next_command(project: Path, cli: Cli) -> None:
    out = cli("status").out
    assert "→ 1 Say hello" in out
    assert "0 of 3 steps done" in out
    assert "goldenpath next" in out


def test_status_works_anywhere_inside_the_project(project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(project / "deep" / "er")
    assert cli("status").code == 0


def test_outside_a_project_the_way_in_is_named(cli: Cli) -> None:
    result = cli("status")
    assert result.code == 2
    assert result.err == (
        "error: this folder is in no project\nhint: go into one with cd, or begin: goldenpath start backend\n"
    )


def test_next_shows_the_step_with_the_projects_answers(project: Path, cli: Cli) -> None:
    out = cli("next").out
    assert "Write `hello red` into `hello.txt`." in out
    assert "goldenpath-check" not in out
    assert "#tiny (test-squad)" in out


def test_a_failed_check_says_what_was_expected_and_found_and_what_to_do(project: Path, cli: Cli) -> None:
    result = cli("check")
    assert result.code == 1
    assert "✗ hello.txt contains 'hello red'" in result.out
    assert "found: there is no hello.txt" in result.out
    assert "to do: Write `hello red` into hello.txt." in result.out


def test_a_passed_step_is_recorded_and_leads_to_the_next(project: Path, cli: Cli, ledger: Ledger) -> None:
    say_hello(project)
    result = cli("check")
    assert result.code == 0
    assert "Say hello: done" in result.out
    assert "next: Read on" in result.out
    done = ledger.events()[-1]
    assert (done.type, done.data["step"], done.data["learned"]) == (ev.STEP_COMPLETED, "say-hello", "verified")


def test_checking_a_done_step_again_changes_nothing(project: Path, cli: Cli, ledger: Ledger) -> None:
    say_hello(project)
    cli("check")
    before = len(ledger.events())
    assert cli("check", "say-hello").code == 0
    assert len(ledger.events()) == before


def test_a_failed_attempt_is_counted(project: Path, cli: Cli) -> None:
    cli("check")
    cli("check")
    assert cli("status", "--json").data["steps"][0]["attempts"] == 2


def test_a_question_without_anybody_to_answer_is_unknown(project: Path, cli: Cli, ledger: Ledger) -> None:
    say_hello(project)
    cli("check")
    before = len(ledger.events())
    result = cli("check", "--no-input")
    assert result.code == 4
    assert "--answer TEXT" in result.out
    assert len(ledger.events()) == before


def test_what_was_only_said_is_recorded_as_said(project: Path, cli: Cli, ledger: Ledger) -> None:
    say_hello(project)
    cli("check")
    assert cli("check", "--answer", "green").code == 1
    assert cli("check", "--answer", "1").code == 0
    assert ledger.events()[-1].data["learned"] == "said"


def test_hints_come_one_by_one_and_are_counted(project: Path, cli: Cli) -> None:
    assert cli("hint").out.splitlines() == ["1 of 2  A first nudge.", "Still stuck? goldenpath hint"]
    assert cli("hint", "--json").data["given"][-1].startswith("`echo hello red")
    assert cli("hint").out.splitlines()[-1] == "Still stuck? goldenpath solution"
    assert cli("status", "--json").data["steps"][0]["hints_shown"] == 2


def test_skip_leaves_the_step_and_goto_comes_back(project: Path, cli: Cli) -> None:
    assert cli("skip", "--json").data == {"skipped": "say-hello", "current": "read-on"}
    assert cli("goto", "say-hello").code == 0
    assert cli("status", "--json").data["current"] == "say-hello"
    say_hello(project)
    assert cli("check").code == 0
    assert cli("status", "--json").data["steps"][0]["status"] == "done"


def test_goto_moves_the_pointer_and_nothing_else(project: Path, cli: Cli) -> None:
    before = cli("status", "--json").data["steps"]
    cli("goto", "share-it")
    after = cli("status", "--json").data["steps"]
    assert [step["status"] for step in after] == [step["status"] for step in before]
    assert [step["id"] for step in after if step["is_current"]] == ["share-it"]


def test_goto_an_unknown_step_suggests_the_nearest(project: Path, cli: Cli) -> None:
    result = cli("goto", "say-helo")
    assert result.code == 2
    assert "did you mean `say-hello`?" in result.err


def test_a_solution_needs_a_yes_and_is_recorded(project: Path, cli: Cli, ledger: Ledger) -> None:
    refused = cli("solution", "--no-input")
    assert refused.code == 2
    assert "--yes" in refused.err
    before = len(ledger.events())
    shown = cli("solution", "--yes")
    assert "+hello red" in shown.out
    assert not (project / "hello.txt").exists()
    assert [event.type for event in ledger.events()[before:]] == [ev.SOLUTION_SHOWN]


def test_the_solutions_lead_to_a_merged_pull_request(project: Path, cli: Cli) -> None:
    walk_to_the_end(cli, project)
    reached = {line["milestone"]: line["learned"] for line in cli("milestones", "--json").data if line["at"]}
    assert reached == {
        "started": "verified",
        "project-created": "verified",
        "first-change": "verified",
        "first-commit": "verified",
        "first-pr-opened": "forge",
        "first-pr-merged": "forge",
        "path-completed": "verified",
    }
    assert "walked the whole path" in cli("status").out
    cli("check", "--all")
    cli("check", "say-hello")
    types = [event["type"] for event in cli("ledger", "log", "--json").data]
    assert types.count(ev.PATH_COMPLETED) == 1


def test_check_all_reopens_what_regressed(project: Path, cli: Cli) -> None:
    say_hello(project)
    cli("check")
    say_hello(project, "goodbye\n")
    result = cli("check", "--all")
    assert result.code == 1
    assert "was done, and is open again" in result.out
    step = cli("status", "--json").data["steps"][0]
    assert (step["status"], step["is_regressed"]) == ("open", True)
    say_hello(project)
    assert cli("check", "--all").code == 0
    assert cli("status", "--json").data["steps"][0]["status"] == "done"


def test_a_moved_project_goes_on(project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    say_hello(project)
    cli("check")
    moved = project.parent / "elsewhere"
    project.rename(moved)
    monkeypatch.chdir(moved)
    assert cli("status", "--json").data["done"] == 1


def test_a_clone_goes_on(
    project: Path, cli: Cli, git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say_hello(project)
    cli("check")
    git(project, "clone", "-q", git(project, "remote", "get-url", "origin"), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    assert cli("status", "--json").data["done"] == 1


def test_with_an_empty_ledger_check_all_rebuilds_what_can_be_seen(project: Path, cli: Cli, settings: Settings) -> None:
    walk_to_the_end(cli, project)
    settings.ledger.unlink()
    assert cli("check", "--all", "--trust").code == 0
    reached = {line["milestone"]: line["learned"] for line in cli("milestones", "--json").data if line["at"]}
    assert reached["project-created"] == "history"
    assert reached["first-commit"] == "verified"
    assert reached["first-pr-merged"] == "forge"
    assert reached["first-change"] == "verified"
    assert cli("status", "--json").data["done"] == 2
    before = len(cli("ledger", "log", "--json").data)
    assert cli("check", "--all").code == 0
    assert len(cli("ledger", "log", "--json").data) == before


def test_a_project_from_elsewhere_runs_nothing_until_it_is_trusted(project: Path, cli: Cli, settings: Settings) -> None:
    shutil.rmtree(settings.config)
    say_hello(project)
    refused = cli("check", "--no-input")
    assert refused.code == 2
    assert "was not started on this machine" in refused.err
    assert cli("check", "--no-input", "--trust").code == 0
    assert cli("check", "say-hello", "--no-input").code == 0


def test_a_step_without_a_solution_says_so(project: Path, cli: Cli) -> None:
    assert "has no solution" in cli("solution", "read-on", "--yes").err


def test_watch_and_json_do_not_go_together(project: Path, cli: Cli) -> None:
    assert cli("check", "--watch", "--json").code == 2


def test_watch_ends_when_the_step_passes(project: Path, cli: Cli) -> None:
    import threading

    timer = threading.Timer(1.0, say_hello, [project])
    timer.start()
    result = cli("check", "--watch")
    timer.join()
    assert result.code == 0
    assert "Not yet." in result.out
    assert "Say hello: done" in result.out


def test_a_moved_project_is_still_trusted_and_a_clone_of_it_is_not(
    project: Path, cli: Cli, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    say_hello(project)
    moved = project.parent / "elsewhere"
    project.rename(moved)
    git(moved, "clone", "-q", str(moved), str(moved.parent / "clone"))
    monkeypatch.chdir(moved)
    assert cli("check", "--no-input").code == 0
    monkeypatch.chdir(moved.parent / "clone")
    assert cli("check", "--no-input").code == 2
    assert cli("pr", "merge", "--no-input").code == 2


def test_doctor_runs_nothing_of_a_template_that_is_not_trusted(project: Path, cli: Cli, settings: Settings) -> None:
    assert "git >=2.0 on this machine" in cli("doctor").out
    shutil.rmtree(settings.config)
    out = cli("doctor").out
    assert "not looked at" in out
    assert "git >=2.0 on this machine" not in out


def test_at_the_end_every_command_says_so(project: Path, cli: Cli) -> None:
    walk_to_the_end(cli, project)
    assert "Every step is behind you." in cli("next").out
    assert cli("next", "--json").data["step"] is None
    cli("goto", "say-hello")
    assert cli("check").code == 0
    assert cli("status", "--json").data["current"] == ""
    assert cli("hint").code == 2


def test_a_path_with_a_step_that_was_only_said_is_completed_as_said(
    tiny: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (tiny / "path.md").read_text()
    first, second, _ = page.split("\n## Say hello", 1)[0], page.split("\n## Read on")[1].split("\n## Share it")[0], ""
    hint = "\n```goldenpath-hint\n- Look.\n```\n"
    (tiny / "path.md").write_text(f"{first}\n## Read on{second.replace('reading: true', '')}{hint}")
    cli("start", tiny, "p", "--defaults", "--no-input", "--trust")
    monkeypatch.chdir("p")
    assert cli("check", "--answer", "red").code == 0
    line = next(line for line in cli("milestones", "--json").data if line["milestone"] == "path-completed")
    assert line["learned"] == "said"


def test_goto_takes_a_number_too(project: Path, cli: Cli) -> None:
    assert cli("goto", "3", "--json").data["current"] == "share-it"
    assert cli("goto", "4").code == 2
