"""The spool and real processes: killed while they take it in, several at once, a burst that the ledger can't take."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.spool import Spool
from goldenpath.adapters.ledger.spooling import take_in
from goldenpath.core.events import HINT_SHOWN, Draft
from goldenpath.core.identifiers import event_id
from tests.conftest import NOW
from tests.unit.adapters.ledger_durability.test_kills import has_hot_journal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.adapters.ledger.book import Ledger

ROOT = Path(__file__).parents[3]
KILLS, HITS, FILES, SEED = 20, 3, 60, 20260302


class Process:
    """One that is told when to begin."""

    def __init__(self, ledger: Ledger, folder: Path, name: str, count: int = 0) -> None:
        command = [
            sys.executable,
            "-m",
            f"{__package__}.spool_process",
            str(ledger.path),
            str(folder),
            name,
            str(count),
        ]
        self._popen = subprocess.Popen(
            command, cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def wait_until_ready(self) -> None:
        assert self._popen.stdout
        assert self._popen.stdout.readline() == "ready\n"

    def go(self) -> None:
        assert self._popen.stdin
        self._popen.stdin.write("go\n")
        self._popen.stdin.flush()

    def kill(self) -> None:
        self._popen.kill()

    def finish(self) -> tuple[int, str]:
        """Its exit code, and what it said at last."""
        said, _ = self._popen.communicate(timeout=120)
        return self._popen.returncode, said.strip()


def fill(spool: Spool, first: int, files: int) -> list[str]:
    """Files of one to three events; the ids."""
    idents: list[str] = []
    for number in range(first, first + files):
        drafts = [Draft(HINT_SHOWN, "prj-1", NOW, {"number": number}, event_id(NOW)) for _ in range(1 + number % 3)]
        spool.put(drafts)
        idents += [draft.id for draft in drafts]
    return idents


def ids(ledger: Ledger) -> list[str]:
    return [event.id for event in ledger.events()]


def waiting_ids(spool: Spool) -> list[str]:
    return [draft.id for each in spool.waiting() for draft in each.drafts]


def run_at_once(crowd: Sequence[Process]) -> list[str]:
    """What they said at last; all ended well."""
    for process in crowd:
        process.wait_until_ready()
    for process in crowd:
        process.go()
    endings = [process.finish() for process in crowd]
    assert {code for code, _ in endings} == {0}
    return [said for _, said in endings]


def killed_while_taking_in(ledger: Ledger, spool: Spool, folder: Path, after_s: float) -> str:
    """At which moment the process was killed; nothing that waited is lost then, or there twice."""
    before, put = ids(ledger), waiting_ids(spool)
    process = Process(ledger, folder, "take-in")
    process.wait_until_ready()
    process.go()
    time.sleep(after_s)
    process.kill()
    _, said = process.finish()
    is_hot = has_hot_journal(ledger)
    there, waiting = ids(ledger), waiting_ids(spool)
    assert len(there) == len(set(there)), "an event is there twice"
    assert {*there, *waiting} == {*before, *put}, "an event is lost"
    if said:
        assert (said, waiting) == (f"took {len(there) - len(before)}", [])
        return "too late"
    if len(there) > len(before):
        return "between the ledger and the spool"
    return "in the transaction" if is_hot else "too early"


def hits(moments: Counter[str]) -> int:
    return moments["between the ledger and the spool"] + moments["in the transaction"]


def test_who_is_killed_while_taking_in_loses_nothing_and_doubles_nothing(ledger: Ledger, tmp_path: Path) -> None:
    random, spool = Random(SEED), Spool(tmp_path / "spool", ledger.path)
    put: list[str] = []
    moments: Counter[str] = Counter()
    longest_s = 0.05
    while moments.total() < KILLS or (hits(moments) < HITS and moments.total() < 25 * KILLS):
        put += fill(spool, moments.total() * FILES, FILES - len(spool.waiting()))
        moment = killed_while_taking_in(ledger, spool, tmp_path / "spool", random.uniform(0, longest_s))
        longest_s *= {"too late": 0.8, "too early": 1.2}.get(moment, 1)
        moments[moment] += 1
    take_in(ledger, spool)
    assert sorted(ids(ledger)) == sorted(put)
    assert (spool.waiting(), audit(ledger).problems) == ([], ())
    assert hits(moments) >= HITS, moments


def test_of_several_who_take_in_at_once_each_event_is_taken_in_by_one(ledger: Ledger, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", ledger.path)
    for number in range(3):
        put = fill(spool, number * 100, 100)
        before = len(ids(ledger))
        said = run_at_once([Process(ledger, tmp_path / "spool", "take-in") for _ in range(4)])
        assert sum(int(each.split()[1]) for each in said) == len(put)
        assert sorted(ids(ledger)[before:]) == sorted(put)
        assert spool.waiting() == []
    assert audit(ledger).is_sound


def test_a_burst_of_impatient_commands_loses_nothing_and_doubles_nothing(ledger: Ledger, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool", ledger.path)
    said = run_at_once([Process(ledger, tmp_path / "spool", f"process-{number}", 50) for number in range(8)])
    assert sum(int(each.split()[1]) for each in said) > 0, "nobody had to wait: the ledger took it all"
    take_in(ledger, spool)
    found = Counter((event.data["who"], event.data["number"]) for event in ledger.events())
    assert found == Counter((f"process-{number}", each) for number in range(8) for each in range(50))
    assert (spool.waiting(), audit(ledger).problems) == ([], ())
