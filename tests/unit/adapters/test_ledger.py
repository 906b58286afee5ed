"""The ledger's file: append-only, private, whole."""

from __future__ import annotations

import math
import shutil
import sqlite3
import stat
import subprocess
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core import events as ev
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import GENESIS, Draft, link
from goldenpath.core.model import Json, Person
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goldenpath.core.events import Event

ROOT = Path(__file__).parents[3]
APPEND = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core.events import HINT_SHOWN, Draft
ledger = Ledger(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    ledger.append([Draft(HINT_SHOWN, "prj-1", datetime.now(UTC), {"who": sys.argv[2], "number": number})])
"""


def draft(number: int = 0, subject: str = "prj-1", **more: Json) -> Draft:
    return Draft(ev.HINT_SHOWN, subject, NOW + timedelta(seconds=number), {"number": number, **more})


def raw(ledger: Ledger) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(ledger.path, isolation_level=None))


def test_a_ledger_that_was_never_written_is_empty_and_makes_no_file(ledger: Ledger) -> None:
    assert (ledger.events(), ledger.people(), ledger.known_engineer()) == ([], {}, "")
    assert audit(ledger).is_sound
    assert not ledger.path.exists()


def test_what_is_appended_is_read_back_in_its_order(ledger: Ledger) -> None:
    added = ledger.append([draft(5, note="é"), draft(1)])
    added += ledger.append([draft(3)])
    assert ledger.events() == added
    assert [event.data["number"] for event in added] == [5, 1, 3]
    assert added[0].data["note"] == "é"
    assert (added[0].type, added[0].subject, added[0].time) == (ev.HINT_SHOWN, "prj-1", NOW + timedelta(seconds=5))


def test_events_about_one_subject_are_found(ledger: Ledger) -> None:
    ledger.append([draft(1), draft(2, "prj-2"), draft(3)])
    assert [event.data["number"] for event in ledger.events("prj-1")] == [1, 3]
    assert ledger.events("prj") == []


def test_every_event_follows_from_the_one_before(ledger: Ledger) -> None:
    ledger.append([draft(1), draft(2)])
    ledger.append([draft(3)])
    events = ledger.events()
    assert [event.wseq for event in events] == [1, 2, 3]
    assert len({event.source for event in events}) == 1
    assert events[0].prev == GENESIS
    assert all(later.prev == earlier.hash for earlier, later in pairwise(events))
    assert all(event.hash == link(event) for event in events)


def test_the_file_is_for_its_owner_alone(ledger: Ledger) -> None:
    ledger.append([draft()])
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600


def test_an_acknowledged_event_survives_a_power_cut(ledger: Ledger) -> None:
    with ledger.writing() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET data = '{}'",
        "UPDATE OR IGNORE events SET hash = 'x' WHERE wseq = 1",
        "DELETE FROM events",
        "DELETE FROM events WHERE wseq = 2",
    ],
)
def test_an_event_is_neither_changed_nor_deleted(statement: str, ledger: Ledger) -> None:
    before = ledger.append([draft(1), draft(2)])
    with raw(ledger) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement)
    assert ledger.events() == before


@pytest.mark.parametrize("same", ["id", "hash", "seq"])
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_an_event_is_not_replaced_by_another_with_the_same_key(same: str, verb: str, ledger: Ledger) -> None:
    (event,) = ledger.append([draft(1)])
    row: dict[str, object] = {
        "seq": 9, "id": "other", "source": event.source, "writer": "wri-2", "wseq": 1, "type": "t",
        "subject": "s", "time": "2026", "data": "{}", "prev": "p", "hash": "other",
    }  # fmt: skip
    row[same] = 1 if same == "seq" else getattr(event, same)
    statement = f"{verb} INTO events ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"
    with raw(ledger) as connection, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(statement, list(row.values()))
    assert ledger.events() == [event]


def test_of_several_drafts_all_are_appended_or_none(ledger: Ledger) -> None:
    before = ledger.append([draft(1)])
    with pytest.raises(ValueError, match="JSON"):
        ledger.append([draft(2), draft(3, share=math.nan), draft(4)])
    assert ledger.events() == before
    assert [event.wseq for event in ledger.append([draft(5)])] == [2]


def test_processes_that_append_at_once_lose_nothing(ledger: Ledger) -> None:
    names = ("a", "b", "c", "d")
    running = [
        subprocess.Popen([sys.executable, "-c", APPEND, str(ledger.path), name, "25"], cwd=ROOT) for name in names
    ]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    events = ledger.events()
    for name in names:
        assert [event.data["number"] for event in events if event.data["who"] == name] == list(range(25))
    assert [event.wseq for event in events] == list(range(1, 101))
    assert audit(ledger).is_sound


def test_the_engineer_is_minted_once(ledger: Ledger) -> None:
    engineer = ledger.engineer()
    assert engineer.startswith("eng-")
    assert engineer == ledger.engineer() == Ledger(ledger.path).known_engineer()


def test_names_are_kept_apart_from_events(ledger: Ledger) -> None:
    ledger.remember(Person("Ada", "ada@example.org"), "eng-1")
    ledger.remember(Person("Ada", "ada@work.example.org"), "eng-1")
    ledger.append([draft()])
    assert ledger.people() == {
        "eng-1": [("name", "Ada"), ("email", "ada@example.org"), ("email", "ada@work.example.org")]
    }
    assert not [event for event in ledger.events() if "ada" in repr(event).lower()]


def test_what_was_read_is_what_was_written_to_the_millisecond(ledger: Ledger) -> None:
    moment = NOW.replace(microsecond=123456)
    (event,) = ledger.append([Draft(ev.HINT_SHOWN, "prj-1", moment, {})])
    read: Event = ledger.events()[0]
    assert read == event
    assert read.time == NOW.replace(microsecond=123000)


def test_what_is_built_inside_the_transaction_sees_what_was_appended_before(ledger: Ledger) -> None:
    (other,) = ledger.append([draft(1, "prj-2")])
    first = ledger.append_once("prj-1", lambda history: [] if history else [draft(2)])
    again = ledger.append_once("prj-1", lambda history: [] if history else [draft(3)])
    assert (ledger.events("prj-1"), again) == (first, [])
    assert ledger.events() == [other, *first]


def test_of_many_that_append_the_same_at_once_one_does(ledger: Ledger) -> None:
    with ThreadPoolExecutor(8) as pool:
        added = list(
            pool.map(lambda number: ledger.append_once("prj-1", lambda old: [] if old else [draft(number)]), range(8))
        )
    assert sorted(len(each) for each in added) == [0] * 7 + [1]
    assert len(ledger.events()) == 1


def test_an_error_while_building_leaves_the_ledger_as_it_was(ledger: Ledger) -> None:
    before = ledger.append([draft(1)])

    def build(_: Sequence[Event]) -> list[Draft]:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        ledger.append_once("prj-1", build)
    assert ledger.events() == before
    assert len(ledger.append([draft(2)])) == 1


def test_an_id_tells_when_the_event_was_written_and_time_when_it_happened(ledger: Ledger) -> None:
    began = datetime.now(UTC)
    (event,) = ledger.append([draft(1)])
    written = uuid.UUID(event.id).int >> 80
    assert began.timestamp() * 1000 - 1 <= written <= datetime.now(UTC).timestamp() * 1000
    assert event.time == NOW + timedelta(seconds=1)


def test_a_writer_owns_the_chain_of_its_own_events(ledger: Ledger) -> None:
    (event,) = ledger.append([draft(1)])
    assert event.writer == event.source
    assert ledger.events() == [event]


FOREIGN = {"id": "ci-7", "source": "https://ci.example.org", "type": "t", "subject": "prj-1", "data": "{}"}


def insert(connection: sqlite3.Connection, **more: object) -> None:
    row = {**FOREIGN, "time": "2026-03-02T09:00:00.000Z", **more}
    statement = f"INSERT INTO events ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})"  # noqa: S608
    connection.execute(statement, list(row.values()))


def test_an_event_without_a_chain_keeps_its_own_source(ledger: Ledger) -> None:
    ledger.append([draft(1)])
    with raw(ledger) as connection:
        insert(connection)
        insert(connection, id="ci-8")
        insert(connection, source="https://elsewhere.example.org")
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            insert(connection)
    foreign = ledger.events()[1:]
    assert {(event.writer, event.wseq, event.prev, event.hash) for event in foreign} == {("", 0, "", "")}
    assert [event.id for event in foreign] == ["ci-7", "ci-8", "ci-7"]
    assert ledger.append([draft(2)])[0].wseq == 2
    assert audit(ledger).is_sound


@pytest.mark.parametrize(
    "some", [{"wseq": 1}, {"hash": "h"}, {"writer": "wri-9"}, {"prev": "p", "hash": "h", "wseq": 1}]
)
def test_an_event_has_all_of_a_chain_or_nothing_of_it(some: dict[str, object], ledger: Ledger) -> None:
    ledger.append([draft(1)])
    with raw(ledger) as connection, pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        insert(connection, **some)


READS: list[Callable[[Ledger], object]] = [
    lambda ledger: ledger.events(),
    lambda ledger: ledger.events("prj-1"),
    lambda ledger: ledger.known_engineer(),
    lambda ledger: ledger.people(),
    audit,
]
NAMES = ["events", "of one subject", "engineer", "people", "audit"]


@pytest.mark.parametrize("read", READS, ids=NAMES)
def test_reading_changes_nothing_and_makes_nothing(read: Callable[[Ledger], object], ledger: Ledger) -> None:
    ledger.append([draft(1)])
    asked: list[tuple[str, int]] = []
    before = ledger.path.read_bytes()
    stated = ledger.path.stat().st_mtime_ns
    sys.addaudithook(lambda name, values: asked.append(values) if name == "sqlite3.connect" else None)
    read(ledger)
    assert asked
    assert all("mode=ro" in str(values[0]) for values in asked)
    assert (ledger.path.read_bytes(), ledger.path.stat().st_mtime_ns) == (before, stated)
    assert [file.name for file in ledger.path.parent.iterdir()] == [ledger.path.name]


@pytest.mark.parametrize("read", READS, ids=NAMES)
def test_an_empty_file_was_cut_off_and_is_no_ledger(read: Callable[[Ledger], object], ledger: Ledger) -> None:
    ledger.path.parent.mkdir(parents=True)
    ledger.path.touch()
    for use in (read, lambda ledger: ledger.append([draft(1)])):
        with pytest.raises(LedgerError, match="cut off"):
            use(ledger)
    assert ledger.path.read_bytes() == b""


def test_a_folder_with_signs_in_its_name_can_be_read(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "a b?c#d%41" / "ledger.sqlite3")
    assert ledger.append([draft(1)]) == ledger.events()
    assert audit(ledger).events == 1


def test_a_reader_takes_back_what_a_killed_writer_left_half_done(ledger: Ledger, tmp_path: Path) -> None:
    before = ledger.append([draft(1)])
    crashed = Ledger(tmp_path / "crashed" / "ledger.sqlite3")
    with raw(ledger) as connection:
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("BEGIN IMMEDIATE")
        for number in range(200):
            insert(connection, id=f"ci-{number}", data='"' + "x" * 2000 + '"')
        shutil.copytree(ledger.path.parent, crashed.path.parent)
        connection.execute("ROLLBACK")
    assert len(list(crashed.path.parent.iterdir())) == 2
    assert crashed.events() == before
    assert audit(crashed).is_sound
