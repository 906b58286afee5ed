"""A ledger that is never in the way: what is told, what is kept and in which order, what is known of old times."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.ledger.spooling import take_in
from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.core.milestones import reached
from goldenpath.core.model import Person
from goldenpath.core.outcomes import StepStatus
from goldenpath.core.progress import fold
from goldenpath.flows.tell_milestones import tell_milestones
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.ledger.spool import Spool
    from goldenpath.adapters.ledger.spooling import SpoolingLedger
    from goldenpath.core.errors import LedgerError


def draft(step: str = "one", kind: str = ev.STEP_COMPLETED, at: datetime | None = None, **more: Any) -> Draft:
    return Draft(kind, "prj-1", at or datetime.now(UTC), {"project": "prj-1", "step": step, **more})


@pytest.fixture
def holder(ledger: Ledger) -> Iterator[sqlite3.Connection]:
    """Another command, that holds the ledger when it is told to."""
    ledger.append([draft("zero")])
    with closing(sqlite3.connect(ledger.path, isolation_level=None, check_same_thread=False)) as connection:
        yield connection


@pytest.mark.parametrize("kind", ["IMMEDIATE", "EXCLUSIVE"])
def test_progress_and_milestones_count_what_waits(
    kind: str, holder: sqlite3.Connection, spooling_ledger: SpoolingLedger, ledger: Ledger
) -> None:
    holder.execute(f"BEGIN {kind}")
    spooling_ledger.append([draft("one", learned="verified", milestone="first-change")])
    spooling_ledger.append_once("prj-1", lambda _: [draft("two", ev.STEP_SKIPPED)])

    def look() -> tuple[StepStatus, StepStatus, bool]:
        steps = fold(["one", "two"], spooling_ledger.events("prj-1")).steps
        engineer = spooling_ledger.known_engineer()
        known = reached(spooling_ledger.events_of(engineer), engineer)
        lines = {line.milestone: line.at for line in tell_milestones(spooling_ledger)}
        assert lines["first-change"] == known["first-change"].at
        return steps["one"].status, steps["two"].status, "first-change" in known

    assert look() == (StepStatus.DONE, StepStatus.SKIPPED, True)
    holder.execute("ROLLBACK")
    assert look() == (StepStatus.DONE, StepStatus.SKIPPED, True)
    assert len(ledger.events()) == 1


def test_trouble_is_told_once_and_what_happens_after_it_is_kept_in_its_order(
    holder: sqlite3.Connection, spooling_ledger: SpoolingLedger, told: list[LedgerError], ledger: Ledger
) -> None:
    holder.execute("BEGIN IMMEDIATE")
    waiting = [
        str(event.data["step"])
        for number in range(20)
        for event in spooling_ledger.append([draft(f"{number}-{part}") for part in range(3)])
    ]
    holder.execute("ROLLBACK")
    holder.execute("BEGIN EXCLUSIVE")
    assert len(spooling_ledger.events()) == 60, "now it can't be read either, which is the same trouble"
    holder.execute("ROLLBACK")
    spooling_ledger.remember(Person("Ada", "ada@example.org"))
    assert waiting == [f"{number}-{part}" for number in range(20) for part in range(3)]
    fresh = type(spooling_ledger)(ledger.path, spooling_ledger.spool, told.append)
    in_waiting = [event.data["step"] for event in fresh.events()][1:]
    assert fold(waiting, fresh.events()).open_steps == ()
    assert fresh.take_in().events == 60
    assert [event.data["step"] for event in fresh.events()][1:] == waiting == in_waiting
    assert len(told) == 1


def test_events_of_one_moment_keep_their_order(
    holder: sqlite3.Connection, spooling_ledger: SpoolingLedger, ledger: Ledger
) -> None:
    holder.execute("BEGIN IMMEDIATE")
    steps = [f"step-{number}" for number in range(12)]
    for step in steps:
        spooling_ledger.append([draft(step, ev.STEP_CHOSEN)])
        assert fold(steps, spooling_ledger.events()).current == step
    for last in range(12):
        spooling_ledger.append([draft(step, ev.STEP_CHOSEN) for step in (*steps[last:], *steps[: last + 1])])
        assert fold(steps, spooling_ledger.events()).current == steps[last]


class Unsure(sqlite3.Connection):
    """SQLite on a disk that says no after it did what it was asked: a folder that can't be flushed, say."""

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        """As SQLite does; a commit that wrote something is done, and fails."""
        done = super().execute(statement, *values)
        if statement == "COMMIT" and self.total_changes:
            raise sqlite3.OperationalError("disk I/O error")
        return done


@pytest.mark.parametrize("way", ["append", "append_once"])
def test_what_was_written_though_the_disk_denies_it_is_not_there_twice(
    way: str,
    holder: sqlite3.Connection,
    spooling_ledger: SpoolingLedger,
    spool: Spool,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=Unsure))
        if way == "append":
            spooling_ledger.append([draft("one"), draft("two")])
        else:
            spooling_ledger.append_once("prj-1", lambda _: [draft("one"), draft("two")])
        assert len(spool.waiting()) == 1
        assert [event.data["step"] for event in spooling_ledger.events()] == ["zero", "one", "two"]
        take_in(ledger, spool)
    assert [event.data["step"] for event in ledger.events()] == ["zero", "one", "two"]
    assert spool.waiting() == []


def test_what_is_older_than_the_command_is_not_guessed_while_the_file_can_not_be_read(
    holder: sqlite3.Connection, spooling_ledger: SpoolingLedger, ledger: Ledger
) -> None:
    """The ledger may have it, and the world shows it when the ledger can be read again."""
    holder.execute("BEGIN EXCLUSIVE")
    rebuilt, new = draft("old", at=NOW - timedelta(days=1)), draft("new")
    kept = spooling_ledger.append_once("prj-1", lambda _: [rebuilt, new])
    assert [event.data["step"] for event in kept] == ["new"]
    holder.execute("ROLLBACK")


def test_what_is_older_than_the_command_is_kept_while_the_file_can_be_read(
    holder: sqlite3.Connection, spooling_ledger: SpoolingLedger
) -> None:
    holder.execute("BEGIN IMMEDIATE")
    seen: list[str] = []
    kept = spooling_ledger.append_once(
        "prj-1",
        lambda history: [draft("old", at=NOW, saw=[str(event.data["step"]) for event in history])],
    )
    seen += [str(each) for each in kept[0].data["saw"]]  # type: ignore[union-attr]
    assert seen == ["zero"]
    holder.execute("ROLLBACK")


def test_where_nothing_can_be_kept_the_one_warning_says_so(
    holder: sqlite3.Connection,
    spooling_ledger: SpoolingLedger,
    told: list[LedgerError],
    spool_folder: Path,
    temporary: Path,
) -> None:
    for place in (spool_folder.parent, temporary):
        if place.is_dir():
            place.rmdir()
        place.write_text("in the way")
    holder.execute("BEGIN IMMEDIATE")
    for number in range(3):
        assert len(spooling_ledger.append([draft(str(number))])) == 1
    [only] = told
    assert "what happens now is recorded nowhere" in only.message
    assert "kept" not in only.message
    assert "goldenpath check --all" in only.hint


def test_a_spool_that_fails_after_it_was_promised_is_told(
    holder: sqlite3.Connection,
    spooling_ledger: SpoolingLedger,
    told: list[LedgerError],
    spool_folder: Path,
    temporary: Path,
) -> None:
    holder.execute("BEGIN IMMEDIATE")
    spooling_ledger.append([draft("one")])
    for place in (spool_folder, temporary):
        place.rename(place.with_name(f"{place.name}-gone"))
        place.write_text("in the way")
    for _ in range(2):
        spooling_ledger.append([draft("two")])
    assert ["recorded nowhere" in each.message for each in told] == [False, True]


def test_an_engineer_without_an_id_gets_one_and_what_waited_is_theirs(
    spooling_ledger: SpoolingLedger, spool: Spool, ledger: Ledger, told: list[LedgerError]
) -> None:
    ledger.path.parent.parent.mkdir(parents=True, exist_ok=True)
    ledger.path.parent.write_text("in the way")
    spooling_ledger.append([draft("one"), draft("two", engineer="eng-other")])
    assert (spooling_ledger.engineer(), len(told)) == ("", 1)
    assert [event.data["step"] for event in spooling_ledger.events_of("")] == ["one"]
    ledger.path.parent.unlink()
    assert take_in(ledger, spool).events == 2
    own = ledger.known_engineer()
    assert own.startswith("eng-")
    assert [event.data["step"] for event in ledger.events_of(own)] == ["one"]
    assert [event.data["step"] for event in ledger.events_of("eng-other")] == ["two"]
