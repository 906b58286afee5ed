"""A spool of the test's own, and a ledger that is never in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger import spool as spools
from goldenpath.adapters.ledger import spooling
from goldenpath.adapters.ledger.spool import Spool
from goldenpath.adapters.ledger.spooling import SpoolingLedger

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.errors import LedgerError


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everybody may write."""
    place = tmp_path / "temporary"
    place.mkdir(mode=0o1777)
    monkeypatch.setattr(spools, "TEMPORARY", (place,))
    monkeypatch.delenv("TMPDIR", raising=False)
    return place


@pytest.fixture
def spool_folder(tmp_path: Path) -> Path:
    """Where the spool is, once something is put into it."""
    return tmp_path / "state" / "spool"


@pytest.fixture
def spool(spool_folder: Path, ledger: Ledger, temporary: Path) -> Spool:
    """The spool of the test's ledger."""
    return Spool(spool_folder, ledger.path)


@pytest.fixture
def told() -> list[LedgerError]:
    """What `spooling_ledger` says to the engineer."""
    return []


@pytest.fixture
def spooling_ledger(
    ledger: Ledger, spool: Spool, told: list[LedgerError], monkeypatch: pytest.MonkeyPatch
) -> SpoolingLedger:
    """The test's ledger as a command has it, which hardly waits."""
    monkeypatch.setattr(spooling, "PATIENCE_S", 0.05)
    return SpoolingLedger(ledger.path, spool, told.append)
