"""Every trouble that a ledger can be in, made for real, and mended as the hint says."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.schema import VERSION
from goldenpath.core.events import HINT_SHOWN, Draft
from tests.conftest import NOW
from tests.trouble.circumstances import can_refuse_locks

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    from tests.trouble.engineer import Engineer

    Mend = Callable[[str], None]
    """Mends it, given the hint."""

IN_CI = bool(os.environ.get("CI"))
ROOM_BYTES = 100_000
HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"BEGIN {sys.argv[2]}")
print("held", flush=True)
sys.stdin.read()
"""
FILL = r"""
set -e
mkdir -p "$2/forge"
cp -p "$1/ledger.sqlite3" "$2/"
mount --bind "$1/forge" "$2/forge"
mount -t tmpfs -o size=240k,mode=700 none "$1"
cp -p "$2/ledger.sqlite3" "$1/"
mkdir "$1/forge"
mount --bind "$2/forge" "$1/forge"
cat /dev/zero >"$1/filler" 2>/dev/null || echo held
read -r line
cmp -s "$1/ledger.sqlite3" "$2/ledger.sqlite3" && echo unchanged
rm "$1/filler"
echo mended
read -r line
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A trouble: how it is made, what is said of it, and what is said to do.

    While it lasts the file's events `can` be read, or not; when it is mended they are `lost`, or not.
    """

    name: str
    make: Callable[[Engineer, ExitStack], Mend]
    says: str
    hint: str
    can_read: bool = True
    is_lost: bool = False


def by_the_hint(engineer: Engineer) -> Mend:
    """Type what stands after the hint's last colon; FOLDER is one on another disk."""

    def mend(hint: str) -> None:
        command = hint.rpartition(": ")[2].replace("FOLDER", f"'{engineer.root}/elsewhere'")
        subprocess.run(["sh", "-c", command], check=True)

    return mend


def _held(stack: ExitStack, *command: str) -> subprocess.Popen[str]:
    """A process that makes the trouble, says `held` when it is there, and ends when nobody speaks to it any more."""
    process = stack.enter_context(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
    assert _heard(process) == "held"
    return process


def _heard(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().rstrip("\n")


def locked(kind: str) -> Callable[[Engineer, ExitStack], Mend]:
    """By another process, who holds it until it is told to end."""

    def make(engineer: Engineer, stack: ExitStack) -> Mend:
        process = _held(stack, sys.executable, "-c", HOLD, str(engineer.ledger), kind)

        def wait_for_its_end(_: str) -> None:
            process.communicate()

        return wait_for_its_end

    return make


def with_mode(mode: int, *, of_folder: bool = False) -> Callable[[Engineer, ExitStack], Mend]:
    """Modes count for the commands, also when the tests are root's."""

    def make(engineer: Engineer, _: ExitStack) -> Mend:
        (engineer.ledger.parent if of_folder else engineer.ledger).chmod(mode)
        return by_the_hint(engineer)

    return make


def cut_to(size: Callable[[int], int]) -> Callable[[Engineer, ExitStack], Mend]:
    """Truncated."""

    def make(engineer: Engineer, _: ExitStack) -> Mend:
        os.truncate(engineer.ledger, size(engineer.ledger.stat().st_size))
        return by_the_hint(engineer)

    return make


def not_a_database(engineer: Engineer, _: ExitStack) -> Mend:
    """Some text has its name."""
    engineer.ledger.write_text("Dear diary,\n" * 1000)
    return by_the_hint(engineer)


def a_folder(engineer: Engineer, _: ExitStack) -> Mend:
    """A folder has its name."""
    engineer.ledger.unlink()
    engineer.ledger.mkdir(mode=0o700)
    return by_the_hint(engineer)


def newer(engineer: Engineer, _: ExitStack) -> Mend:
    """Written by a goldenpath that knows more; mended by becoming that one."""
    with closing(sqlite3.connect(engineer.ledger)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")

    def update(_: str) -> None:
        engineer.around = replace(engineer.around, format=VERSION + 1)

    return update


def a_link(engineer: Engineer, _: ExitStack) -> Mend:
    """The file is elsewhere."""
    engineer.ledger.rename(engineer.root / "home" / "my ledger.sqlite3")
    engineer.ledger.symlink_to("../../my ledger.sqlite3")
    return by_the_hint(engineer)


def a_dangling_link(engineer: Engineer, _: ExitStack) -> Mend:
    """The file was elsewhere."""
    engineer.ledger.unlink()
    engineer.ledger.symlink_to(engineer.root / "gone")
    return by_the_hint(engineer)


def network_home(engineer: Engineer, _: ExitStack) -> Mend:
    """A disk on which no file can be locked."""
    if not can_refuse_locks():
        (pytest.fail if IN_CI else pytest.skip)("no seccomp here: a disk without locks can't be had")
    engineer.around = replace(engineer.around, has_locks=False)
    put_elsewhere = by_the_hint(engineer)

    def mend(hint: str) -> None:
        put_elsewhere(hint)
        assert engineer.ledger.resolve().parent == engineer.root / "elsewhere"
        engineer.around = replace(engineer.around, has_locks=True)

    return mend


def full_disk(engineer: Engineer, stack: ExitStack) -> Mend:
    """The ledger is on a disk of its own, which is full; the forge is not."""
    unshare = ["unshare", "--map-root-user", "--mount"]
    mount = [*unshare, "mount", "-t", "tmpfs", "none", "/mnt"]
    if not shutil.which("unshare") or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here; `file-cannot-grow` is the other way to run out of room")
    data, stash = str(engineer.settings.data), str(engineer.root / "stash")
    process = _held(stack, *unshare, "sh", "-c", FILL, "sh", data, stash)
    engineer.around = replace(engineer.around, disks_of=process.pid)

    def free_some_space(_: str) -> None:
        assert process.stdin
        process.stdin.write("free some\n")
        process.stdin.flush()
        assert [_heard(process), _heard(process)] == ["unchanged", "mended"]

    return free_some_space


def file_cannot_grow(engineer: Engineer, _: ExitStack) -> Mend:
    """A limit on the size of files, which the ledger has passed long ago and no other file comes near."""
    from goldenpath.adapters.ledger.book import Ledger

    Ledger(engineer.ledger).append([Draft(HINT_SHOWN, "prj-old", NOW, {"note": "x" * 300})] * 500)
    engineer.around = replace(engineer.around, room_bytes=ROOM_BYTES)

    def lift(_: str) -> None:
        engineer.around = replace(engineer.around, room_bytes=0)

    return lift


_RIGHTS, _AWAY = "give yourself the rights: chmod", "move it away: mv"
TROUBLES = (
    Trouble("locked", locked("IMMEDIATE"), "is locked", "wait for that one to end"),
    Trouble("locked-for-readers-too", locked("EXCLUSIVE"), "is locked", "wait for that one to end", can_read=False),
    Trouble("read-only-file", with_mode(0o400), "readonly", f"{_RIGHTS} 600"),
    Trouble("file-without-rights", with_mode(0), "unable to open", f"{_RIGHTS} 600", can_read=False),
    Trouble("read-only-folder", with_mode(0o500, of_folder=True), "readonly", f"{_RIGHTS} u+rwx"),
    Trouble("full-disk", full_disk, "disk is full", "free some space"),
    Trouble("file-cannot-grow", file_cannot_grow, "disk I/O error", "goldenpath doctor"),
    Trouble("not-a-database", not_a_database, "not a database", _AWAY, can_read=False, is_lost=True),
    Trouble("a-folder", a_folder, "is no file", _AWAY, can_read=False, is_lost=True),
    Trouble("cut-in-half", cut_to(lambda size: size // 2), "malformed", _AWAY, can_read=False, is_lost=True),
    Trouble("cut-to-a-page", cut_to(lambda _: 4096), "malformed", _AWAY, can_read=False, is_lost=True),
    Trouble("cut-to-nothing", cut_to(lambda _: 0), "is empty", "begin anew: rm", can_read=False, is_lost=True),
    Trouble("newer", newer, f"has format {VERSION + 1}", "update goldenpath", can_read=False),
    *(
        Trouble(f"mode-{mode:o}", with_mode(mode), rf"open to others \(mode {mode:o}\)", "close it: chmod 600")
        for mode in (0o644, 0o660, 0o666)
    ),
    Trouble("link", a_link, "is a link to", "put the file itself there: mv"),
    Trouble("dangling-link", a_dangling_link, "nothing is there", "begin anew: rm", can_read=False, is_lost=True),
    Trouble("network-home", network_home, "can't be locked", "is it on a network disk", can_read=False),
)
