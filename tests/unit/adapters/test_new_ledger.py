"""A new ledger has its name when it is whole and will last: against power cuts, kills, old journals and each other."""

from __future__ import annotations

import errno
import fcntl
import os
import shlex
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import HINT_SHOWN, Draft
from tests.conftest import NOW
from tests.unit.adapters.ledger_durability.processes import Appender
from tests.unit.adapters.ledger_durability.test_kills import DIE_IN_MID_APPEND, has_hot_journal

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.ledger.spooling import SpoolingLedger

MAKERS, ROUNDS, KILLS, SEED = 6, 3, 12, 20260302
DRAFT = Draft(HINT_SHOWN, "prj-1", NOW, {})


def inode(path: Path | int) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116 - of a file that is open, too
    return found.st_dev, found.st_ino


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is flushed by our own code, and `link` when the ledger gets its name, in order."""
    notes: list[object] = []
    fsync, link = os.fsync, os.link

    def noted_fsync(handle: int) -> None:
        fsync(handle)
        notes.append(inode(handle))

    def noted_link(made: Path, path: Path) -> None:
        link(made, path)
        notes.append("link")

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "link", noted_link)
    return notes


@pytest.mark.parametrize("is_made", [False, True], ids=["its folders are new", "who made its folders was killed"])
def test_the_names_of_a_new_ledger_and_of_its_folders_are_flushed(
    ledger: Ledger, noted: list[object], *, is_made: bool
) -> None:
    if is_made:
        ledger.path.parent.mkdir(parents=True)
    ledger.append([DRAFT])
    folder = ledger.path.parent
    flushed = noted[noted.index("link") :]
    assert {inode(folder), inode(folder.parent), inode(folder.parent.parent)} <= set(flushed)


def test_a_new_folder_is_flushed_before_anything_is_in_it(ledger: Ledger, noted: list[object]) -> None:
    ledger.append([DRAFT])
    assert inode(ledger.path.parent.parent) in noted[: noted.index("link")]


def left_by_a_killed_writer(ledger: Ledger) -> None:
    """A ledger that was moved away, and its journal that was not."""
    ledger.append([DRAFT] * 3)
    subprocess.run([sys.executable, "-c", DIE_IN_MID_APPEND, str(ledger.path)], check=False)
    assert has_hot_journal(ledger)
    ledger.path.rename(ledger.path.with_name("moved-away"))


def test_the_journal_of_a_ledger_that_is_gone_does_not_empty_the_new_one(ledger: Ledger) -> None:
    left_by_a_killed_writer(ledger)
    added = ledger.append([DRAFT])
    assert ledger.events() == added
    assert audit(ledger).is_sound
    assert [file.name for file in ledger.path.parent.glob("*-journal.*")], "it is kept, under another name"


@pytest.mark.parametrize("has_journal", [False, True], ids=["nothing is there", "an old journal is there"])
def test_of_several_who_make_it_at_once_nobody_loses_an_event(tmp_path: Path, *, has_journal: bool) -> None:
    for number in range(ROUNDS):
        ledger = Ledger(tmp_path / str(number) / "deep" / "ledger.sqlite3")
        if has_journal:
            left_by_a_killed_writer(ledger)
        crowd = [Appender(ledger.path, f"process-{each}", 3) for each in range(MAKERS)]
        for appender in crowd:
            appender.wait_until_ready()
        for appender in crowd:
            appender.go()
        acknowledged = [each.hash for appender in crowd for each in appender.finish()[1]]
        assert len(acknowledged) == MAKERS * 3
        assert sorted(event.hash for event in ledger.events()) == sorted(acknowledged)
        assert (audit(ledger).problems, list(ledger.path.parent.glob(".ledger-*"))) == ((), [])


def test_who_is_killed_while_making_it_leaves_none_or_a_whole_one(tmp_path: Path) -> None:
    random = Random(SEED)
    unnamed = 0
    for number in range(KILLS):
        ledger = Ledger(tmp_path / str(number) / "ledger.sqlite3")
        appender = Appender(ledger.path, "killed", 1)
        appender.wait_until_ready()
        appender.go()
        if number % 2:
            wait_until(lambda folder=ledger.path.parent: any(folder.glob(".ledger-*")))
        time.sleep(random.uniform(0, 0.004))
        appender.kill()
        _, acknowledged = appender.finish()
        unnamed += not ledger.path.exists() and any(ledger.path.parent.glob(".ledger-*"))
        there = ledger.events()
        assert [each.hash for each in acknowledged] == [event.hash for event in there][: len(acknowledged)]
        assert ledger.events() == there
        assert len(ledger.append([DRAFT])) == 1
        assert (len(ledger.events()), audit(ledger).problems) == (len(there) + 1, ())
    assert unnamed, "no kill came before it had its name"


def wait_until(is_so: object) -> None:
    assert callable(is_so)
    until = time.monotonic() + 5
    while not is_so() and time.monotonic() < until:
        pass


def test_one_that_is_being_made_is_waited_for_and_never_longer_than_that(
    ledger: Ledger, spooling_ledger: SpoolingLedger
) -> None:
    ledger.path.parent.mkdir(parents=True)
    handle = os.open(ledger.path.parent, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(LedgerError, match="being made by another command"):
        Ledger(ledger.path, 0.1).append([DRAFT])
    spooling_ledger.append([DRAFT])
    assert len(spooling_ledger.spool.waiting()) == 1
    os.close(handle)
    assert len(ledger.append([DRAFT])) == 1


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_where_there_are_no_hard_links_it_is_copied(
    number: int, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", lambda *_: refuse(number))
    added = ledger.append([DRAFT])
    assert (ledger.events(), audit(ledger).problems) == (added, ())
    assert ledger.path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in ledger.path.parent.iterdir()] == [ledger.path.name]


@pytest.mark.parametrize("call", ["link", "fsync"])
def test_a_disk_that_gets_full_meanwhile_leaves_no_half_of_it(
    call: str, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "link", lambda *_: refuse(errno.EPERM))
        patched.setattr(os, call, lambda *_: refuse(errno.ENOSPC))
        with pytest.raises(LedgerError, match="No space left"):
            ledger.append([DRAFT])
        assert list(ledger.path.parent.iterdir()) == []
    assert len(ledger.append([DRAFT])) == 1


def refuse(number: int) -> None:
    raise OSError(number, os.strerror(number))


@pytest.mark.parametrize("mode", [0o644, 0o666])
def test_a_hint_can_be_typed_whatever_the_folder_is_called(tmp_path: Path, mode: int) -> None:
    ledger = Ledger(tmp_path / 'it\'s $HOME `a` "b" ü' / "ledger.sqlite3")
    ledger.append([DRAFT])
    ledger.path.chmod(mode)
    with pytest.raises(LedgerError) as caught:
        ledger.append([DRAFT])
    assert shlex.quote(str(ledger.path)) in caught.value.hint
    subprocess.run(["sh", "-c", caught.value.hint.partition(": ")[2]], check=True)
    assert len(ledger.append([DRAFT])) == 1


def test_text_that_is_none_is_damage_and_no_crash(ledger: Ledger, spooling_ledger: SpoolingLedger) -> None:
    ledger.append([DRAFT])
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.execute("DROP TRIGGER events_are_not_changed")
        connection.execute("UPDATE events SET subject = CAST(x'70ff' AS TEXT)")
        connection.commit()
    with pytest.raises(LedgerError):
        ledger.events()
    assert len(spooling_ledger.events()) == 0
    assert len(spooling_ledger.append([DRAFT])) == 1
