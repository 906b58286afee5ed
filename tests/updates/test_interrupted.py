"""An update that is interrupted: the project is as before or as after, and what a kill cut short is put right."""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.updates.places import Site, made, site

__all__ = ["made", "site"]
ROOT = Path(__file__).parents[2]
KILLS, SEED = int(os.environ.get("HOSTILE_KILLS", "90")) // 10, int(os.environ.get("HOSTILE_SEED", "20260304"))
"""How many runs of each command are killed, a third of them by each signal, at random moments."""
CODES = {signal.SIGINT: {130, 0}, signal.SIGTERM: {143, 0}, signal.SIGKILL: {-9, 0}}
GOAL = {"update": "after", "abort": "before", "continue": "committed"}
START = {"update": "before", "abort": "after", "continue": "after"}


def problems(what: str, row: dict[str, Any]) -> list[str]:
    """What is wrong with what a killed command left."""
    start, goal, is_kill = START[what], GOAL[what], row["signal"] == signal.SIGKILL
    wrong = {
        "exit code": row["code"] not in CODES[signal.Signals(row["signal"])],
        "traceback": "Traceback" in row["said"] + row["next_said"],
        "exit 0, not done": row["code"] == 0 and row["stands"] != goal,
        "half": not is_kill and row["stands"] not in {start, goal},
        "a child": row["others"] != [],
        "a lock": row["lock"],
        "a temporary folder": not is_kill and row["temporary"] != [],
        "the next one": row["next"] not in {0, 5 if what == "update" else 2},
        "the end": row["ends"] != goal,
        "half, and not said": row["stands"] == "else" and what == "update" and "interrupted" not in row["next_said"],
        "ledger": row["events"] != (what == "continue"),
        "left in .git": not set(row["kept"]) <= {"update.json", "update.lock"},
    }
    return [f"{name}: {row}" for name, is_wrong in wrong.items() if is_wrong]


@pytest.mark.slow
@pytest.mark.parametrize("what", GOAL)
def test_what_is_killed_at_any_moment_leaves_the_project_before_or_after(site: Site, what: str) -> None:
    driven = replace(site.machine, variables={"PYTHONPATH": str(ROOT)})
    program = (sys.executable, "-m", "tests.updates.killing")
    ended = driven.run(what, KILLS, SEED, program=program, timeout_s=20 + 20 * KILLS)
    assert ended.code == 0, ended.said
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert len(rows) == KILLS
    assert [each for row in rows for each in problems(what, row)] == [], f"seed {SEED}"
    assert {130, 143, -9} & {row["code"] for row in rows}, "no kill came in time"
