"""kill -9 in mid-append, a hundred times: what was acknowledged is there, chains are whole, and appending goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from random import Random
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core.events import HINT_SHOWN, Draft
from tests.conftest import NOW
from tests.unit.adapters.ledger_durability.processes import Appender

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KILLS, KILLS_PER_LEDGER, LONGEST_S, SEED = 100, 10, 0.03, 20260302
DIE_IN_MID_APPEND = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.executemany("INSERT INTO people VALUES (?, 'name', 'x')", [[str(number)] for number in range(3000)])
os.kill(os.getpid(), 9)
"""


def has_hot_journal(ledger: Ledger) -> bool:
    journal = ledger.path.with_name(f"{ledger.path.name}-journal")
    return journal.exists() and any(journal.read_bytes()[:8])


@pytest.mark.slow
def test_nothing_acknowledged_is_missing_after_a_hundred_kills(tmp_path: Path, tell: Callable[[str], None]) -> None:
    random = Random(SEED)
    hot = total = 0
    known: list[str] = []
    for number in range(KILLS):
        ledger = Ledger(tmp_path / f"{number // KILLS_PER_LEDGER}" / "ledger.db")
        if number % KILLS_PER_LEDGER == 0:
            known = []
        appender = Appender(ledger.path, f"kill-{number}", 1_000_000)
        appender.wait_until_ready()
        appender.go()
        time.sleep(random.uniform(0, LONGEST_S))
        appender.kill()
        code, acknowledged = appender.finish()
        assert code == -9
        hot += has_hot_journal(ledger)
        total += len(acknowledged)

        if number % 2:
            assert audit(ledger).problems == (), "verifying comes first"
        events = ledger.events()
        missing = [each for each in acknowledged if each.hash not in {event.hash for event in events}]
        assert missing == []
        assert len(events) - len(known) - len(acknowledged) in {0, 1}, "one append at most was under way"
        added = ledger.append([Draft(HINT_SHOWN, "prj-1", NOW, {"who": "next", "number": number})])
        assert audit(ledger).problems == ()
        assert [event.hash for event in events[: len(known)]] == known
        known = [event.hash for event in (*events, *added)]
    tell(f"{KILLS} kills: {total} events acknowledged, none missing; {hot} kills left a hot journal")
    assert hot > 0, "no kill came in mid-append"


def test_verifying_first_after_a_kill_finds_the_ledger_sound(ledger: Ledger) -> None:
    before = ledger.append([Draft(HINT_SHOWN, "prj-1", NOW, {"number": number}) for number in range(3)])
    subprocess.run([sys.executable, "-c", DIE_IN_MID_APPEND, str(ledger.path)], check=False)
    assert has_hot_journal(ledger)
    assert audit(ledger).problems == ()
    assert ledger.events() == before
