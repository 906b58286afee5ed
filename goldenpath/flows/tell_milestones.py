"""Tell which milestones are reached."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.milestones import Reached, reached
from goldenpath.core.order import backwards

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.outcomes import Evidence


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone; what follows `meaning` is None until it is reached. `after_s` counts from `started`.

    One that lies before the start has no `after_s`: a clock was wrong, or the work is older than the path.
    """

    milestone: str
    meaning: str
    at: datetime | None
    after_s: float | None
    learned: Evidence | None
    url: str
    is_before_start: bool = False
    is_clock_doubtful: bool = False


def tell_milestones(ledger: Ledger) -> list[MilestoneLine]:
    """Every milestone of this ledger's engineer, in order; doubtful times where the clock ran backwards meanwhile."""
    engineer = ledger.known_engineer()
    history = ledger.events_of(engineer)
    known, is_doubtful = reached(history, engineer), bool(backwards(history))
    return [_line(name, known, is_doubtful=is_doubtful) for name in MILESTONES]


def _line(name: str, known: dict[str, Reached], *, is_doubtful: bool) -> MilestoneLine:
    here = known.get(name)
    if here is None:
        return MilestoneLine(name, MILESTONES[name], None, None, None, "")
    start = known.get("started")
    after = (here.at - start.at).total_seconds() if start else None
    is_before = after is not None and after < 0
    return MilestoneLine(
        milestone=name,
        meaning=MILESTONES[name],
        at=here.at,
        after_s=None if is_before else after,
        learned=here.learned,
        url=here.url,
        is_before_start=is_before,
        is_clock_doubtful=is_doubtful,
    )
