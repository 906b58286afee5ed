"""What is read for statistics gives the same as all events would."""

from __future__ import annotations

import random
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.starts_and_merges import starts_and_merges
from goldenpath.core import events as ev
from goldenpath.core.errors import LedgerError
from goldenpath.flows.tell_statistics import tell_statistics
from tests.conftest import NOW

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.model import Json


def busy(seed: int) -> list[ev.Draft]:
    """Events of every type about some engineers, with values that are hard to read."""
    chance = random.Random(seed)
    drafts: list[ev.Draft] = []
    for _ in range(400):
        data: dict[str, Json] = {
            "engineer": f"eng-{chance.randint(1, 15)}",
            "project": chance.choice(["prj-1", "prj-2", 'prj-"],[', "prj-\u2028ü\\"]),
            "number": chance.randint(1, 30),
            "tutorial": chance.random() < 0.2,
            "milestone": chance.choice(["started", "exposed", ""]),
            "step": '"milestone":"started"',
        }
        moment = NOW - timedelta(days=chance.uniform(0, 90))
        drafts.append(ev.Draft(chance.choice(list(ev.EVENT_TYPES)), "prj-1", moment, data))
    return drafts


@pytest.mark.parametrize("seed", range(5))
def test_the_statistics_are_those_of_all_events(ledger: Ledger, seed: int) -> None:
    ledger.append(busy(seed))
    told = tell_statistics(starts_and_merges(ledger), NOW)
    assert told == tell_statistics(ledger.events(), NOW)
    assert told.statistics[0].engineers >= 5


def test_only_what_statistics_need_is_read(ledger: Ledger) -> None:
    ledger.append(busy(1))
    kinds = {event.type for event in starts_and_merges(ledger)}
    assert ev.CHANGE_MERGED in kinds
    assert not kinds & {ev.STEP_CHECKED, ev.HINT_SHOWN, ev.CHANGE_CREATED}


def test_a_ledger_that_is_not_there_is_empty_and_stays_away(ledger: Ledger) -> None:
    assert list(starts_and_merges(ledger)) == []
    assert not ledger.path.exists()


@pytest.mark.parametrize("damage", ["data = '5'", "data = '[]'", "time = 'yesterday'"])
def test_a_damaged_event_is_a_damaged_ledger(ledger: Ledger, damage: str) -> None:
    ledger.append([ev.Draft(ev.PATH_STARTED, "prj-1", NOW, {"engineer": "eng-1"})])
    connection = sqlite3.connect(ledger.path)
    connection.execute("DROP TRIGGER events_are_not_changed")
    connection.execute(f"UPDATE events SET {damage}")  # noqa: S608
    connection.commit()
    connection.close()
    with pytest.raises(LedgerError, match="damaged"):
        list(starts_and_merges(ledger))
