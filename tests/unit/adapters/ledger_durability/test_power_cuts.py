"""What was acknowledged is there after a power cut; with SQLite's defaults, or with WAL and NORMAL, it would not be.

Each life of a ledger is cut several times, in mid-append, at rest and in mid-recovery; after each
cut the files that are left are read, verified and appended to by the real ledger with Python's own SQLite.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core.events import HINT_SHOWN, Draft
from tests.conftest import NOW
from tests.unit.adapters.ledger_durability.power import Disk, Keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from goldenpath.core.events import Event
    from goldenpath.core.model import Json
    from tests.unit.adapters.ledger_durability.simulated import PowerVFS

IN_CI = bool(os.environ.get("CI"))
CUTS, CUTS_PER_LIFE, SEED = 200, 10, 20260302
PRODUCT: Mapping[str, str] = {}
PYTHONS_DEFAULT = {"journal_mode": "DELETE", "synchronous": "FULL"}
WAL_NORMAL = {"journal_mode": "WAL", "synchronous": "NORMAL"}


@dataclass
class Toll:
    """What the cuts cost: acknowledged events that are gone, and in how many cuts; cuts that left a journal to play."""

    events: int = 0
    cuts: int = 0
    recoveries: int = 0


@pytest.fixture
def random(monkeypatch: pytest.MonkeyPatch) -> Random:
    """All chance there is, ids included: a failure comes back when the test is run again."""
    random = Random(SEED)
    monkeypatch.setattr(secrets, "randbits", random.getrandbits)
    monkeypatch.setattr(secrets, "token_hex", lambda size: random.randbytes(size).hex())
    return random


@pytest.fixture
def vfs() -> Iterator[PowerVFS]:
    """SQLite's operating system, with the power switch. Without apsw: a skip on a laptop, a failure in CI."""
    if not IN_CI:
        pytest.importorskip("apsw", reason="apsw is not installed: pip install -e '.[dev]'")
    from tests.unit.adapters.ledger_durability.simulated import PowerVFS

    vfs = PowerVFS()
    yield vfs
    vfs.unregister()


def drafts(random: Random) -> list[Draft]:
    sizes = [random.choice((0, 20, 200, 9000)) for _ in range(random.choice((1, 1, 1, 3)))]
    notes: list[dict[str, Json]] = [
        {"note": "x" * size, "is_last": number == len(sizes)} for number, size in enumerate(sizes, start=1)
    ]
    return [Draft(HINT_SHOWN, "prj-1", NOW, note) for note in notes]


def append_until_the_cut(vfs: PowerVFS, instead: Mapping[str, str], random: Random, *, is_held: bool) -> list[Event]:
    """The events whose append returned before the power went."""
    from tests.unit.adapters.ledger_durability.simulated import SimulatedLedger

    ledger = SimulatedLedger(vfs, instead, is_held=is_held)
    acknowledged: list[Event] = []
    while vfs.disk.survivors is None:
        added = ledger.append(drafts(random))
        if vfs.disk.survivors is None:
            acknowledged += added
    ledger.close()
    return acknowledged


def found_when_the_power_is_back(files: Mapping[str, bytes], folder: Path) -> list[Event]:
    """The events that the real ledger finds, each chain whole and the next append well."""
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / Path(name).name).write_bytes(content)
        (folder / Path(name).name).chmod(0o600)
    ledger = Ledger(folder / "ledger.db")
    events = ledger.events()
    assert audit(ledger).problems == ()
    assert not events or events[-1].data["is_last"], "half of an append"
    added = ledger.append([Draft(HINT_SHOWN, "prj-1", NOW, {})])
    assert ledger.events() == [*events, *added]
    assert audit(ledger).problems == ()
    return events


def newborn(folder: Path) -> dict[str, bytes]:
    """A ledger with its tables and no event: before it is that, the product gives it no name."""
    from tests.unit.adapters.ledger_durability.simulated import NAME

    ledger = Ledger(folder / "ledger.db")
    with ledger.writing():
        return {NAME: ledger.path.read_bytes()}


def toll_of_cuts(
    vfs: PowerVFS, instead: Mapping[str, str], folder: Path, random: Random, *, is_held: bool, cuts: int
) -> Toll:
    """What `cuts` power cuts cost with the product's pragmas, or with some put `instead` of them."""
    toll = Toll()
    files: dict[str, bytes] = {}
    known: list[Event] = []
    for number in range(cuts):
        if number % CUTS_PER_LIFE == 0:
            files, known = newborn(folder / f"{number}-born"), []
        vfs.disk = Disk(files, random.randint(1, 150), random.choice(list(Keep)), random)
        known += append_until_the_cut(vfs, instead, random, is_held=is_held)
        files = vfs.disk.survivors or {}
        found = found_when_the_power_is_back(files, folder / str(number))
        lost = [event for event in known if event not in found]
        toll.events += len(lost)
        toll.cuts += bool(lost)
        toll.recoveries += any(not name.endswith("/ledger.db") and any(content[:8]) for name, content in files.items())
        known = found
    return toll


@pytest.mark.parametrize("is_held", [False, True], ids=["a-connection-per-append", "one-held-connection"])
def test_nothing_acknowledged_is_lost_in_a_power_cut(
    vfs: PowerVFS, random: Random, tmp_path: Path, tell: Callable[[str], None], *, is_held: bool
) -> None:
    toll = toll_of_cuts(vfs, PRODUCT, tmp_path, random, is_held=is_held, cuts=CUTS // 2)
    tell(
        f"the product: {toll.events} acknowledged events lost in {CUTS // 2} cuts, {toll.recoveries} with a hot journal"
    )
    assert (toll.events, toll.cuts) == (0, 0)
    assert toll.recoveries > CUTS // 20, "too few cuts came in mid-append"


@pytest.mark.parametrize(
    ("settings", "is_held"), [(PYTHONS_DEFAULT, False), (WAL_NORMAL, True)], ids=["DELETE-FULL", "WAL-NORMAL"]
)
def test_the_same_cuts_lose_acknowledged_events_with_other_settings(
    settings: Mapping[str, str],
    vfs: PowerVFS,
    random: Random,
    tmp_path: Path,
    tell: Callable[[str], None],
    *,
    is_held: bool,
) -> None:
    toll = toll_of_cuts(vfs, settings, tmp_path, random, is_held=is_held, cuts=CUTS)
    tell(f"{' + '.join(settings.values())}: {toll.events} acknowledged events lost in {toll.cuts} of {CUTS} cuts")
    assert toll.cuts > 0
