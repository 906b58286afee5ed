"""`goldenpath milestones --rederive`: what the ledger claims, held against real repositories and the local forge."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.forges import local
from tests.cli.test_pull_requests import branch_with
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json
    from tests.cli.conftest import Cli

    Git = Callable[..., str]

SHOWN, NOT_SHOWN, UNSEEN, LACKING, NEITHER = (
    "shown",
    "not shown",
    "can't be seen",
    "not in the ledger",
    "not reached",
)


def verdicts(cli: Cli, code: int = 0) -> dict[str, str]:
    """What the world says to each milestone; the command must end with `code`."""
    result = cli("milestones", "--rederive", "--json")
    assert result.code == code, result.out + result.err
    return {each["milestone"]: each["verdict"] for each in result.data["milestones"]}


def merge(cli: Cli, git: Git, project: Path, branch: str) -> None:
    """Open and merge a pull request, and bring it home."""
    branch_with(git, project, branch, f"{branch}.txt")
    assert cli("pr", "open").code == 0
    assert cli("pr", "merge").code == 0
    git(project, "switch", "-q", "main")
    git(project, "pull", "-q")


def commit(git: Git, project: Path, file: str, address: str = "ada@example.org") -> None:
    """A commit by whoever has that address."""
    (project / file).write_text("x\n")
    git(project, "add", "-A")
    git(project, "-c", f"user.email={address}", "commit", "-q", "-m", f"Write {file}")


def claim(ledger: Ledger, project: Path, milestone: str) -> None:
    """An event that says, as a step would, that a milestone was verified in a project."""
    ident = (project / ".goldenpath.toml").read_text().split('"')[1]
    facts: dict[str, Json] = {"project": ident, "milestone": milestone, "learned": "verified"}
    first = ledger.events(ident)[0]
    ledger.append([ev.Draft(ev.MILESTONE_RECORDED, ident, first.time, facts)])


def everything(folder: Path) -> dict[Path, tuple[bytes, int]]:
    """All files below a folder, with when they were changed."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def test_what_a_project_began_with_is_shown_and_the_rest_not_reached(project: Path, cli: Cli) -> None:
    assert verdicts(cli) == {
        "started": SHOWN,
        "project-created": SHOWN,
        "first-commit": NEITHER,
        "first-pr-opened": NEITHER,
        "first-pr-merged": NEITHER,
        "tenth-pr-merged": NEITHER,
    }
    report = cli("milestones", "--rederive", "--json").data
    assert (report["projects"], report["unseen"], report["claims_more"]) == ([str(project)], [], [])


def test_a_commit_and_a_pull_request_are_shown_by_git_and_by_the_forge(
    project: Path, cli: Cli, git: Git, ledger: Ledger
) -> None:
    merge(cli, git, project, "topic")
    claim(ledger, project, "first-commit")
    told = verdicts(cli)
    assert {name for name, verdict in told.items() if verdict == SHOWN} == told.keys() - {"tenth-pr-merged"}
    lines = {each["milestone"]: each for each in cli("milestones", "--rederive", "--json").data["milestones"]}
    merged = next(each for each in cli("pr", "list", "--json").data)["merged_at"]
    assert lines["first-pr-merged"]["shown_at"] == lines["first-pr-merged"]["claimed_at"] == merged
    assert lines["first-pr-merged"]["learned"] == "forge"


def test_ten_merges_are_shown_at_the_tenth(project: Path, cli: Cli, git: Git) -> None:
    for number in range(9):
        merge(cli, git, project, f"topic-{number}")
    assert verdicts(cli)["tenth-pr-merged"] == NEITHER
    assert cli("record", "tenth-pr-merged").code == 0
    assert verdicts(cli, code=1)["tenth-pr-merged"] == NOT_SHOWN
    merge(cli, git, project, "topic-9")
    lines = {each["milestone"]: each for each in cli("milestones", "--rederive", "--json").data["milestones"]}
    assert lines["tenth-pr-merged"]["verdict"] == SHOWN
    assert lines["tenth-pr-merged"]["shown_at"] == cli("pr", "list", "--json").data[-1]["merged_at"]


@pytest.mark.parametrize("milestone", ["first-pr-opened", "first-pr-merged", "first-commit"])
def test_a_claim_that_nothing_shows_is_reported_and_ends_with_1(project: Path, cli: Cli, milestone: str) -> None:
    assert cli("record", milestone).code == 0
    result = cli("milestones", "--rederive")
    assert result.code == 1
    assert f"The ledger claims more than the world shows: {milestone}" in result.out
    assert verdicts(cli, code=1)[milestone] == NOT_SHOWN
    assert cli("milestones", "--rederive", "--json").data["claims_more"] == [milestone]


def test_a_claim_of_no_project_is_held_against_all_of_them(
    project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    assert cli("record", "first-pr-merged").code == 0
    assert verdicts(cli, code=1)["first-pr-merged"] == NOT_SHOWN
    shutil.rmtree(project)
    assert verdicts(cli)["first-pr-merged"] == UNSEEN


def test_somebody_elses_commit_shows_nothing_of_mine(project: Path, cli: Cli, git: Git, ledger: Ledger) -> None:
    commit(git, project, "theirs", "grace@example.org")
    assert verdicts(cli)["first-commit"] == NEITHER
    claim(ledger, project, "first-commit")
    assert verdicts(cli, code=1)["first-commit"] == NOT_SHOWN


def test_a_commit_on_a_branch_that_is_not_merged_is_a_commit(project: Path, cli: Cli, git: Git, ledger: Ledger) -> None:
    branch_with(git, project, "topic", "a.txt")
    claim(ledger, project, "first-commit")
    git(project, "switch", "-q", "main")
    assert verdicts(cli)["first-commit"] == SHOWN
    git(project, "branch", "-q", "-D", "topic")
    assert verdicts(cli)["first-commit"] == SHOWN


def test_commits_under_an_address_of_before_are_mine(project: Path, cli: Cli, git: Git, ledger: Ledger) -> None:
    commit(git, project, "mine")
    claim(ledger, project, "first-commit")
    git(project, "config", "user.email", "ada@work.example.org")
    told = verdicts(cli)
    assert (told["started"], told["project-created"], told["first-commit"]) == (SHOWN, SHOWN, SHOWN)


def test_a_pull_request_that_i_opened_with_anothers_commit_is_what_the_ledger_says(
    project: Path, cli: Cli, git: Git
) -> None:
    git(project, "switch", "-q", "-c", "topic")
    commit(git, project, "theirs", "grace@example.org")
    git(project, "push", "-q", "-u", "origin", "topic")
    assert cli("pr", "open").code == 0
    assert verdicts(cli)["first-pr-opened"] == SHOWN


def test_somebody_elses_pull_request_shows_nothing_of_mine(
    project: Path, cli: Cli, git: Git, settings: Settings
) -> None:
    git(project, "switch", "-q", "-c", "topic")
    commit(git, project, "theirs", "grace@example.org")
    git(project, "push", "-q", "-u", "origin", "topic")
    forge = local.find(settings.forge, project)
    assert forge
    local.open_pull_request(forge, branch="topic", title="Theirs", author="eng-another", now=NOW)
    assert verdicts(cli)["first-pr-opened"] == NEITHER
    assert cli("record", "first-pr-opened").code == 0
    assert verdicts(cli, code=1)["first-pr-opened"] == NOT_SHOWN


def test_what_the_ledger_lacks_is_told_and_comes_in_with_check_all(
    project: Path, cli: Cli, git: Git, settings: Settings
) -> None:
    merge(cli, git, project, "topic")
    settings.ledger.unlink()
    result = cli("milestones", "--rederive")
    assert result.code == 0
    assert "goldenpath check --all" in result.out
    told = verdicts(cli)
    assert {name for name, verdict in told.items() if verdict == LACKING} == told.keys() - {"tenth-pr-merged"}
    assert not settings.ledger.exists()
    cli("check", "--all")
    told = verdicts(cli)
    assert {name for name, verdict in told.items() if verdict == SHOWN} == told.keys() - {"tenth-pr-merged"}


def test_looking_writes_nothing(project: Path, cli: Cli, git: Git, settings: Settings) -> None:
    merge(cli, git, project, "topic")
    assert cli("record", "first-deploy").code == 0
    before = everything(settings.data.parent), everything(project)
    verdicts(cli)
    cli("milestones", "--rederive")
    assert (everything(settings.data.parent), everything(project)) == before


def test_without_a_ledger_and_a_project_there_is_nothing_to_look_at(cli: Cli, settings: Settings) -> None:
    assert set(verdicts(cli).values()) == {NEITHER}
    assert "Looked at 0 projects" in cli("milestones", "--rederive").out
    assert not settings.data.exists()


def test_statistics_and_rederiving_are_two_questions(cli: Cli) -> None:
    assert cli("milestones", "--stats", "--rederive").code == 2
