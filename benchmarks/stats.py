"""How long `milestones --stats` takes, against the same counts with SQL alone, on a ledger made for it.

    python benchmarks/stats.py            2,000 engineers, 100,000 events
    python benchmarks/stats.py --full     20,000 engineers, 1,000,000 events

`--ledger FILE` keeps the ledger that is made, or takes the one that is there. Not named `statistics`: Python would take
it for its own module of that name.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.starts_and_merges import starts_and_merges
from goldenpath.core import events as ev
from goldenpath.core.times import stamp
from goldenpath.flows.tell_statistics import COUNTS, tell_statistics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from goldenpath.core.model import Json

    Result = TypeVar("Result")

BEGIN = datetime(2024, 1, 8, 9, tzinfo=UTC)
AS_OF = BEGIN + timedelta(days=420)
EVENTS_EACH = 50
BATCH = 50_000
RUNS = 3

BARE = f"""
WITH starts AS (
  SELECT json_extract(data, '$.engineer') AS engineer, min(time) AS start FROM events
  WHERE type IN ('{ev.PATH_STARTED}', '{ev.REPOSITORY_CREATED}')
     OR (type IN ('{ev.STEP_COMPLETED}', '{ev.MILESTONE_RECORDED}') AND json_extract(data, '$.milestone') = 'started')
  GROUP BY 1
), merges AS (
  SELECT engineer, time, row_number() OVER (PARTITION BY engineer ORDER BY time) AS number FROM (
    SELECT json_extract(data, '$.engineer') AS engineer, time FROM events
    WHERE type = '{ev.CHANGE_MERGED}' AND json_extract(data, '$.tutorial') IS NOT 1 AND time <= '{stamp(AS_OF)}'
  )
), reached AS (
  SELECT engineer, max(CASE number WHEN 1 THEN time END) AS first, max(CASE number WHEN 10 THEN time END) AS tenth
  FROM merges WHERE number IN (1, 10) GROUP BY engineer
)
SELECT count(*), count(first), count(tenth) FROM starts LEFT JOIN reached USING (engineer)
WHERE first IS NULL OR first >= start
"""  # noqa: S608 - only our own names of types are put in


def life(number: int, chance: random.Random) -> Iterator[ev.Draft]:
    """Fifty events of one engineer: a start, a walk along the path with its pull request, then daily work."""
    engineer, project = f"eng-{number:020x}", f"prj-{number:020x}"
    start = BEGIN + timedelta(days=chance.random() * 365)
    about: dict[str, Json] = {"engineer": engineer, "project": project, "path": "backend", "version": "1.0.0"}
    yield ev.Draft(ev.PATH_STARTED, project, start, {**about, "template": "backend"})
    yield ev.Draft(ev.REPOSITORY_CREATED, project, start, {**about, "name": "service", "forge": "local"})
    pulls = chance.choice((0, 0, 3, 9, 10, 12, 14))
    moment = start
    for step in range(EVENTS_EACH - 2 - 2 * pulls):
        moment += timedelta(minutes=chance.expovariate(1 / 40))
        kind = chance.choice((ev.STEP_CHECKED, ev.STEP_COMPLETED, ev.HINT_SHOWN))
        yield ev.Draft(kind, project, moment, {**about, "step": f"step-{step}", "learned": "verified", "checks": 3})
    for pull in range(1, pulls + 1):
        moment += timedelta(days=chance.lognormvariate(1, 1))
        data: dict[str, Json] = {**about, "number": pull, "forge": "local", "tutorial": pull == 1}
        yield ev.Draft(ev.CHANGE_CREATED, project, moment - timedelta(hours=3), data)
        yield ev.Draft(ev.CHANGE_MERGED, project, moment, data)


def make(path: Path, engineers: int) -> None:
    """Write the ledger, through its own front door."""
    chance = random.Random(20_000)  # noqa: S311
    ledger = Ledger(path)
    drafts = (draft for number in range(engineers) for draft in life(number, chance))
    while batch := list(islice(drafts, BATCH)):
        ledger.append(batch)


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """The best of several runs, in seconds of processor time, and what came out."""
    best = float("inf")
    for _ in range(RUNS):
        begin = time.process_time()
        result = work()
        best = min(best, time.process_time() - begin)
    return best, result


def bare(path: Path) -> tuple[int, ...]:
    """Engineers measured, and how many of them reached each count, with nothing but SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return tuple(connection.execute(BARE).fetchone())


def ours(path: Path) -> tuple[int, ...]:
    """The same three numbers, from the whole report."""
    told = tell_statistics(starts_and_merges(Ledger(path)), AS_OF).statistics
    return (told[0].engineers, *(each.reached for each in told))


def asked(description: str) -> tuple[int, Path | None]:
    """What the command line asks for: how many engineers, and where the ledger is kept or is already."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--full", action="store_true", help="20,000 engineers and 1,000,000 events")
    parser.add_argument("--ledger", type=Path, help="keep the ledger here, or use it")
    given = parser.parse_args()
    return (20_000 if given.full else 2_000), given.ledger


def main() -> int:
    """Print the figures; 1 when the two disagree."""
    engineers, kept = asked("milestones --stats against bare SQL")
    with tempfile.TemporaryDirectory() as folder:
        path = kept or Path(folder) / "ledger.sqlite3"
        if not path.exists():
            making, _ = timed_once(lambda: make(path, engineers))
            sys.stdout.write(f"{engineers * EVENTS_EACH:,} events of {engineers:,} engineers made in {making:.1f} s\n")
        sql, expected = timed(lambda: bare(path))
        report, found = timed(lambda: ours(path))
    names = ", ".join(["engineers", *COUNTS])
    sys.stdout.write(f"bare SQL       {sql:7.3f} s   {names}: {expected}\n")
    sys.stdout.write(f"whole report   {report:7.3f} s   {names}: {found}\n")
    sys.stdout.write(f"ratio          {report / sql:7.2f}\n")
    return 0 if expected == found else 1


def timed_once(work: Callable[[], Result]) -> tuple[float, Result]:
    """One run, in seconds, and what came out."""
    begin = time.process_time()
    result = work()
    return time.process_time() - begin, result


if __name__ == "__main__":
    sys.exit(main())
