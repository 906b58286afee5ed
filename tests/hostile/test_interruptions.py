"""A start that is interrupted at any moment: a whole project or none, and no child process left."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sqlite3
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.hostile.machine import QUIET, Machine, write
from tests.hostile.tables import ANSWERS, PLAIN, STUBBORN_PATH

if TYPE_CHECKING:
    from tests.hostile.machine import Running

ROOT = Path(__file__).parents[2]
KILLS, SEEDS = int(os.environ.get("HOSTILE_KILLS", "50")), (20260302, 20260303)
"""How many starts each seed kills. One takes half a second, most of which goes into loading Copier."""
COPIERS = ("copier._vcs", "goldenpath-copier-")
OURS = re.compile(r'boundary\.py", line \d+, in main')
CODES = {signal.SIGINT: {130, 0}, signal.SIGTERM: {143, 0}, signal.SIGKILL: {-9, 0}}
WORDS = {130: "error: interrupted before it was done", 143: "error: terminated before it was done"}


@pytest.fixture
def template(machine: Machine) -> Path:
    return write(machine.home.parent / "template", PLAIN)


def wait_for(running: Running, words: str) -> None:
    """Wait until the command has a child whose command line ends with these words."""
    for _ in range(300):
        if any(line.endswith(words) for line in running.family()):
            return
        time.sleep(0.05)
    raise AssertionError(f"{words} never ran")


def problems(rows: list[dict[str, Any]]) -> list[str]:
    """What is wrong with what each killed start left."""
    found: list[str] = []
    before = {"events": 1, "staging": 0}
    for row in rows:
        is_there = row["files"] == [".goldenpath.toml", "a.txt"] and row["commit"]
        wrong = {
            "exit code": row["code"] not in CODES[signal.Signals(row["signal"])],
            "words": WORDS.get(row["code"], "") not in row["said"] or "Traceback" in row["said"],
            "half a project": not is_there and bool(row["files"]),
            "exit 0 without a project": row["code"] == 0 and not is_there,
            "ledger": row["events"] != before["events"] + is_there,
            "staging": row["signal"] != signal.SIGKILL and row["staging"] > before["staging"],
        }
        found += [f"{name}: {row}" for name, is_wrong in wrong.items() if is_wrong]
        before = row
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_a_start_killed_at_any_moment_leaves_a_whole_project_or_none(
    machine: Machine, template: Path, seed: int
) -> None:
    driven = replace(machine, variables={"PYTHONPATH": str(ROOT)})
    program = (sys.executable, "-m", "tests.hostile.killing")
    ended = driven.run(template, KILLS, seed, program=program, timeout_s=240)
    assert ended.code == 0, ended.said
    rows = [json.loads(line) for line in ended.out.splitlines()]
    assert len(rows) == KILLS
    assert problems(rows) == []
    endings = {(row["signal"], row["code"]) for row in rows}
    assert {(2, 130), (15, 143), (9, -9)} <= endings
    assert any(row["staging"] for row in rows), "no kill came in mid-render"
    assert machine.run("start", template, "last", *QUIET).code == 0
    assert [file.name for file in machine.folder.iterdir()] == ["last"]
    assert machine.run("ledger", "verify").code == 0


def test_what_is_killed_between_the_project_and_the_ledger_is_told_by_the_next_command(
    machine: Machine, template: Path
) -> None:
    assert machine.run("start", template, "first", *QUIET).code == 0
    ledger = machine.state / "data" / "ledger.sqlite3"
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as busy:
        busy.execute("BEGIN EXCLUSIVE")
        running = machine.begin("start", template, "p", *QUIET)
        while not (machine.folder / "p").exists():
            time.sleep(0.05)
        running.send_all(signal.SIGKILL)
        running.end()
        busy.execute("ROLLBACK")
    told = machine.run("ledger", "log")
    assert "1 event is in the ledger now that waited in the spool" in told.err
    assert told.out.count("repository") == 2


def render_slowly(machine: Machine) -> Running:
    """A start that is in mid-render for a while."""
    files = {**PLAIN, "copier.yml": "_subdirectory: template\n_tasks: [sleep 47.3]\n"}
    running = machine.begin("start", write(machine.home.parent / "slow", files), "slow", *QUIET, "--trust")
    wait_for(running, "sleep 47.3")
    return running


def killed_while_rendering(machine: Machine) -> None:
    """A start that was killed in mid-render; nobody can clear up after it but the next one."""
    running = render_slowly(machine)
    running.send_all(signal.SIGKILL)
    running.clear_up()
    running.end()


def test_a_start_that_is_killed_alone_leaves_no_child(machine: Machine) -> None:
    running = render_slowly(machine)
    running.send(signal.SIGKILL)
    running.process.wait(10)
    time.sleep(2)
    left = running.family()
    running.clear_up()
    running.end()
    assert left == []


def test_what_a_killed_start_staged_is_cleared_by_the_next(machine: Machine, template: Path) -> None:
    killed_while_rendering(machine)
    assert [file.name for file in machine.folder.iterdir()] != []
    assert machine.run("start", template, "p", *QUIET).code == 0
    assert [file.name for file in machine.folder.iterdir()] == ["p"]


def test_what_a_killed_start_left_in_the_temporary_folder_is_cleared_too(machine: Machine, template: Path) -> None:
    killed_while_rendering(machine)
    assert machine.run("start", template, "p", *QUIET).code == 0
    assert list(machine.temporary.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)])
@pytest.mark.parametrize("task", ["sleep 47.1", "sleep 47.1; true"])
def test_an_interrupted_task_leaves_no_child(machine: Machine, number: signal.Signals, code: int, task: str) -> None:
    files = {**PLAIN, "copier.yml": f"_subdirectory: template\n_tasks: ['{task}']\n"}
    running = machine.begin("start", write(machine.home.parent / "template", files), "p", *QUIET, "--trust")
    wait_for(running, "sleep 47.1")
    running.send(number)
    try:
        ended = running.end(20)
        assert ended.code == code
        assert WORDS[code] in ended.err
        assert [file for file in machine.left() if not file.startswith(COPIERS)] == []
        assert running.family() == []
    finally:
        running.clear_up()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_render_leaves_no_temporary_folder(machine: Machine, number: signal.Signals) -> None:
    running = render_slowly(machine)
    running.send(number)
    running.end(20)
    assert list(machine.temporary.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_fetch_leaves_no_child(machine: Machine, number: signal.Signals) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        running = machine.begin("start", f"git://127.0.0.1:{silent.getsockname()[1]}/x.git", "p", *QUIET)
        connection, _ = silent.accept()
        running.send(number)
        try:
            ended = running.end(20)
            assert ended.code in {130, 143}
            assert running.family() == []
        finally:
            running.clear_up()
            connection.close()


def test_a_server_that_never_answers_is_given_up(machine: Machine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"git://127.0.0.1:{silent.getsockname()[1]}/x.git"
        ended = machine.run("start", address, "p", *QUIET, timeout_s=8, variables={"GOLDENPATH_FETCH_SECONDS": "2"})
    assert ended.code == 3
    assert machine.left() == []


IGNORES = "import signal, time\nfor each in (2, 15):\n    signal.signal(each, signal.SIG_IGN)\n"
STUBBORN = f"{IGNORES}open('ready', 'w')\ntime.sleep(47.2)\n"


def test_a_second_ctrl_c_is_immediate_and_leaves_no_child(machine: Machine, template: Path) -> None:
    write(template, {"path.md": STUBBORN_PATH, **ANSWERS})
    assert machine.run("start", template, "p", *QUIET, "--trust").code == 0
    project = replace(machine, folder=machine.folder / "p")
    write(project.folder, {"stubborn.py": STUBBORN})
    running = project.begin("check")
    wait_for(running, "stubborn.py")
    while not (project.folder / "ready").exists():
        time.sleep(0.05)
    running.send(signal.SIGINT)
    time.sleep(0.5)
    begun = time.monotonic()
    running.send(signal.SIGINT)
    try:
        ended = running.end(20)
        assert ended.code == 130
        assert "Traceback" not in ended.said
        assert time.monotonic() - begun < 1
        assert running.family() == []
    finally:
        running.clear_up()


def test_an_early_ctrl_c_is_no_traceback(machine: Machine) -> None:
    begun = machine.run("list").seconds
    said = []
    for number in range(1, 25):
        running = machine.begin("list")
        time.sleep(begun * number / 25)
        running.send(signal.SIGINT)
        ended = running.end(20)
        said += [ended.err] if OURS.search(ended.err) else []
    assert said == []


def test_two_starts_at_once_to_one_place_make_one_project(machine: Machine, template: Path) -> None:
    running = [machine.begin("start", template, "p", *QUIET) for _ in range(3)]
    codes = sorted(each.end().code or 0 for each in running)
    assert codes == [0, 5, 5]
    assert [name for name in machine.left() if name.startswith("p")] == [
        "p",
        *[name for name in machine.left() if name.startswith("p-")],
    ]
    assert len(machine.events()) == 1
    assert len(list((machine.state / "data" / "forge").iterdir())) == 1
