"""A machine in an odd state: destinations that are taken, limits, full disks, and streams that lead nowhere."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import PROGRAM, QUIET, Machine, write
from tests.hostile.tables import PLAIN, check_two_lines, expected

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from _pytest.mark import ParameterSet


@pytest.fixture
def template(machine: Machine) -> Path:
    return write(machine.home.parent / "template", PLAIN)


@dataclass(frozen=True, slots=True)
class Place:
    """A destination, what is there, and how a start into it ends. `lacking` is why it does not yet."""

    destination: str
    code: int
    words: str
    prepare: Callable[[Path], object] = lambda folder: folder
    lacking: str = ""


def repository(folder: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(folder / "r")], check=True)


PLACES = (
    Place("p", 5, "is there already", lambda folder: (folder / "p").write_text("mine")),
    Place("p", 5, "is there already", lambda folder: write(folder / "p", {"a": "mine"})),
    Place("p", 5, "is there already", lambda folder: (folder / "p").symlink_to("nowhere")),
    Place("p", 5, "is there already", lambda folder: (folder / "p").symlink_to("p")),
    Place("p", 5, "is there already", lambda folder: (folder / "p").symlink_to(folder.parent / "tmp")),
    Place("p", 5, "is there already", lambda folder: os.mkfifo(folder / "p")),
    Place("f/p", 4, "can't write beside", lambda folder: (folder / "f").write_text("mine")),
    Place("f/p", 4, "can't write beside", lambda folder: (folder / "f").symlink_to("nowhere")),
    Place("f/p", 4, "can't write beside", lambda folder: (folder / "f").symlink_to("f")),
    Place("/", 5, "is there already"),
    Place("~", 5, "is there already"),
    Place("", 5, "the folder that you are in"),
    Place("/dev/null", 5, "is there already"),
    Place("/dev/null/p", 4, "can't write beside"),
    Place("/proc/p", 4, "can't write beside"),
    Place("x" * 300, 4, "too long"),
    Place("/".join(["y" * 200] * 25), 4, "too long"),
    Place(".git", 5, ".git"),
    Place("r/.git/p", 5, ".git", repository),
    Place("../template/p", 5, "template"),
)


def places() -> list[ParameterSet]:
    return [
        pytest.param(place, id=f"{number}-{place.destination[:12]}", marks=expected(place.lacking))
        for number, place in enumerate(PLACES)
    ]


@pytest.mark.parametrize("place", places())
def test_a_destination_that_can_not_be_is_refused_and_left_as_it_is(
    machine: Machine, template: Path, place: Place
) -> None:
    place.prepare(machine.folder)
    before = sorted(machine.home.parent.rglob("*"))
    ended = machine.run("start", template, place.destination, *QUIET)
    assert ended.code == place.code, ended.said
    assert place.words in ended.err
    check_two_lines(ended)
    after = [file for file in machine.home.parent.rglob("*") if machine.state not in (file, *file.parents)]
    assert sorted(after) == before
    assert machine.events() == []


def test_inside_another_repository_the_project_is_whole_and_says_so(machine: Machine, template: Path) -> None:
    repository(machine.folder)
    ended = machine.run("start", template, "r/p", *QUIET)
    assert ended.code == 0
    assert "inside the repository" in ended.err
    assert (machine.folder / "r" / "p" / ".git" / "refs" / "heads" / "main").is_file()


BROKEN = {**PLAIN, "template/a.txt.jinja": "{{ who.is.nobody }}"}


def test_a_start_that_fails_leaves_an_empty_destination_as_it_was(machine: Machine) -> None:
    (machine.folder / "p").mkdir()
    assert machine.run("start", write(machine.home.parent / "template", BROKEN), "p", *QUIET).code == 3
    assert [file.name for file in machine.folder.rglob("*")] == ["p"]


def test_a_start_that_fails_leaves_no_folder_above_its_destination(machine: Machine) -> None:
    assert machine.run("start", write(machine.home.parent / "template", BROKEN), "a/b/c", *QUIET).code == 3
    assert list(machine.folder.iterdir()) == []


def whole_or_not_at_all(machine: Machine) -> None:
    """A project has every file, a clean repository and one event; or there is nothing of it."""
    project = machine.folder / "p"
    if not project.exists():
        assert [file.name for file in machine.folder.iterdir()] == []
        assert machine.events() == []
        return
    status = subprocess.run(["git", "-C", str(project), "status", "--porcelain"], check=True, capture_output=True)
    assert status.stdout == b""
    assert (project / "a.txt").read_text() == "hello world\n"
    assert len(machine.events()) == 1, "a project without an event"


@pytest.mark.parametrize("kilobytes", [1, 4, 8, 16, 48, 512])
def test_with_a_limit_on_files_a_project_is_whole_or_not_there(
    machine: Machine, template: Path, kilobytes: int
) -> None:
    blocks = kilobytes * 1024 // block_size(machine)
    ended = machine.run("start", template, "p", *QUIET, limits=f"ulimit -f {blocks};")
    assert ended.code in {0, 3, 4, 7}, ended.said
    assert kilobytes < 512 or ended.code == 0
    whole_or_not_at_all(machine)
    assert (ended.code == 0) == (machine.folder / "p").exists()


def block_size(machine: Machine) -> int:
    """What one block of `ulimit -f` is in the shell that sets it: 512 bytes or 1024."""
    script = "ulimit -f 1; trap '' XFSZ; head -c 4096 /dev/zero > block"
    subprocess.run(["sh", "-c", script], check=False, cwd=machine.temporary, capture_output=True)
    size = (machine.temporary / "block").stat().st_size
    (machine.temporary / "block").unlink()
    return size


NEW_SPACE = ["unshare", "--map-root-user", "--mount"]
CAN_MOUNT = (
    subprocess.run([*NEW_SPACE, "mount", "-t", "tmpfs", "x", "/mnt"], check=False, capture_output=True).returncode == 0
)


@pytest.mark.skipif(not CAN_MOUNT, reason="unshare can't mount a disk of its own on this machine")
@pytest.mark.parametrize("where", ["work", "home", "tmp"])
@pytest.mark.parametrize("size_kb", [64, 256, 512, 1024])
def test_on_a_full_disk_a_project_is_whole_or_not_there(
    machine: Machine, template: Path, where: str, size_kb: int
) -> None:
    disk = machine.home.parent / where
    script = (
        f'cp -a "{disk}" "{disk}.old"; mount -t tmpfs -o size={size_kb}k x "{disk}"; cp -a "{disk}.old/." "{disk}"; '
        f'cd "{machine.folder}"; "$@"; code=$?; rm -rf "{disk}.old"; cp -a "{disk}" "{disk}.old"; exit $code'
    )
    ended = machine.run("start", template, "p", *QUIET, program=(*NEW_SPACE, "sh", "-c", script, "sh", *PROGRAM))
    disk.rename(disk.with_suffix(".empty"))
    disk.with_suffix(".old").rename(disk)
    assert ended.code in {0, 3, 4, 7}, ended.said
    assert "bug of goldenpath" not in ended.said
    whole_or_not_at_all(machine)
    assert (ended.code == 0) == (machine.folder / "p").exists()


@pytest.mark.skipif(not CAN_MOUNT, reason="unshare can't mount a disk of its own on this machine")
@pytest.mark.parametrize(("where", "code"), [("work", 4), ("home", 4)])
def test_on_a_disk_that_can_only_be_read_nothing_is_made(
    machine: Machine, template: Path, where: str, code: int
) -> None:
    disk = machine.home.parent / where
    script = f'mount --bind "{disk}" "{disk}"; mount -o remount,bind,ro "{disk}"; cd "{machine.folder}"; exec "$@"'
    ended = machine.run("start", template, "p", *QUIET, program=(*NEW_SPACE, "sh", "-c", script, "sh", *PROGRAM))
    assert ended.code == code, ended.said
    check_two_lines(ended)
    assert machine.left() == []


def test_a_ledger_that_is_held_does_not_make_half_a_start(machine: Machine, template: Path) -> None:
    assert machine.run("record", "first-commit").code in {0, 2}
    ledger = machine.state / "data" / "ledger.sqlite3"
    connection = sqlite3.connect(ledger, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    ended = machine.run("start", template, "p", *QUIET, timeout_s=90)
    connection.close()
    assert ended.code in {0, 7}
    assert (ended.code == 0) == (machine.folder / "p").exists()


@pytest.mark.parametrize("deadly", [signal.SIGINT, signal.SIGKILL])
def test_a_start_that_waits_for_the_ledger_makes_no_project_without_an_event(
    machine: Machine, template: Path, deadly: signal.Signals
) -> None:
    assert machine.run("start", template, "first", *QUIET).code == 0
    ledger = sqlite3.connect(machine.state / "data" / "ledger.sqlite3", isolation_level=None)
    ledger.execute("BEGIN IMMEDIATE")
    running = machine.begin("start", template, "p", *QUIET)
    time.sleep(4)
    running.send(deadly)
    running.end(3)
    ledger.close()
    running.clear_up()
    machine.run("status", cwd=machine.folder / "first")
    assert len(machine.events()) == len(list(machine.folder.glob("[!.]*")))
