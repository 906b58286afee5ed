"""Whatever the order in which exports come, in however many pieces: the same events, and the same said of them."""

from __future__ import annotations

import random
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.starts_and_merges import starts_and_merges
from goldenpath.adapters.ledger.taking import forks
from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.core.milestones import reached
from goldenpath.core.progress import fold
from goldenpath.flows.tell_statistics import tell_statistics
from tests.conftest import NOW
from tests.merging import CI, changed, exported, take_in

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from goldenpath.core.model import Json

STEPS, PROJECTS = ("one", "two", "three"), ("prj-1", "prj-2")
ENGINEERS = tuple(f"eng-{number}" for number in range(1, 9))
TYPES = (
    *(ev.STEP_COMPLETED, ev.STEP_CHECKED, ev.STEP_SKIPPED, ev.STEP_REOPENED, ev.STEP_CHOSEN, ev.HINT_SHOWN),
    *(ev.PATH_STARTED, ev.REPOSITORY_CREATED, ev.CHANGE_CREATED, ev.MILESTONE_RECORDED, ev.PATH_COMPLETED),
    *(ev.CHANGE_MERGED,) * 9,
)


def draft(chance: Random) -> Draft:
    """Something that happened, often at the very moment of something else; merges have moments of their own."""
    facts: dict[str, Json] = {
        "project": chance.choice(PROJECTS),
        "engineer": chance.choice(ENGINEERS),
        "step": chance.choice(STEPS),
        "number": chance.randrange(40),
        "learned": chance.choice(["verified", "forge", "history", "said"]),
        "tutorial": chance.random() < 0.2,
    }
    if chance.random() < 0.3:
        facts["milestone"] = chance.choice(["started", "first-change", "first-deploy", "first-alert"])
    kind = chance.choice(TYPES)
    ago = timedelta(hours=chance.randrange(30), milliseconds=chance.randrange(10**6) * (kind == ev.CHANGE_MERGED))
    return Draft.about(kind, NOW - ago, facts)


def world(chance: Random, folder: Path) -> list[Ledger]:
    """Ledgers that wrote, were copied, and heard of each other or not."""
    ledgers = [Ledger(folder / f"{name}" / "ledger.sqlite3") for name in range(2)]
    for turn in range(24):
        one, another = chance.sample(ledgers, 2)
        one.append([draft(chance) for _ in range(chance.randint(1, 4))])
        if turn % 5 == 2:
            ledgers.append(Ledger(shutil.copytree(one.path.parent, folder / f"copy-{turn}") / one.path.name))
        if turn % 7 == 6:
            take_in(another, exported(one))
    return ledgers


def in_pieces(chance: Random, lines: list[bytes]) -> list[list[bytes]]:
    """The lines in any order in several files, some of them twice."""
    shuffled = chance.sample(lines, len(lines)) + chance.sample(lines, len(lines) // 5)
    cuts = sorted(chance.sample(range(len(shuffled)), chance.randint(0, 6)))
    return [shuffled[start:end] for start, end in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]


def said_of(ledger: Ledger) -> dict[str, object]:
    """Everything that commands make of a ledger."""
    milestones = {one: reached(ledger.events_of(one), one) for one in ENGINEERS}
    return {
        "lines": sorted(exported(ledger)),
        "progress": [fold(STEPS, ledger.events(project)) for project in PROJECTS],
        "milestones": milestones,
        "statistics": [tell_statistics(starts_and_merges(ledger), NOW, with_tutorial=some) for some in (True, False)],
        "forks": forks(ledger),
        "problems": audit(ledger).problems,
    }


@pytest.mark.parametrize("seed", range(5))
def test_the_same_lines_in_any_order_make_the_same_ledger(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    ledgers = world(chance, tmp_path)
    take_in(ledgers[0], [changed(b"{}", **{**CI, "id": str(number)}) for number in range(5)])
    lines = sorted({line for ledger in ledgers for line in exported(ledger)})
    merged = [Ledger(tmp_path / f"merged-{number}" / "ledger.sqlite3") for number in range(3)]
    merged.append(chance.choice(ledgers))
    for ledger in merged:
        assert take_in(ledger, *in_pieces(chance, lines)).refused == ()
    first = said_of(merged[0])
    assert first["lines"] == lines
    assert first["forks"]
    assert first["statistics"]
    for ledger in merged[1:]:
        assert said_of(ledger) == first


SAID = {"engineer": "eng-1", "milestone": "first-deploy", "learned": "said", "url": "https://example.org/"}
MERGED = {"engineer": "eng-1", "number": 1, "project": "prj-"}


@pytest.mark.parametrize(
    ("kind", "facts", "differing"),
    [
        (ev.MILESTONE_RECORDED, SAID, "url"),
        (ev.CHANGE_MERGED, MERGED, "project"),
    ],
)
def test_of_two_claims_of_one_moment_the_same_is_told_in_any_order(
    kind: str, facts: dict[str, Json], differing: str, tmp_path: Path
) -> None:
    one, another = (Ledger(tmp_path / name / "ledger.sqlite3") for name in ("one", "another"))
    for end in ("1", "2"):
        one.append([Draft.about(kind, NOW, {**facts, differing: f"{facts[differing]}{end}"})])
    take_in(another, exported(one)[::-1])
    assert reached(another.events_of("eng-1"), "eng-1") == reached(one.events_of("eng-1"), "eng-1")
