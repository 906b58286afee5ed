"""Finishing an update and undoing it: what is asked, what is refused, and what the ledger and the path know then."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.test_completion import complete
from tests.hostile.machine import write as write_texts
from tests.updates.ground import commit, git, settle, state_of
from tests.updates.places import ASKING, BINARY, NEXT, PICKY, UPDATE, Site, clash, here, made, site
from tests.updates.test_refusals import everything, refused

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

__all__ = ["here", "made", "site"]
ALL = ["app.txt", "away.txt", "logo.bin"]


def updates(cli: Cli) -> list[Any]:
    """What the ledger knows of updates."""
    return [event["data"] for event in cli("ledger", "log", "--json").data if event["type"].endswith("updated.0.1.0")]


def test_every_kind_of_conflict_must_be_settled_before_it_is_committed(here: Site, cli: Cli) -> None:
    clash(here.root)
    result = cli(*UPDATE, "--json")
    assert (result.code, [each["path"] for each in result.data["conflicts"]]) == (5, ALL), result.err
    assert (here.root / "logo.bin").read_bytes() == BINARY + b"mine"
    left = state_of(here.root)
    for name, way in zip(ALL, (None, "rm", "add"), strict=True):
        said = refused(cli, "update", "--continue")
        assert (said.code, name in said.err, "git add FILE" in said.err) == (5, True, True)
        if way is None:
            assert state_of(here.root) == left
            settle(here.root, {name: True})
        else:
            git(here.root, way, name)
    done = cli("update", "--continue", "--json")
    assert done.code == 0, done.err
    assert git(here.root, "status", "--porcelain") == ""
    assert git(here.root, "log", "-1", "--format=%s").strip() == "Update from small 1.0.0 to 2.0.0"
    assert [(each["before"], each["version"], each["conflicts"]) for each in updates(cli)] == [("1.0.0", NEXT, 3)]


def test_a_file_that_was_staged_with_its_markers_is_not_committed(here: Site, cli: Cli) -> None:
    clash(here.root)
    cli(*UPDATE)
    git(here.root, "add", "--all")
    said = refused(cli, "update", "--continue")
    assert (said.code, "app.txt" in said.err, "away.txt" in said.err) == (5, True, False)


def test_an_update_that_the_engineer_committed_is_not_undone_and_is_in_the_ledger_once(here: Site, cli: Cli) -> None:
    assert cli(*UPDATE).code == 0
    git(here.root, "commit", "--quiet", "--message", "by hand")
    said = refused(cli, "update", "--abort")
    assert (said.code, "is committed already" in said.err, "git revert" in said.err) == (2, True, True)
    assert cli("status").code == 0
    assert cli("status").code == 0
    assert [each["commit"] for each in updates(cli)] == [git(here.root, "rev-parse", "HEAD").strip()]
    assert refused(cli, "update", "--continue").code == 2


def test_what_was_edited_since_is_only_undone_when_that_is_said(here: Site, cli: Cli) -> None:
    before = state_of(here.root)
    assert cli(*UPDATE).code == 0
    write_texts(here.root, {"new.txt": "mine\n", "away.txt": "mine again\n"})
    edited = state_of(here.root)
    said = refused(cli, "update", "--abort")
    assert (said.code, "away.txt, new.txt" in said.err, "--yes" in said.err) == (2, True, True)
    assert state_of(here.root) == edited
    assert cli("update", "--abort", "--yes").code == 0
    assert state_of(here.root) == before


def test_what_was_taken_back_with_git_is_noticed(here: Site, cli: Cli) -> None:
    for order, code, words in (
        (UPDATE, 0, "was taken back, and is forgotten"),
        (("update", "--continue"), 2, "taken back"),
    ):
        assert cli(*UPDATE).code == 0
        git(here.root, "reset", "--quiet", "--hard")
        result = cli(*order)
        assert (result.code, words in result.err) == (code, True), result.err
        git(here.root, "reset", "--quiet", "--hard")


def test_an_abort_after_another_commit_keeps_what_that_has(here: Site, cli: Cli) -> None:
    assert cli(*UPDATE).code == 0
    git(here.root, "commit", "--quiet", "--message", "a part", "new.txt")
    assert cli("update", "--abort").code == 0
    assert git(here.root, "status", "--porcelain") == ""
    assert (here.root / "new.txt").read_text() == "is new\n"
    assert (here.root / "away.txt").read_text() == "goes away\n"
    assert updates(cli) == []


def test_nobody_commits_without_a_name(here: Site, cli: Cli) -> None:
    assert cli(*UPDATE).code == 0
    after = state_of(here.root)
    (here.machine.home / ".gitconfig").unlink()
    said = refused(cli, "update", "--continue")
    assert (said.code, "git config user.name" in said.err) == (2, True)
    assert state_of(here.root) == after


def test_new_steps_appear_and_passed_ones_stay_passed(here: Site, cli: Cli) -> None:
    for name in ("one", "two"):
        write_texts(here.root, {f"{name}.done": "yes\n"})
        assert cli("check", "--trust").code == 0
    finished = cli("status", "--json").data
    assert (finished["current"], finished["done"], finished["newer"]["version"]) == ("", 2, "4.0.0")
    commit(here.root)
    result = cli(*UPDATE, "--json")
    assert result.data["steps"] == ["Do three"]
    assert cli("update", "--continue").code == 0
    status = cli("status", "--json").data
    assert [(each["id"], each["status"]) for each in status["steps"]][:2] == [
        ("do-one", "done"),
        ("do-two", "done"),
    ]
    assert (status["version"], status["current"], status["done"]) == (NEXT, "do-three", 2)
    write_texts(here.root, {"three.done": "yes\n"})
    assert cli("check", "--trust").code == 0
    assert cli("status", "--json").data["current"] == ""


def test_status_tells_of_a_newer_version_and_of_an_update_that_is_not_committed(here: Site, cli: Cli) -> None:
    before = cli("status", "--json").data
    assert (before["newer"]["version"], before["unfinished"]) == ("4.0.0", "")
    assert cli(*UPDATE).code == 0
    assert cli("status", "--json").data["unfinished"] == f"small {NEXT}"
    assert cli("update", "--continue").code == 0
    after = cli("status", "--json").data
    assert (after["version"], after["newer"]["version"], after["unfinished"]) == (NEXT, "4.0.0", "")


def test_a_rehearsal_and_a_refusal_beside_an_unfinished_update_leave_it(here: Site, cli: Cli) -> None:
    assert cli(*UPDATE).code == 0
    after = state_of(here.root)
    for order in (UPDATE, (*UPDATE, "--dry-run"), ("update", "--to", ASKING, "-d", "port=1")):
        said = refused(cli, *order)
        assert (said.code, "is not finished" in said.err, "--continue" in said.err) == (5, True, True)
        assert state_of(here.root) == after
    assert cli("update", "--continue").code == 0


@pytest.mark.parametrize("order", [UPDATE, (*UPDATE, "--dry-run"), ("update", "--continue"), ("update", "--abort")])
def test_the_report_keeps_its_contract(here: Site, cli: Cli, order: tuple[str, ...]) -> None:
    from tests.cli.json_contract import ELSEWHERE
    from tests.cli.test_json_contract import holds

    clash(here.root)
    if "--abort" in order or "--continue" in order:
        cli(*UPDATE)
    if "--continue" in order:
        settle(here.root, {"app.txt": True})
        git(here.root, "add", "--all")
    name = " ".join(part for part in order if part in {"update", "--continue", "--abort"})
    holds(cli(*order, "--json").data, ELSEWHERE[name], name)


def test_an_answer_that_is_not_taken_any_more_is_told(here: Site, cli: Cli) -> None:
    result = cli("update", "--to", PICKY, "--no-input", "--json")
    assert result.code == 0, result.err
    assert {"question": "who", "before": "Ada", "after": "Grace"} in result.data["answers"]
    assert cli("update", "--abort").code == 0
    given = cli("update", "--to", PICKY, "--no-input", "-d", "who=Linus", "--json")
    assert {"question": "who", "before": "Ada", "after": "Linus"} in given.data["answers"]


def test_a_rehearsal_changes_no_file_at_all_and_says_what_is_done(here: Site, cli: Cli) -> None:
    write_texts(here.root, {"app.txt": (here.root / "app.txt").read_text().replace("line 10\n", "mine\n")})
    commit(here.root)
    os.utime(here.root / "many" / "1.txt", (1, 1))
    before = everything(here.machine.home, here.root)
    told = cli(*UPDATE, "-d", "colour=blue", "--dry-run", "--json")
    assert told.code == 5, told.err
    assert everything(here.machine.home, here.root) == before
    done = cli(*UPDATE, "-d", "colour=blue", "--json")
    assert (done.code, done.data) == (told.code, told.data)
    assert told.data["conflicts"]
    assert state_of(here.root).files["new.txt"].content == b"is new\n"


def test_the_versions_that_are_known_here_are_completed(here: Site) -> None:
    assert here.root.is_dir()
    assert set(complete("bash", "goldenpath update --to ").split()) >= {NEXT, "4.0.0"}
    assert complete("bash", "goldenpath update --to 4").split() == ["4.0.0"]
