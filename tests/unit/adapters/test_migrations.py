"""Files of older formats: read as they are, made into the newest by the first append, whole or not at all."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger, add
from goldenpath.adapters.ledger.opening import transaction
from goldenpath.adapters.ledger.schema import APPLICATION_ID, VERSION
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import HINT_SHOWN, Draft
from tests.conftest import NOW
from tests.unit.adapters.ledger_durability.test_kills import has_hot_journal

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.ledger.spooling import SpoolingLedger
    from goldenpath.core.errors import GoldenpathError
    from goldenpath.core.events import Event

ROOT = Path(__file__).parents[3]
FROZEN = sorted((ROOT / "tests" / "samples" / "ledgers").glob("format-*.sqlite3"))
KILLS, HITS, SEED = 8, 2, 20260302
APPEND = """
import sys
from pathlib import Path
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core.events import HINT_SHOWN, Draft
from tests.conftest import NOW
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    Ledger(Path(sys.argv[1])).append([Draft(HINT_SHOWN, "prj-1", NOW, {"who": sys.argv[2], "number": number})])
"""


@pytest.fixture(params=FROZEN, ids=lambda file: file.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    """A copy of a frozen file."""
    path = tmp_path / "old" / "ledger.sqlite3"
    path.parent.mkdir()
    shutil.copyfile(request.param, path)
    path.chmod(0o600)
    return Ledger(path)


def draft(number: int = 0, **more: Any) -> Draft:
    return Draft(HINT_SHOWN, "prj-1", NOW, {"number": number, **more})


def asked(ledger: Ledger, question: str) -> list[Any]:
    with closing(sqlite3.connect(f"{ledger.path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


def known(ledger: Ledger) -> tuple[list[Event], dict[str, list[tuple[str, str]]], list[Any]]:
    """Everything that a ledger knows, but for the order of its tables."""
    return ledger.events(), ledger.people(), sorted(asked(ledger, "SELECT * FROM identity"))


def schema(ledger: Ledger) -> list[Any]:
    return sorted(asked(ledger, "SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema"))


def version(ledger: Ledger) -> int:
    return int(asked(ledger, "PRAGMA user_version")[0][0])


def test_every_older_format_has_a_frozen_file() -> None:
    """Before VERSION grows, a ledger of the format that is left is kept as tests/samples/ledgers/README.md says."""
    assert [file.name for file in FROZEN] == [f"format-{number}.sqlite3" for number in range(1, VERSION)]


def test_an_older_file_is_read_as_it_is(old: Ledger) -> None:
    before, names = old.path.read_bytes(), sorted(old.path.parent.iterdir())
    events, people, _ = known(old)
    assert (len(events), len(people)) == (4, 1)
    assert old.events(events[0].subject)
    assert old.events_of(old.known_engineer()) == events
    assert [each for page in old.pages() for each in page] == events
    assert audit(old).is_sound
    assert (old.path.read_bytes(), sorted(old.path.parent.iterdir())) == (before, names)


def test_the_first_append_makes_it_the_newest_and_changes_nothing_that_was_said(old: Ledger, ledger: Ledger) -> None:
    events, people, identity = known(old)
    seqs = asked(old, "SELECT seq, id FROM events ORDER BY seq")
    (added,) = old.append([draft()])
    assert known(old) == ([*events, added], people, identity)
    assert (added.wseq, added.prev, added.writer) == (events[-1].wseq + 1, events[-1].hash, events[-1].writer)
    assert asked(old, "SELECT seq, id FROM events ORDER BY seq")[:-1] == seqs
    assert audit(old).is_sound
    ledger.append([draft()])
    assert schema(old) == schema(ledger)
    assert asked(old, "PRAGMA application_id") == [(APPLICATION_ID,)]
    assert asked(old, "PRAGMA integrity_check") == [("ok",)]
    assert (version(old), old.path.stat().st_mode & 0o777) == (VERSION, 0o600)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE events SET data = '{}'", "DELETE FROM events", "INSERT OR REPLACE INTO events SELECT * FROM events"],
)
def test_a_migrated_file_is_append_only(statement: str, old: Ledger) -> None:
    old.append([draft()])
    before = old.events()
    with closing(sqlite3.connect(old.path)) as raw, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    assert old.events() == before


class Small(sqlite3.Connection):
    """A connection to a disk with hardly a page left."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        (pages,) = self.execute("PRAGMA page_count").fetchone()
        self.execute(f"PRAGMA max_page_count={pages + 3}")


class Broken(sqlite3.Connection):
    """A connection that is cut when the old table is to be dropped."""

    def execute(self, statement: str, *values: Any) -> sqlite3.Cursor:
        if statement.lstrip().startswith("DROP TABLE"):
            raise sqlite3.OperationalError("disk I/O error")
        return super().execute(statement, *values)


@pytest.mark.parametrize("factory", [Small, Broken])
def test_a_migration_that_fails_leaves_the_old_file_and_succeeds_the_next_time(
    factory: type[sqlite3.Connection], old: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(old, 20)
    events, *rest = known(old)
    number, rows = version(old), asked(old, "SELECT * FROM events")
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=factory))
        with pytest.raises(LedgerError, match=r"disk (is full|I/O error)"):
            old.append([draft()])
    assert (version(old), asked(old, "SELECT * FROM events")) == (number, rows)
    assert [file.name for file in old.path.parent.iterdir()] == [old.path.name]
    added = old.append([draft()])
    assert known(old) == ([*events, *added], *rest)
    assert (version(old), audit(old).problems) == (VERSION, ())


def test_while_it_can_not_be_migrated_what_happens_is_kept(
    old: Ledger, spooling_ledger: SpoolingLedger, told: list[GoldenpathError], monkeypatch: pytest.MonkeyPatch
) -> None:
    events, number, connect = old.events(), version(old), sqlite3.connect
    spooling_ledger.path = old.path
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *given, **named: connect(*given, **named, factory=Broken))
        spooling_ledger.append([draft(1)])
        assert [each.id for each in spooling_ledger.events()][:-1] == [each.id for each in events]
    assert (len(told), version(old)) == (1, number)
    fresh = type(spooling_ledger)(old.path, spooling_ledger.spool, told.append)
    assert fresh.take_in().events == 1
    assert old.events()[:-1] == events


def grow(ledger: Ledger, count: int) -> None:
    """Append as the program of that format did: what a row holds has not changed."""
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as connection, transaction(connection):
        add(connection, [draft(number, note="x" * 300) for number in range(count)])


def appender(ledger: Ledger, name: str, count: int) -> subprocess.Popen[str]:
    """A process that appends when it is told to."""
    command = [sys.executable, "-c", APPEND, str(ledger.path), name, str(count)]
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    return process


def tell(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def test_several_who_migrate_at_once_lose_nothing(old: Ledger) -> None:
    grow(old, 2000)
    events, *rest = known(old)
    crowd = [appender(old, f"process-{number}", 5) for number in range(4)]
    for process in crowd:
        tell(process)
    assert [(process.communicate(timeout=60), process.returncode)[1] for process in crowd] == [0] * 4
    found, *others = known(old)
    assert (found[: len(events)], others) == (events, rest)
    who = Counter((event.data["who"], event.data["number"]) for event in found[len(events) :])
    assert who == Counter((f"process-{number}", each) for number in range(4) for each in range(5))
    assert audit(old).is_sound


def test_who_is_killed_while_migrating_leaves_the_old_file(old: Ledger, tmp_path: Path) -> None:
    grow(old, 6000)
    whole, rows = tmp_path / "whole", asked(old, "SELECT * FROM events")
    shutil.copy(old.path, whole)
    number, random, longest_s = version(old), Random(SEED), 0.4
    moments: Counter[str] = Counter()
    while moments.total() < KILLS or (moments["in the migration"] < HITS and moments.total() < 4 * KILLS):
        shutil.copy(whole, old.path)
        process = appender(old, "killed", 1)
        tell(process)
        time.sleep(random.uniform(0, longest_s))
        process.kill()
        process.communicate(timeout=60)
        is_hot = has_hot_journal(old)
        found = old.events()  # a reader takes back what is half done
        assert asked(old, "SELECT * FROM events")[: len(rows)] == rows
        assert version(old) in {number, VERSION}
        assert len(found) - len(rows) in ({0} if version(old) == number else {0, 1})
        moment = "too late" if version(old) == VERSION else "in the migration" if is_hot else "early"
        longest_s *= {"too late": 0.8, "early": 1.2}.get(moment, 1)
        moments[moment] += 1
    assert moments["in the migration"] >= HITS, moments
    shutil.copy(whole, old.path)
    old.append([draft()])
    assert (asked(old, "SELECT * FROM events")[:-1], version(old), audit(old).problems) == (rows, VERSION, ())
