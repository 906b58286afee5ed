"""What must not happen: work lost, somebody else's work counted, a red check that looks green."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import state
from goldenpath.adapters.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

QUIET = ("--defaults", "--no-input", "--trust")


def test_a_closed_pipe_keeps_the_exit_code_and_the_event(project: Path, ledger: Ledger) -> None:
    line = '"$0" -m goldenpath check | true; exit "${PIPESTATUS[0]}"'
    done = subprocess.run(["bash", "-c", line, sys.executable], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert ledger.events()[-1].data["failed"] == [1]


def test_a_solution_does_not_write_over_what_is_not_committed(project: Path, cli: Cli, ledger: Ledger) -> None:
    (project / "hello.txt").write_text("my own words\n")
    before = len(ledger.events())
    result = cli("solution", "--apply", "--yes")
    assert result.code == 5
    assert "hello.txt" in result.err
    assert (project / "hello.txt").read_text() == "my own words\n"
    assert len(ledger.events()) == before


def test_a_solution_may_replace_what_is_committed(project: Path, cli: Cli, git: Callable[..., str]) -> None:
    (project / "hello.txt").write_text("my own words\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "mine")
    assert cli("solution", "--apply", "--yes").code == 0
    assert (project / "hello.txt").read_text() == "hello red\n"


def test_the_working_folder_is_not_replaced(cli: Cli, tiny: Path) -> None:
    result = cli("start", tiny, ".", *QUIET)
    assert result.code == 5
    assert "cd .. && goldenpath start" in result.err
    assert not list(Path.cwd().iterdir())


def test_a_start_into_a_project_names_the_way_on(
    project: Path, cli: Cli, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    result = cli("start", tiny, project, *QUIET)
    assert result.code == 5
    assert "goldenpath status" in result.err


def test_the_first_commit_has_every_file_whatever_the_user_ignores(
    cli: Cli, tiny: Path, home: Path, git: Callable[..., str]
) -> None:
    (home / "ignored").write_text("*.md\n.goldenpath.toml\n")
    git(Path.cwd(), "config", "--global", "core.excludesFile", str(home / "ignored"))
    cli("start", tiny, "p", *QUIET)
    assert git(Path("p"), "ls-files").split() == [".copier-answers.yml", ".goldenpath.toml", "README.md", "check.sh"]


def test_what_a_killed_start_left_is_cleared_by_the_next(cli: Cli, tiny: Path) -> None:
    left = Path(".goldenpath-staging-999999999-abc")
    left.mkdir()
    mine = Path(f".goldenpath-staging-{os.getpid()}-abc")
    mine.mkdir()
    cli("start", tiny, "p", *QUIET)
    assert not left.exists()
    assert mine.exists()


def test_text_that_is_no_utf8_is_refused(cli: Cli, tiny: Path) -> None:
    result = cli("start", tiny, "bad\udcff", *QUIET)
    assert result.code == 2
    assert not list(Path.cwd().iterdir())


def _trust_many(prefix: str) -> None:
    for number in range(10):
        state.trust(read_settings(), f"{prefix}{number}")


def test_decisions_of_several_processes_are_all_kept(settings: Settings) -> None:
    with ProcessPoolExecutor(4) as pool:
        list(pool.map(_trust_many, "abcd"))
    kept = [state.is_trusted(settings, f"{prefix}{number}") for prefix in "abcd" for number in range(10)]
    assert all(kept)


def test_a_step_that_was_reopened_comes_back_with_its_lasting_checks(
    tiny: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (tiny / "path.md").read_text()
    passing = "- file: now.txt\n  lasting: false\n  fail: Make now.txt.\n- file: hello.txt\n  contains"
    (tiny / "path.md").write_text(page.replace("- file: hello.txt\n  contains", passing))
    cli("start", tiny, "p", *QUIET)
    monkeypatch.chdir("p")
    Path("now.txt").touch()
    Path("hello.txt").write_text("hello red\n")
    assert cli("check").code == 0
    Path("now.txt").unlink()
    Path("hello.txt").write_text("gone\n")
    assert cli("check", "--all").code == 1
    Path("hello.txt").write_text("hello red\n")
    assert cli("check", "--all").code == 0
    assert cli("status", "--json").data["steps"][0]["status"] == "done"


def test_a_step_that_can_not_be_looked_at_again_is_not_said_to_hold(project: Path, cli: Cli) -> None:
    Path("hello.txt").write_text("hello red\n")
    cli("check")
    cli("check", "--answer", "red")
    out = cli("check", "--all").out
    assert "Read on  was done; nothing of it can be looked at again" in out
    assert "1 of 3 steps hold, 1 were done before." in out
    changes = [(result["step"], result["change"]) for result in cli("check", "--all", "--json").data["results"]]
    assert changes == [("say-hello", ""), ("read-on", "kept"), ("share-it", "open")]


def test_somebody_elses_work_reaches_no_milestone(
    project: Path, cli: Cli, git: Callable[..., str], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "hello.txt").write_text("hello red\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "mine")
    git(project, "push", "-q", "origin", "main")
    clone = project.parent / "clone"
    git(project, "clone", "-q", git(project, "remote", "get-url", "origin"), str(clone))
    git(project, "config", "--global", "user.email", "bo@example.org")
    settings.ledger.unlink()
    monkeypatch.chdir(clone)
    assert cli("check", "--all", "--trust").code == 0
    assert cli("status", "--json").data["done"] == 1
    assert not [line for line in cli("milestones", "--json").data if line["at"]]


def test_watching_sees_what_was_saved_while_it_checked(tiny: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (tiny / "path.md").read_text()
    slow = "- command: [sleep, '2']\n  fail: Wait.\n- file: hello.txt\n  contains"
    (tiny / "path.md").write_text(
        page.replace("- file: hello.txt\n  contains", slow.replace("- command", "- command", 1))
    )
    page = (tiny / "path.md").read_text()
    first, second = page.split("- command: [sleep, '2']\n  fail: Wait.\n", 1)
    (tiny / "path.md").write_text(
        first
        + second.replace(
            "\n```\n\n```goldenpath-hint", "\n- command: [sleep, '2']\n  fail: Wait.\n```\n\n```goldenpath-hint", 1
        )
    )
    cli("start", tiny, "p", *QUIET)
    monkeypatch.chdir("p")
    timer = threading.Timer(1.0, Path("hello.txt").absolute().write_text, ["hello red\n"])
    timer.start()
    result = cli("check", "--watch")
    timer.join()
    assert result.code == 0
    assert "Say hello: done" in result.out
    assert cli("status", "--json").data["steps"][0]["attempts"] == 1


def test_doctor_fix_leaves_the_original_its_progress(project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = project.parent / "copy"
    shutil.copytree(project, copy)
    monkeypatch.chdir(copy)
    cli("check")
    monkeypatch.chdir(project)
    before = (project / ".goldenpath.toml").read_text()
    cli("doctor", "--fix", "--yes")
    assert (project / ".goldenpath.toml").read_text() == before


def test_doctor_tells_of_a_damaged_project(project: Path, cli: Cli) -> None:
    (project / ".goldenpath.toml").write_text("id = ")
    result = cli("doctor")
    assert result.code == 4
    assert "git restore .goldenpath.toml" in result.out


def test_a_solution_whose_patch_does_not_fit_lays_down_nothing(
    tiny: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    patch = "--- a/check.sh\n+++ b/check.sh\n@@ -1 +1 @@\n-no such line\n+another\n"
    (tiny / "solutions" / "say-hello" / "change.patch").write_text(patch)
    cli("start", tiny, "p", *QUIET)
    monkeypatch.chdir("p")
    assert cli("solution", "--apply", "--yes").code == 5
    assert not Path("hello.txt").exists()


def test_a_template_folder_may_have_any_name(tiny: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = tiny.parent / "my tëmplate (2)"
    tiny.rename(odd)
    assert cli("start", odd, "p", *QUIET).code == 0
    monkeypatch.chdir("p")
    assert cli("status").code == 0
    assert cli("check").code == 1
