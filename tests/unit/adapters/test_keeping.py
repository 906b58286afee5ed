"""Backups: whole while others write, private, and never in the place of anything."""

from __future__ import annotations

import errno
import os
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.keeping import back_up
from goldenpath.core.errors import FilesInTheWayError, LedgerError
from goldenpath.core.events import HINT_SHOWN, Draft
from goldenpath.core.model import Person
from tests.conftest import NOW
from tests.unit.adapters.ledger_durability.processes import Appender

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WRITERS, BACKUPS = 4, 4


def draft(**more: str) -> Draft:
    return Draft(HINT_SHOWN, "prj-1", NOW, dict(more))


def test_a_backup_is_consistent_private_and_sound_while_four_processes_append(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([draft()])
    ledger.remember(Person("Ada", "ada@example.org"))
    crowd = [Appender(ledger.path, f"process-{number}", 100_000) for number in range(WRITERS)]
    for appender in crowd:
        appender.wait_until_ready()
    for appender in crowd:
        appender.go()
    try:
        counts = [back_up_after_another(ledger, tmp_path / f"{number}.sqlite3") for number in range(BACKUPS)]
    finally:
        for appender in crowd:
            appender.kill()
        for appender in crowd:
            appender.finish()
    final = ledger.events()
    assert counts == sorted(set(counts)), "nobody wrote meanwhile"
    for number, count in enumerate(counts):
        file = tmp_path / f"{number}.sqlite3"
        copy = Ledger(file)
        assert file.stat().st_mode & 0o777 == 0o600
        assert copy.events() == final[:count]
        assert (copy.people(), audit(copy).problems) == (ledger.people(), ())
        assert len(copy.append([draft()])) == 1, "it can be put in the ledger's place"
    assert {file.suffix for file in tmp_path.iterdir()} == {".sqlite3"}


def back_up_after_another(ledger: Ledger, file: Path) -> int:
    """A backup that is begun once somebody has written since the last one: who gets the lock first is chance."""
    before, end = len(ledger.events()), time.monotonic() + 60
    while len(ledger.events()) == before:
        assert time.monotonic() < end, "nobody writes"
    return back_up(ledger, file)


class Overtaken(sqlite3.Connection):
    """A connection before whose every statement another command begins to write, and takes it back a moment later."""

    write: Callable[[], None]

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """As SQLite does, a little late."""
        Overtaken.write()
        return super().execute(statement, *values)


def test_a_backup_holds_nothing_of_what_is_half_written(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ledger.append([draft()])
    with closing(sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("PRAGMA cache_size = 1")
        other.execute("BEGIN")
        other.executemany("INSERT INTO people VALUES (?, 'name', 'x')", [[str(each)] for each in range(1500)])
        other.execute("COMMIT")
        timers: list[Timer] = []

        def write_and_take_back() -> None:
            if not other.in_transaction:
                other.execute("BEGIN IMMEDIATE")
                other.execute("UPDATE people SET value = 'half'")
                assert len(list(ledger.path.parent.iterdir())) == 2, "it is in the file, and can be taken back"
                timers.append(Timer(0.05, other.execute, ["ROLLBACK"]))
                timers[-1].start()

        Overtaken.write = staticmethod(write_and_take_back)
        connect = sqlite3.connect
        with monkeypatch.context() as patched:
            patched.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=Overtaken))
            assert back_up(ledger, tmp_path / "copy") == 1
        for timer in timers:
            timer.join()
    copy = Ledger(tmp_path / "copy")
    assert (copy.events(), audit(copy).problems) == (before, ())
    assert copy.people() == {str(each): [("name", "x")] for each in range(1500)}


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_a_backup_is_never_written_over_anything(kind: str, ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([draft()])
    file = tmp_path / "copy"
    if kind == "file":
        file.touch()
    elif kind == "folder":
        file.mkdir()
    else:
        file.symlink_to("gone")
    with pytest.raises(FilesInTheWayError, match="is there already"):
        back_up(ledger, file)
    assert [each.name for each in tmp_path.iterdir()] == ["copy"]
    assert not file.is_file() or file.read_bytes() == b""


def test_of_two_backups_to_one_file_at_once_one_is_made(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([draft()])

    def attempt(_: int) -> bool:
        try:
            return back_up(ledger, tmp_path / "copy") == 1
        except FilesInTheWayError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(4))) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["copy"]


def test_a_backup_into_a_folder_that_is_not_there_says_so(ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([draft()])
    with pytest.raises(FilesInTheWayError, match="No such file"):
        back_up(ledger, tmp_path / "none" / "copy")


@pytest.mark.parametrize(("call", "number"), [("fsync", errno.ENOSPC), ("link", errno.ENOSPC), ("link", errno.EIO)])
def test_a_backup_that_is_not_flushed_or_named_is_none(
    call: str, number: int, ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append([draft()])

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(LedgerError, match="the backup"):
        back_up(ledger, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_onto_a_disk_without_hard_links_is_made(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.append([draft()])

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    assert back_up(ledger, tmp_path / "copy") == 1
    assert Ledger(tmp_path / "copy").events() == ledger.events()
    assert [(each.name, each.stat().st_mode & 0o777) for each in tmp_path.iterdir()] == [("copy", 0o600)]


def test_without_a_ledger_there_is_nothing_to_back_up(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger yet"):
        back_up(ledger, tmp_path / "copy")
    assert list(tmp_path.iterdir()) == []
