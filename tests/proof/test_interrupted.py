"""A proof that is ended in the middle: nothing of it goes on, and no folder is left."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.proof.family import HAS_PROCESSES, MARK, gone, wait_for
from tests.proof.seeds import COPIER, HELLO, RENDER, SHARE, Seed, plant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.machine import Machine, Running

pytestmark = pytest.mark.skipif(not HAS_PROCESSES, reason="this system has no /proc to find processes in")

AT_WORK = Seed(
    ((f"{HELLO}/run.sh", "", "setsid sleep 97 &\nsleep 98\n"), (f"{HELLO}/waived.yml", "", "run.sh: It waits.\n"))
)
"""Its solution is at work for a while, and has begun something that goes its own way."""
WORDS = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated"), signal.SIGHUP: (143, "terminated")}
PROOF = "goldenpath-proof-"


def proofs(machine: Machine) -> list[str]:
    return [file.name for file in machine.temporary.iterdir() if file.name.startswith(PROOF)]


def walk(machine: Machine, template: Path) -> Running:
    """Two walks at once, both in the middle of a solution."""
    options = ("--answers", "defaults", "--answers", "loud", "-j", "2", "--trust")
    running = machine.begin("template", "test", template, *options)
    wait_for(machine.variables[MARK], "sleep 97", "sleep 98", count=2)
    return running


@pytest.fixture
def machine(machine: Machine) -> Iterator[Machine]:
    """A machine all of whose processes have a mark; none is left after the test."""
    mark = str(machine.home.parent)
    yield replace(machine, variables={MARK: mark})
    assert gone(mark, 0) == {}


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return plant(AT_WORK, tmp_path / "at-work")


@pytest.mark.parametrize("deadly", WORDS)
def test_an_interrupted_proof_leaves_nothing(machine: Machine, template: Path, deadly: signal.Signals) -> None:
    running = walk(machine, template)
    assert proofs(machine)
    running.send(deadly)
    ended = running.end()
    code, word = WORDS[deadly]
    assert (ended.code, f"error: {word} before it was done" in ended.err) == (code, True), ended.said
    assert "Traceback" not in ended.err
    assert gone(machine.variables[MARK], 1) == {}
    assert list(machine.temporary.iterdir()) == []


def test_ctrl_c_at_a_terminal_which_all_get_leaves_nothing(machine: Machine, template: Path) -> None:
    running = walk(machine, template)
    running.send_all(signal.SIGINT)
    ended = running.end()
    assert (ended.code, "Traceback" in ended.err) == (130, False), ended.said
    assert gone(machine.variables[MARK], 1) == {}
    assert list(machine.temporary.iterdir()) == []


def test_ctrl_c_while_renders_go_on_leaves_nothing(machine: Machine, tmp_path: Path) -> None:
    slow = Seed(((COPIER, "_envops", "_envops"), ("template/slow.txt.jinja", "", SLOW)))
    running = machine.begin("template", "test", plant(slow, tmp_path / "slow"), *RENDER)
    time.sleep(3)
    assert proofs(machine)
    running.send(signal.SIGINT)
    ended = running.end()
    assert (ended.code, "Traceback" in ended.err) == (130, False), ended.said
    assert gone(machine.variables[MARK], 1) == {}
    assert list(machine.temporary.iterdir()) == []


SLOW = "{% for a in range(99999) %}{% for b in range(99999) %}{% if a < 0 %}x{% endif %}{% endfor %}{% endfor %}\n"


def test_nothing_of_a_killed_proof_goes_on(machine: Machine, template: Path) -> None:
    running = walk(machine, template)
    running.send(signal.SIGKILL)
    assert running.end().code == -signal.SIGKILL
    assert gone(machine.variables[MARK], 3) == {}


def test_what_has_no_network_ends_with_whoever_began_it_however_that_ended(machine: Machine) -> None:
    script = "import os; from goldenpath.adapters.apart import Offline; Offline(); os.kill(os.getpid(), 9)"
    running = machine.begin(
        program=(sys.executable, "-c", script), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    assert running.end().code == -signal.SIGKILL
    assert gone(machine.variables[MARK], 2) == {}


@pytest.mark.slow
def test_two_proofs_of_one_template_at_once_are_both_right(machine: Machine, tmp_path: Path) -> None:
    template = plant(Seed(()), tmp_path / "sound")
    both = [machine.begin("template", "test", template, "--answers", "loud", "--trust") for _ in range(2)]
    assert [each.end(120).code for each in both] == [0, 0]
    assert list(machine.temporary.iterdir()) == []


def test_what_a_solution_left_running_ends_with_its_case(machine: Machine, tmp_path: Path) -> None:
    script = "setsid sleep 96 >/dev/null 2>&1 &\nsleep 2\n"
    template = plant(Seed(((f"{SHARE}/run.sh", "", script),)), tmp_path / "leaves")
    running = machine.begin("template", "test", template, "--answers", "defaults", "--trust")
    wait_for(machine.variables[MARK], "sleep 96")
    assert running.end().code == 0
    assert gone(machine.variables[MARK], 1) == {}
