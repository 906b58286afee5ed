"""`goldenpath milestones --rederive` where projects were moved, deleted or cloned: what can't be seen is no lie."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_rederive import NOT_SHOWN, SHOWN, UNSEEN, claim, commit, verdicts

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from tests.cli.conftest import Cli
    from tests.cli.test_rederive import Git


def test_a_project_that_was_moved_is_seen_from_inside_and_from_where_it_was_used(
    project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    moved = project.rename(project.with_name("moved"))
    result = cli("milestones", "--rederive")
    assert result.code == 0
    assert "Not on this machine: prj-" in result.out
    assert verdicts(cli)["started"] == UNSEEN
    monkeypatch.chdir(moved)
    assert verdicts(cli)["started"] == SHOWN
    assert cli("check", "--trust").code == 1
    monkeypatch.chdir(project.parent)
    assert verdicts(cli)["started"] == SHOWN


def test_what_was_deleted_can_not_be_seen_and_hides_no_claim_of_another(
    project: Path, cli: Cli, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    assert cli("start", tiny, "other", "--defaults", "--no-input", "--trust").code == 0
    shutil.rmtree(project)
    monkeypatch.chdir("other")
    assert cli("record", "first-pr-merged").code == 0
    result = cli("milestones", "--rederive", "--json")
    assert result.code == 1
    assert result.data["claims_more"] == ["first-pr-merged"]
    assert len(result.data["unseen"]) == 1
    assert result.data["projects"] == [str(Path.cwd())]


def test_a_folder_that_is_another_project_now_is_not_taken_for_it(
    project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.parent)
    (project / ".goldenpath.toml").write_text('id = "prj-another"\n')
    assert verdicts(cli)["started"] == UNSEEN
    (project / ".goldenpath.toml").write_text("no toml")
    assert verdicts(cli)["started"] == UNSEEN


def test_of_a_shallow_clone_only_what_it_has_not_got_can_not_be_seen(
    project: Path, cli: Cli, git: Git, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        commit(git, project, name)
    claim(ledger, project, "first-commit")
    shallow = project.parent / "shallow"
    git(project.parent, "clone", "-q", "--depth", "1", f"file://{project}", str(shallow))
    monkeypatch.chdir(shallow)
    shutil.rmtree(project)
    told = verdicts(cli)
    assert (told["started"], told["project-created"], told["first-commit"]) == (UNSEEN, UNSEEN, UNSEEN)
    commit(git, shallow, "three")
    assert verdicts(cli)["first-commit"] == SHOWN
    assert "commits that a clone has not got" in cli("milestones", "--rederive").out


@pytest.mark.parametrize("spoil", ["a folder without git", "a larger repository around it", "nobody known to git"])
def test_what_can_not_be_told_is_never_held_against_the_ledger(
    project: Path, cli: Cli, git: Git, ledger: Ledger, home: Path, spoil: str
) -> None:
    if spoil == "nobody known to git":
        (home / ".gitconfig").unlink()
        assert cli("ledger", "forget", ledger.engineer(), "--yes").code == 0
    else:
        shutil.rmtree(project / ".git")
    if spoil == "a larger repository around it":
        git(project.parent, "init", "-q")
        commit(git, project.parent, "older")
    told = verdicts(cli)
    assert (told["started"], told["project-created"]) == (UNSEEN, UNSEEN)


@pytest.mark.parametrize(("address", "verdict"), [("https://forge.example.org/a/b.git", UNSEEN), ("", NOT_SHOWN)])
def test_pull_requests_on_a_forge_elsewhere_can_not_be_seen(
    project: Path, cli: Cli, git: Git, address: str, verdict: str
) -> None:
    git(project, "remote", "remove", "origin")
    if address:
        git(project, "remote", "add", "origin", address)
    assert cli("record", "first-pr-merged").code == 0
    assert verdicts(cli, code=int(verdict == NOT_SHOWN))["first-pr-merged"] == verdict
