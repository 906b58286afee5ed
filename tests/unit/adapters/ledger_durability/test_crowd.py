"""Eight processes append at once: every event of every one is there, in one whole chain."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from tests.unit.adapters.ledger_durability.processes import Appender

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.ledger.book import Ledger

PROCESSES, EVENTS = 8, 200


@pytest.mark.slow
def test_eight_processes_that_append_at_once_lose_nothing(ledger: Ledger, tell: Callable[[str], None]) -> None:
    crowd = [Appender(ledger.path, f"process-{number}", EVENTS) for number in range(PROCESSES)]
    for appender in crowd:
        appender.wait_until_ready()
    for appender in crowd:
        appender.go()
    endings = {appender.name: appender.finish() for appender in crowd}

    events = ledger.events()
    for name, (code, acknowledged) in endings.items():
        own = [event for event in events if event.data["who"] == name]
        assert (name, code, len(acknowledged)) == (name, 0, EVENTS)
        assert [(event.data["number"], event.hash) for event in own] == [
            (each.number, each.hash) for each in acknowledged
        ]
    assert len(events) == PROCESSES * EVENTS
    assert len({event.data["who"] for event in events[:EVENTS]}) > 1, "they did not run at once"
    found = audit(ledger)
    assert (found.events, found.problems) == (PROCESSES * EVENTS, ())
    waits = [each.took_ms for _, acknowledged in endings.values() for each in acknowledged]
    tell(f"{PROCESSES} x {EVENTS} events: median append {median(waits):.1f} ms, worst wait {max(waits) / 1000:.2f} s")
