"""The page about time to first pull request: how often the interval holds, as simulated, is what it says."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.unit.core.test_survival import looked_at

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "what-time-to-first-pr-means.md"
RUNS, SEED, DAY, TRUTH = 1000, 11, 20, 10


@pytest.mark.parametrize("engineers", [12, 40])
def test_the_page_says_how_often_the_interval_holds_and_how_often_it_is_open(engineers: int) -> None:
    chance, held, is_open = random.Random(SEED), 0, 0
    for _ in range(RUNS):
        median = looked_at(chance, engineers, DAY)[0].median()
        is_above = median.low.days is None or median.low.days <= TRUTH
        is_below = median.high.days is None or median.high.days >= TRUTH
        held += is_above and is_below
        is_open += not median.high.reached
    row = re.search(rf"^\| {engineers} \| ([\d.]+) % \| ([\d.]+) % \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert row is not None
    assert row.groups() == (f"{100 * held / RUNS:.1f}", f"{100 * is_open / RUNS:.1f}")
