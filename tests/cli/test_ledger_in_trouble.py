"""What is about the ledger itself does its work or fails with 7; what waits is read; and when nothing can be kept."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.trouble.kinds import TROUBLES, Trouble, locked, with_mode

if TYPE_CHECKING:
    from tests.trouble.engineer import Engineer

READING = (
    ["ledger", "verify"],
    ["ledger", "log"],
    ["ledger", "export", "../out.jsonl"],
    ["ledger", "backup", "../copy.sqlite3"],
    ["milestones"],
    ["milestones", "--stats"],
)
WRITING = (
    ["record", "first-deploy"],
    ["ledger", "import", "../../home/foreign.jsonl"],
    ["ledger", "forget", "ada@example.org", "--yes"],
)
KEPT, NOWHERE = "what happens meanwhile is kept in the spool", "what happens now is recorded nowhere"
OTHERS_CAN_GROW = [trouble for trouble in TROUBLES if trouble.name != "file-cannot-grow"]


@pytest.mark.parametrize("trouble", OTHERS_CAN_GROW, ids=lambda trouble: trouble.name)
def test_what_is_about_the_ledger_itself_fails_where_it_can_not_do_its_work(
    engineer: Engineer, trouble: Trouble
) -> None:
    with ExitStack() as stack:
        trouble.make(engineer, stack)
        for command in READING:
            ended = engineer(*command, "--json")
            assert ended.code == (0 if trouble.can_read else 7), (command, ended.err)
        for command in WRITING:
            ended = engineer(*command, "--json")
            assert ended.code == 7, (command, ended.err)
            found = json.loads(ended.out)
            assert (found["error"]["code"], ended.hints) == ("ledger", [found["error"]["hint"]])
            assert trouble.hint in ended.hints[0]
        assert engineer("ledger", "path").code == 0
    assert engineer.waiting() == set(), "what failed is kept nowhere"
    left = {file.name for file in engineer.project.parent.iterdir()}
    assert left == ({"proj", "out.jsonl", "copy.sqlite3"} if trouble.can_read else {"proj"})


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_what_is_recorded_by_hand_is_in_the_ledger_or_nowhere(engineer: Engineer, trouble: Trouble) -> None:
    with ExitStack() as stack:
        mend = trouble.make(engineer, stack)
        refused = engineer("record", "first-deploy")
        assert (refused.code, refused.warnings) == (7, [])
        mend(refused.hints[0])
        assert engineer("record", "first-alert").code == 0
        said = [event["data"]["milestone"] for event in engineer.log() if "milestone" in event["data"]]  # type: ignore[index, operator]
    assert said == ["first-alert"]


def work_a_little(engineer: Engineer) -> None:
    """A hint, a check that fails, one that passes."""
    assert engineer("hint").code == 0
    assert engineer("check").code == 1
    (engineer.project / "hello.txt").write_text("hello red\n")
    assert engineer("check").code == 0


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_progress_counts_what_waits(engineer: Engineer, kind: str) -> None:
    with ExitStack() as stack:
        locked(kind)(engineer, stack)
        work_a_little(engineer)
        first = engineer("status", "--json").data["steps"][0]
    assert (first["status"], first["attempts"], first["hints_shown"]) == ("done", 2, 1)
    after = engineer("status", "--json").data["steps"][0]
    assert after == first


@pytest.mark.parametrize("command", [["milestones"], ["ledger", "log"]])
def test_what_is_told_while_the_file_can_be_read_counts_what_waits(engineer: Engineer, command: list[str]) -> None:
    with_mode(0o400)(engineer, ExitStack())
    work_a_little(engineer)
    troubled = engineer(*command, "--json")
    assert len(troubled.warnings) == 1
    assert troubled.warnings[0].endswith("what waits in the spool stays there")
    engineer.ledger.chmod(0o600)
    ended = engineer(*command, "--json")
    keep = ["milestone", "at", "learned"] if command == ["milestones"] else ["id", "type", "time", "data"]
    assert [{name: each[name] for name in keep} for each in troubled.data] == [
        {name: each[name] for name in keep} for each in ended.data
    ]
    assert "clock" not in ended.err


def test_where_the_state_can_not_be_written_the_temporary_folder_keeps_it(engineer: Engineer) -> None:
    engineer.settings.state.chmod(0o500)
    engineer.ledger.chmod(0o400)
    ended = engineer("hint")
    assert (ended.code, len(ended.warnings)) == (0, 1)
    assert ended.warnings[0].endswith(KEPT)
    [kept] = engineer.waiting()
    assert kept.is_relative_to(engineer.root / "tmp")
    engineer.ledger.chmod(0o600)
    assert "1 event is in the ledger now" in engineer("status").err
    assert engineer.waiting() == set()


def test_where_nothing_can_be_written_a_command_goes_on_and_does_not_say_that_it_is_kept(engineer: Engineer) -> None:
    engineer.settings.state.chmod(0o500)
    (engineer.root / "tmp").chmod(0o500)
    engineer.ledger.chmod(0o400)
    engineer.around = replace(engineer.around, has_temporary=False)
    for command, code in ((["hint"], 0), (["check"], 1), (["skip"], 0)):
        ended = engineer(*command)
        assert (ended.code, len(ended.warnings), len(ended.hints)) == (code, 1, 1)
        assert NOWHERE in ended.warnings[0]
        assert "kept" not in ended.err
        assert "chmod 600" in ended.hints[0]
    assert engineer.waiting() == set()


def test_a_full_disk_is_no_trouble_for_a_command_that_has_nothing_to_write(engineer: Engineer) -> None:
    engineer.settings.state.chmod(0o500)
    (engineer.root / "tmp").chmod(0o500)
    engineer.around = replace(engineer.around, has_temporary=False)
    ended = engineer("status")
    assert (ended.code, ended.err) == (0, "")


def test_what_can_not_be_cleared_away_is_told_and_counted_once(engineer: Engineer) -> None:
    engineer.ledger.chmod(0o400)
    assert engineer("hint").code == 0
    engineer.ledger.chmod(0o600)
    engineer.settings.spool.chmod(0o500)
    for _ in range(2):
        ended = engineer("status", "--json")
        assert (ended.code, ended.data["steps"][0]["hints_shown"]) == (0, 1)
        assert len(ended.warnings) == 1
        assert "the ledger has it, and it can't be removed" in ended.warnings[0]
    engineer.settings.spool.chmod(0o700)
    assert engineer("status").warnings == []
    assert engineer.waiting() == set()


def test_an_engineer_without_an_id_gets_one_and_what_waited_is_theirs(engineer: Engineer) -> None:
    engineer.ledger.unlink()
    engineer.settings.data.chmod(0o500)
    work_a_little(engineer)
    engineer.git("switch", "-q", "-c", "hello")
    engineer.git("commit", "-q", "--allow-empty", "-m", "Say hello")
    engineer.git("push", "-q", "-u", "origin", "hello")
    assert engineer("pr", "open").code == 0
    engineer.settings.data.chmod(0o700)
    assert "are in the ledger now" in engineer("status").err
    who = {str(event["data"]["engineer"]) for event in engineer.log()}  # type: ignore[index]
    assert len(who) == 1
    assert who.pop().startswith("eng-")
    reached = [line["milestone"] for line in engineer("milestones", "--json").data if line["at"]]
    assert {"first-change", "first-pr-opened"} <= set(reached)


def test_what_is_odd_in_the_spool_stays_there_is_told_and_keeps_nothing_out(engineer: Engineer) -> None:
    engineer.ledger.chmod(0o400)
    assert engineer("hint").code == 0
    engineer.ledger.chmod(0o600)
    [good] = engineer.waiting()
    odd = [good.with_name(f"{name}.json") for name in ("0-unreadable", "0-folder", "0-link", "0-pipe", "0-half")]
    odd[0].write_text(good.read_text())
    odd[0].chmod(0)
    odd[1].mkdir()
    odd[2].symlink_to(good.name)
    os.mkfifo(odd[3])
    odd[4].write_text(good.read_text()[:-20])
    for said in (["note", "warning", "hint"], ["warning", "hint"]):
        ended = engineer("status", "--json")
        assert (ended.code, ended.data["steps"][0]["hints_shown"]) == (0, 1)
        assert [line.partition(":")[0] for line in ended.err.splitlines()] == said
        assert "0-folder.json stays in the spool: it is no file of ours, and 4 more like it" in ended.warnings[0]
    assert engineer.waiting() == set(odd)


def test_a_spool_that_can_not_be_read_is_told(engineer: Engineer) -> None:
    engineer.ledger.chmod(0o400)
    assert engineer("hint").code == 0
    engineer.ledger.chmod(0o600)
    engineer.settings.spool.chmod(0)
    ended = engineer("status")
    assert ended.code == 0
    assert f"what waits in {engineer.settings.spool} stays in the spool: Permission denied" in ended.warnings[0]
    engineer.settings.spool.chmod(0o700)
    assert "1 event is in the ledger now" in engineer("status").err


def test_a_command_without_json_shows_its_result_on_stdout_alone(engineer: Engineer) -> None:
    well = engineer("check")
    with ExitStack() as stack:
        locked("IMMEDIATE")(engineer, stack)
        troubled = engineer("check")
    assert (troubled.code, troubled.out) == (well.code, well.out)
    assert [line.partition(":")[0] for line in troubled.err.splitlines()] == ["warning", "hint"]
