"""The power goes while an older file is migrated: it is the old one or the new one, with every event it had."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from tests.unit.adapters.ledger_durability.power import Disk, Keep
from tests.unit.adapters.ledger_durability.test_power_cuts import random, vfs
from tests.unit.adapters.test_migrations import FROZEN, draft, version

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from tests.unit.adapters.ledger_durability.simulated import PowerVFS

__all__ = ["random", "vfs"]
CUTS, LAST_OPERATION = 80, 60


def left(files: Mapping[str, bytes], folder: Path) -> Ledger:
    """The ledger as it is found when the power is back."""
    folder.mkdir()
    for name, content in files.items():
        (folder / Path(name).name).write_bytes(content)
        (folder / Path(name).name).chmod(0o600)
    return Ledger(folder / "ledger.db")


def test_a_power_cut_in_a_migration_loses_nothing(
    vfs: PowerVFS,
    random: Random,
    tmp_path: Path,
    tell: Callable[[str], None],
) -> None:
    from tests.unit.adapters.ledger_durability.simulated import NAME, SimulatedLedger

    for old in FROZEN:
        content, versions = old.read_bytes(), list[int]()
        before = left({NAME: content}, tmp_path / f"{old.stem}-before").events()
        for number in range(CUTS):
            disk = Disk({NAME: content}, random.randint(1, LAST_OPERATION), random.choice(list(Keep)), random)
            vfs.disk = disk
            SimulatedLedger(vfs, {}, is_held=False).append([draft()])
            ledger = left(disk.survivors or disk.cut(), tmp_path / f"{old.stem}-{number}")
            events = ledger.events()
            versions.append(version(ledger))
            assert events[: len(before)] == before
            assert len(events) - len(before) in ({0, 1} if disk.survivors else {1})
            assert ledger.append([draft()]) == ledger.events()[len(events) :]
            assert audit(ledger).problems == ()
        tell(
            f"{CUTS} cuts: format {', '.join(f'{each} after {versions.count(each)}' for each in sorted(set(versions)))}"
        )
        assert len(set(versions)) > 1, "every cut came before the migration, or after it"
