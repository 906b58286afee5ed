"""The audit finds what somebody did to the ledger; files that are no ledger of ours are left alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core import events as ev
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import Draft
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger with four events."""
    ledger.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {"number": number}) for number in range(4)])
    return ledger


def tamper(ledger: Ledger, *statements: str) -> None:
    with closing(sqlite3.connect(ledger.path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def complaints(ledger: Ledger) -> str:
    try:
        return "; ".join(audit(ledger).problems)
    except LedgerError as error:
        return error.message


def test_a_ledger_that_nobody_touched_is_sound(full: Ledger) -> None:
    found = audit(full)
    last = full.events()[-1]
    assert complaints(full) == ""
    assert (found.is_sound, found.events, found.heads) == (True, 4, {last.source: last.hash})


@pytest.mark.parametrize(
    ("statements", "number", "problem"),
    [
        (["UPDATE events SET data = '{\"number\":9}' WHERE wseq = 2"], 2, "was changed after it was written"),
        (["UPDATE events SET time = '2020-01-01T00:00:00.000Z' WHERE wseq = 4"], 4, "was changed"),
        (["UPDATE events SET subject = 'prj-2' WHERE wseq = 1"], 1, "was changed after it was written"),
        (["UPDATE events SET type = 'x.y.z' WHERE wseq = 3"], 3, "was changed after it was written"),
        (["UPDATE events SET prev = hex(zeroblob(32)) WHERE wseq = 3"], 3, "does not follow from the event before"),
        (["DELETE FROM events WHERE wseq = 1"], 2, "a gap, 1 is missing"),
        (["DELETE FROM events WHERE wseq = 3"], 4, "a gap, 3 is missing"),
        (["UPDATE events SET wseq = 7 WHERE wseq = 4"], 7, "a gap, 4 to 6 are missing"),
    ],
)
def test_the_audit_names_the_writer_and_the_number(
    statements: list[str], number: int, problem: str, full: Ledger
) -> None:
    writer = full.events()[0].source
    tamper(full, *statements)
    found = audit(full)
    assert not found.is_sound
    assert any(each.startswith(f"writer {writer}, event {number}: {problem}") for each in found.problems)


def test_events_that_changed_places_are_found(full: Ledger) -> None:
    tamper(
        full,
        "UPDATE events SET wseq = 99 WHERE wseq = 2",
        "UPDATE events SET wseq = 2 WHERE wseq = 3",
        "UPDATE events SET wseq = 3 WHERE wseq = 99",
    )
    assert any("event 2: does not follow" in each for each in audit(full).problems)


def test_an_event_that_can_no_longer_be_read_is_named(full: Ledger) -> None:
    writer = full.events()[0].source
    tamper(full, "UPDATE events SET time = 'once' WHERE wseq = 3")
    with pytest.raises(LedgerError, match=f"writer {writer}, event 3: .*once"):
        audit(full)


@pytest.mark.parametrize("page", range(1, 9))
def test_a_page_that_was_overwritten_is_found(page: int, full: Ledger) -> None:
    full.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {"number": number}) for number in range(20)])
    content = bytearray(full.path.read_bytes())
    content[page * 4096 : page * 4096 + 3000] = b"\xff" * 3000
    full.path.write_bytes(content)
    assert complaints(full)


def write_newer(path: Path) -> None:
    Ledger(path).append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {})])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 3")


def write_newer_in_wal_mode(path: Path) -> None:
    write_newer(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def write_foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title TEXT)")
        connection.execute("INSERT INTO songs VALUES ('One')")
        connection.commit()


def write_text(path: Path) -> None:
    path.write_text("this is no database, and it is long enough to be told from an empty one\n" * 3)


def write_newer_of_another(path: Path) -> None:
    write_foreign(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")


NOT_OURS = [
    (write_newer_of_another, "another program", "GOLDENPATH_HOME"),
    (write_newer, "format 3", "update goldenpath"),
    (write_newer_in_wal_mode, "format 3", "update goldenpath"),
    (write_foreign, "another program", "GOLDENPATH_HOME"),
    (write_text, "not a database", "mv "),
]


@pytest.mark.parametrize(("write", "message", "hint"), NOT_OURS)
@pytest.mark.parametrize(
    "use",
    [
        lambda ledger: ledger.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {})]),
        lambda ledger: ledger.events(),
        lambda ledger: ledger.engineer(),
        audit,
    ],
    ids=["append", "events", "engineer", "audit"],
)
def test_a_file_that_is_newer_or_not_ours_is_refused_and_left_as_it_is(
    write: Callable[[Path], None], message: str, hint: str, use: Callable[[Ledger], object], tmp_path: Path
) -> None:
    path = tmp_path / "ledger.sqlite3"
    write(path)
    path.chmod(0o600)
    before = path.read_bytes()
    with pytest.raises(LedgerError, match=message) as caught:
        use(Ledger(path))
    assert hint in caught.value.hint
    assert caught.value.exit_code == 7
    assert path.read_bytes() == before


def test_a_folder_that_cannot_be_written_is_a_ledger_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=r"ledger\.sqlite3") as caught:
        Ledger(tmp_path / "file" / "ledger.sqlite3").append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {})])
    assert caught.value.hint
