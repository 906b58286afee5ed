"""`goldenpath ledger forget`: a name goes for good, the events stay, and every chain holds as before."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.core.model import Person
from goldenpath.flows.export_ledger import export_lines
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.ledger.book import Ledger
    from tests.cli.conftest import Cli

ADA, GRACE, JOAN = (Person(name, f"{name.lower()}@example.org") for name in ("Adalberta", "Graciella", "Joanina"))
ADA_AT_WORK = Person("Adalberta", "a.e@work.example.org")


@pytest.fixture
def known(ledger: Ledger) -> Ledger:
    """A ledger with the names of four engineers, two of whom are called alike; each has an event."""
    for engineer, person in (
        ("eng-1", ADA),
        ("eng-1", ADA_AT_WORK),
        ("eng-2", GRACE),
        ("eng-3", JOAN),
        ("eng-4", Person(JOAN.name, "j@example.org")),
    ):
        ledger.remember(person, engineer)
    for number in range(1, 5):
        ledger.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {"engineer": f"eng-{number}", "hint": 1})])
    return ledger


@pytest.fixture
def keeps_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite as it is built for most machines: what is deleted stays in the file. Debian's overwrites it always."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def connect_as_elsewhere(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA secure_delete=OFF")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect_as_elsewhere)


def found_in_its_folder(ledger: Ledger, *words: str) -> list[str]:
    """Which of the words stand in any file beside the ledger, or in its own."""
    files = [file.read_bytes() for file in ledger.path.parent.rglob("*") if file.is_file()]
    return [word for word in words if any(word.encode() in content for content in files)]


@pytest.mark.parametrize("wanted", ["eng-1", "Adalberta", "adalberta@example.org", "a.e@work.example.org"])
@pytest.mark.usefixtures("keeps_deleted")
def test_an_engineer_is_forgotten_by_id_by_name_and_by_any_address(known: Ledger, cli: Cli, wanted: str) -> None:
    words = (ADA.name, ADA.email, ADA_AT_WORK.email)
    assert found_in_its_folder(known, *words) == [*words]
    before, events = list(export_lines(known)), known.events()
    others = {ident: names for ident, names in known.people().items() if ident != "eng-1"}

    result = cli("ledger", "forget", wanted, "--yes")
    assert result.code == 0, result.err
    assert "3 names and addresses of eng-1 are deleted" in result.out
    assert known.people() == others
    assert found_in_its_folder(known, *words) == []
    assert (known.events(), list(export_lines(known))) == (events, before)
    assert audit(known).is_sound
    assert cli("ledger", "verify").code == 0


@pytest.mark.usefixtures("keeps_deleted")
def test_a_name_is_gone_also_from_where_sqlite_had_it_before_it_made_room(ledger: Ledger, cli: Cli) -> None:
    chance = random.Random(1)
    people = {
        f"eng-{chance.randbytes(8).hex()}": Person(f"Nameof{each:03}x", f"at{each:03}x@x.test") for each in range(400)
    }
    for engineer, person in people.items():
        ledger.remember(person, engineer)
    forgotten = [*people][::10]
    for engineer in forgotten:
        assert cli("ledger", "forget", people[engineer].email, "--yes").code == 0
    gone = [people[engineer].name for engineer in forgotten]
    assert found_in_its_folder(ledger, *gone) == []
    assert set(ledger.people()) == people.keys() - {*forgotten}


def test_what_is_told_is_how_much_and_what_is_not_reached(known: Ledger, cli: Cli) -> None:
    result = cli("ledger", "forget", "eng-1", "--yes", "--json")
    assert result.data["engineer"] == "eng-1"
    assert (result.data["deleted"], result.data["events"]) == (3, 1)
    for word in ("backups", "other machines", "commits", "exports"):
        assert any(word in each for each in result.data["beyond_reach"]), word
    assert ADA.name not in result.out
    text = cli("ledger", "forget", "eng-2", "--yes").out
    assert all(each in text for each in result.data["beyond_reach"])


def test_a_name_that_two_engineers_have_is_refused_with_both_ids(known: Ledger, cli: Cli) -> None:
    result = cli("ledger", "forget", JOAN.name, "--yes")
    assert result.code == 2
    assert "2 engineers" in result.err
    assert "eng-3, eng-4" in result.err
    assert len(known.people()) == 4
    assert cli("ledger", "forget", JOAN.email, "--yes").code == 0
    assert "eng-3" not in known.people()
    assert known.people()["eng-4"] == [("name", JOAN.name), ("email", "j@example.org")]


@pytest.mark.parametrize("wanted", ["Nobody", "eng-9", "adalberta@example.com", "Adal", "%", ""])
def test_whom_nobody_knows_can_not_be_forgotten(known: Ledger, cli: Cli, wanted: str) -> None:
    before = known.people()
    result = cli("ledger", "forget", wanted, "--yes")
    assert result.code == 2
    assert "knows nobody called" in result.err
    assert "ledger log --json" in result.err
    assert known.people() == before


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_without_a_yes_and_without_a_terminal_nothing_is_deleted(known: Ledger, cli: Cli, more: list[str]) -> None:
    before = known.path.read_bytes()
    result = cli("ledger", "forget", ADA.name, *more)
    assert result.code == 2
    assert "add --yes" in result.err
    assert known.path.read_bytes() == before
    if more:
        assert json.loads(result.out)["error"]["code"] == "usage"


@pytest.mark.parametrize(("answer", "code", "left"), [("y", 0, 3), ("n", 2, 4), ("", 2, 4)])
def test_at_a_terminal_it_asks_and_no_is_the_default(
    known: Ledger, cli: Cli, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, left: int
) -> None:
    monkeypatch.setenv("TERM", "dumb")
    command = ["-m", "goldenpath", "ledger", "forget", ADA.name]
    process = pexpect.spawn(sys.executable, command, encoding="utf-8", timeout=20, dimensions=(50, 100))
    process.expect_exact("eng-1?")
    process.expect("> ")
    process.sendline(answer)
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == code
    assert len(known.people()) == left


def test_forgetting_twice_is_as_good_as_once(known: Ledger, cli: Cli) -> None:
    assert cli("ledger", "forget", "eng-1", "--yes").code == 0
    after = (known.people(), known.events())
    again = cli("ledger", "forget", "eng-1", "--yes", "--json")
    assert (again.code, again.data["deleted"], again.data["events"]) == (0, 0, 1)
    assert (known.people(), known.events()) == after


@pytest.mark.usefixtures("keeps_deleted")
def test_who_was_forgotten_goes_on_as_before(project: Path, cli: Cli, ledger: Ledger) -> None:
    engineer = ledger.engineer()
    assert ledger.people()[engineer] == [("name", "Ada Example"), ("email", "ada@example.org")]
    progress, milestones = cli("status", "--json").data["steps"], cli("milestones", "--json").data
    assert cli("ledger", "forget", "Ada Example", "--yes").code == 0
    content = ledger.path.read_bytes()
    assert (b"Ada Example" in content, b"ada@example.org" in content) == (False, False)
    assert ledger.people() == {}
    assert cli("status", "--json").data["steps"] == progress
    assert cli("milestones", "--json").data == milestones
    assert cli("check").code == 1
    assert (ledger.people(), ledger.engineer()) == ({}, engineer)
    assert cli("ledger", "verify").code == 0


def test_a_backup_has_no_trace_of_who_was_forgotten_before(known: Ledger, cli: Cli) -> None:
    assert cli("ledger", "backup", "before.sqlite3").code == 0
    assert cli("ledger", "forget", "eng-1", "--yes").code == 0
    assert cli("ledger", "backup", "after.sqlite3").code == 0
    assert ADA.name.encode() in Path("before.sqlite3").read_bytes()
    assert ADA.name.encode() not in Path("after.sqlite3").read_bytes()
    assert GRACE.name.encode() in Path("after.sqlite3").read_bytes()


def test_a_ledger_that_is_not_there_knows_nobody_and_is_not_made(cli: Cli, ledger: Ledger) -> None:
    assert cli("ledger", "forget", "eng-1", "--yes").code == 2
    assert not ledger.path.exists()
