"""An import that is killed, and imports and appends at once: batches are whole, and nothing is lost."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.flows.export_ledger import write_export
from goldenpath.flows.import_ledger import AT_ONCE
from tests.conftest import NOW
from tests.unit.adapters.ledger_durability.processes import Appender

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
MANY = 4 * AT_ONCE


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of two chains, twenty thousand events together."""
    file = tmp_path_factory.mktemp("export") / "all.jsonl"
    text = ""
    for count in (AT_ONCE // 2, MANY - AT_ONCE // 2):
        ledger = Ledger(file.parent / f"of-{count}" / "ledger.sqlite3")
        ledger.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {"hint": number}) for number in range(count)])
        write_export(ledger, file)
        text += file.read_text()
    file.write_text(text)
    return file


@pytest.fixture(scope="module")
def part(export: Path) -> Path:
    """Its first two batches."""
    lines = export.read_text().splitlines(keepends=True)
    file = export.with_name("part.jsonl")
    file.write_text("".join(lines[: 2 * AT_ONCE]))
    return file


class Importer:
    """A process that imports a file."""

    def __init__(self, file: Path) -> None:
        command = [sys.executable, "-m", "goldenpath", "ledger", "import", str(file)]
        self._process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, text=True)

    def kill(self) -> int:
        """kill -9; how it ended."""
        self._process.kill()
        return self.finish()[0]

    def finish(self) -> tuple[int, int]:
        """How it ended, and how many events it said were new."""
        out, _ = self._process.communicate(timeout=100)
        return self._process.returncode, int(out.split()[1]) if out else 0

    @property
    def is_at_work(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None


def count(ledger: Path) -> int:
    """How many events are in the file; none when there is none, or when it is being written to."""
    with (
        contextlib.suppress(sqlite3.Error),
        contextlib.closing(sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True, timeout=0)) as connection,
    ):
        return int(connection.execute("SELECT count(*) FROM events").fetchone()[0])
    return 0


def kill_after(importer: Importer, ledger: Path, batches: int) -> bool:
    """Kill it while it writes the batch after so many; whether it was killed at all."""
    while count(ledger) < batches * AT_ONCE and importer.is_at_work:
        time.sleep(0.002)
    journal = ledger.with_name(f"{ledger.name}-journal")
    while not journal.exists() and importer.is_at_work:
        time.sleep(0.0005)
    return importer.kill() == -9


def test_an_import_that_is_killed_leaves_whole_batches_and_is_completed(ledger: Ledger, export: Path) -> None:
    counts = [0]
    for batches in (0, 1, 2):
        if kill_after(Importer(export), ledger.path, batches):
            counts.append(len(ledger.events()))
            assert counts[-1] % AT_ONCE == 0
            assert audit(ledger).is_sound
    assert counts == sorted(counts)
    assert AT_ONCE <= counts[-1] < MANY
    assert Importer(export).finish() == (0, MANY - counts[-1])
    assert (len(ledger.events()), audit(ledger).problems) == (MANY, ())


def test_two_imports_at_once_take_in_everything_once(ledger: Ledger, part: Path) -> None:
    both = Importer(part), Importer(part)
    (one, first), (another, second) = (importer.finish() for importer in both)
    assert (one, another, first + second) == (0, 0, 2 * AT_ONCE)
    assert (len(ledger.events()), audit(ledger).problems) == (2 * AT_ONCE, ())


@pytest.fixture
def appenders(ledger: Ledger) -> Iterator[list[Appender]]:
    """Two processes that are about to append."""
    ready = [Appender(ledger.path, name, 60) for name in ("a", "b")]
    for appender in ready:
        appender.wait_until_ready()
    yield ready
    for appender in ready:
        appender.kill()


def test_who_appends_during_an_import_loses_nothing(ledger: Ledger, part: Path, appenders: list[Appender]) -> None:
    importer = Importer(part)
    for appender in appenders:
        appender.go()
    said = [appender.finish() for appender in appenders]
    assert importer.finish() == (0, 2 * AT_ONCE)
    hashes = {event.hash for event in ledger.events()}
    assert [code for code, _ in said] == [0, 0]
    assert [each.hash for _, written in said for each in written if each.hash not in hashes] == []
    assert len(hashes) == 2 * AT_ONCE + sum(len(written) for _, written in said) == 2 * AT_ONCE + 120
    assert audit(ledger).is_sound
