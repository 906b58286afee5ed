"""Forgetting: names are gone from the bytes of the file, and every chain holds as before."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.keeping import forget
from goldenpath.core.events import HINT_SHOWN, Draft
from goldenpath.core.model import Person
from tests.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger

DIE_WHILE_FORGETTING = """
import os, sqlite3, sys
from pathlib import Path
from goldenpath.adapters.ledger import keeping
from goldenpath.adapters.ledger.book import Ledger
connect = sqlite3.connect
class Dying(sqlite3.Connection):
    def execute(self, statement, *values):
        if statement == "COMMIT":
            self.execute("PRAGMA cache_size = 1")
            self.execute("PRAGMA cache_spill = 1")
            super().executemany("INSERT INTO people VALUES (?, 'name', 'x')", [[str(number)] for number in range(3000)])
            os.kill(os.getpid(), 9)
        return super().execute(statement, *values)
sqlite3.connect = lambda *given, **named: connect(*given, **named, factory=Dying)
keeping.forget(Ledger(Path(sys.argv[1])), "eng-0001")
"""


@pytest.fixture
def crowded(ledger: Ledger) -> Ledger:
    """Names that came in any order, in an SQLite that leaves bytes where they stood: rows were moved often."""
    numbers = list(range(300))
    Random(7).shuffle(numbers)
    ledger.append([Draft(HINT_SHOWN, "prj-1", NOW, {})])
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        for number in numbers:
            rows = [[f"eng-{number:04}", "name", f"Name {number:04} X"], [f"eng-{number:04}", "email", mail(number)]]
            connection.executemany("INSERT INTO people VALUES (?, ?, ?)", rows)
        connection.commit()
    return ledger


def mail(number: int) -> str:
    return f"mail{number:04}@example.org"


def bytes_of(ledger: Ledger) -> bytes:
    """Those of the ledger's file, and of everything that stands beside it."""
    return b"".join(file.read_bytes() for file in ledger.path.parent.iterdir())


def test_a_forgotten_name_is_gone_from_the_bytes_of_the_file(crowded: Ledger, tmp_path: Path) -> None:
    whole = shutil.copy(crowded.path, tmp_path / "whole")
    for number in range(0, 300, 12):
        shutil.copy(whole, crowded.path)
        assert mail(number).encode() in bytes_of(crowded)
        assert forget(crowded, f"eng-{number:04}") == [f"Name {number:04} X", mail(number)]
        content = bytes_of(crowded)
        assert mail(number).encode() not in content, number
        assert f"Name {number:04}".encode() not in content, number
        assert mail(number + 1).encode() in content
        assert len(crowded.people()) == 299
    assert audit(crowded).is_sound


def test_forgetting_twice_and_forgetting_nobody_changes_nothing(crowded: Ledger) -> None:
    events = crowded.events()
    assert len(forget(crowded, "eng-0001")) == 2
    for nobody in ("eng-0001", "eng-none", ""):
        before = crowded.people()
        assert forget(crowded, nobody) == []
        assert crowded.people() == before
    assert (crowded.events(), audit(crowded).problems) == (events, ())


def test_a_name_that_comes_again_can_be_forgotten_again(crowded: Ledger) -> None:
    forget(crowded, "eng-0001")
    crowded.remember(Person("Name 0001 Y", mail(1)), "eng-0001")
    assert forget(crowded, "eng-0001") == ["Name 0001 Y", mail(1)]
    assert mail(1).encode() not in bytes_of(crowded)


def test_who_is_killed_while_forgetting_forgot_nothing_or_all(crowded: Ledger) -> None:
    subprocess.run([sys.executable, "-c", DIE_WHILE_FORGETTING, str(crowded.path)], check=False)
    assert len(list(crowded.path.parent.iterdir())) == 2, "it left a journal"
    assert len(crowded.people()) == 300
    assert forget(crowded, "eng-0001") == ["Name 0001 X", mail(1)]
    assert mail(1).encode() not in bytes_of(crowded)
    assert audit(crowded).is_sound
