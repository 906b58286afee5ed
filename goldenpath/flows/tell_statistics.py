"""Tell how long everybody in the ledger took to their first and tenth merged pull request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.survival import LEVEL, Median, Share, kaplan_meier
from goldenpath.core.waits import read_onboarding, waits_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from goldenpath.core.survival import Curve
    from goldenpath.core.waits import Onboarding, Told

COUNTS: Mapping[str, int] = {"first-pr-merged": 1, "tenth-pr-merged": 10}
DAYS = (1, 2, 3, 5, 7, 10, 14, 21, 30, 60, 90)
"""When the table looks."""
FEWEST = 5
"""Of how many engineers an estimate is shown at least."""
_POINTS = 180


@dataclass(frozen=True, slots=True)
class Statistic:
    """How long `engineers` took to have so many pull requests merged. Nobody's own time is in it.

    Under five engineers there are counts alone, and `withheld` says why; `median` is None then. `curve` has evenly
    spaced points for a plot, as far as somebody was watched.
    """

    milestone: str
    pull_requests: int
    engineers: int
    reached: int
    on_the_way: int
    before_start: int
    withheld: str
    median: Median | None
    table: tuple[Share, ...]
    curve: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the ledger knew at `as_of`. `level` is that of the intervals; `page` the HTML file that was written."""

    as_of: datetime
    with_tutorial: bool
    level: float
    without_start: int
    statistics: tuple[Statistic, ...]
    page: str = ""


def tell_statistics(history: Iterable[Told], as_of: datetime, *, with_tutorial: bool = False) -> Statistics:
    """Kaplan-Meier estimates over all engineers of these events, as they were at `as_of`."""
    known = read_onboarding(history, as_of, with_tutorial=with_tutorial)
    told = tuple(_statistic(known, milestone, count) for milestone, count in COUNTS.items())
    return Statistics(as_of, with_tutorial, LEVEL, known.without_start, told)


def _statistic(known: Onboarding, milestone: str, count: int) -> Statistic:
    found = waits_for(known, count)
    engineers = len(found.waits)
    reached = sum(wait.is_over for wait in found.waits)
    withheld = _withheld(engineers)
    curve = kaplan_meier(found.waits)
    return Statistic(
        milestone=milestone,
        pull_requests=count,
        engineers=engineers,
        reached=reached,
        on_the_way=engineers - reached,
        before_start=found.before_start,
        withheld=withheld,
        median=None if withheld else curve.median(),
        table=() if withheld else tuple(curve.within(day) for day in DAYS),
        curve=() if withheld else _plotted(curve),
    )


def _withheld(engineers: int) -> str:
    if engineers >= FEWEST:
        return ""
    if not engineers:
        return "there is nobody to measure yet"
    return f"fewer than {FEWEST} engineers: an estimate would be uncertain, and would tell on each of them"


def _plotted(curve: Curve) -> tuple[Share, ...]:
    longest = curve.days[-1]
    horizon = next((day for day in DAYS if day >= longest), DAYS[-1])
    shares = (curve.within(horizon * number / _POINTS) for number in range(_POINTS + 1))
    return tuple(share for share in shares if share.observed)
