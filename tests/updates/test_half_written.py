"""An update that is interrupted while git writes its files: certain to be hit, by a git that waits there."""

from __future__ import annotations

import os
import shutil
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import write as write_texts
from tests.updates.ground import state_of
from tests.updates.places import UPDATE, Site, clash, lines, made, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.machine import Ended

__all__ = ["made", "site"]
WRAPPER = """\
#!/bin/sh
case " $* " in
  *" --dry-run "*) ;;
  *" {word} "*)
    if [ ! -e '{marker}' ]; then
      touch '{marker}'
      while [ ! -e '{marker}.go' ]; do sleep 0.05; done
      {act}
    fi;;
esac
exec '{git}' "$@"
"""
"""A git that waits, once, before it does what it is asked."""
INTERRUPTED = "was interrupted; the project is as it was before"


class Waiting:
    """A command that has come to where git is to write, and waits there. `act` is what git does instead of going on."""

    def __init__(self, site: Site, word: str, *command: str, act: str = ":") -> None:
        self.marker = site.root.parent / "marker"
        program = site.root.parent / "bin" / "git"
        text = WRAPPER.format(word=word, marker=self.marker, git=shutil.which("git"), act=act)
        write_texts(program.parent, {program.name: text})
        program.chmod(0o755)
        path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
        self.running = site.machine.begin(*command, env=site.machine.environment(PATH=path))
        self._wait()

    def _wait(self) -> None:
        for _ in range(600):
            if self.marker.exists():
                return
            time.sleep(0.05)
        raise AssertionError(self.running.end(0.1).said)

    def go_on(self) -> Ended:
        """Let git do it; how the command ended."""
        self.marker.with_name("marker.go").touch()
        return self.running.end()

    def die(self) -> None:
        """Kill the command and its git, as a machine without power does."""
        self.running.send(signal.SIGKILL)
        self.running.clear_up()
        self.running.end()


def half_write(root: Path) -> None:
    """What git may have written when it is killed: the index comes last."""
    write_texts(root, {"app.txt": lines({10: "new line 10"})[:70], "new.txt": "is new\n", "deep/down/new.txt": ""})
    write_texts(root, {"many/1.txt": "", "many/2.txt": f"file 2\n{lines({10: 'new'})}"})
    (root / "away.txt").unlink()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_who_interrupts_while_it_is_written_waits_until_it_is_whole(
    site: Site, number: signal.Signals, code: int
) -> None:
    before = state_of(site.root)
    waiting = Waiting(site, "read-tree -m -u", *UPDATE)
    waiting.running.send(number)
    time.sleep(0.5)
    ended = waiting.go_on()
    assert (ended.code, waiting.running.family()) == (code, [])
    assert list(site.machine.temporary.iterdir()) == []
    after = state_of(site.root)
    assert site.machine.run(*UPDATE).code == 5
    assert site.machine.run("update", "--abort").code == 0
    assert state_of(site.root) == before
    assert site.machine.run(*UPDATE).code == 0
    assert state_of(site.root) == after


@pytest.mark.parametrize(
    ("next_one", "has_lock"), [(UPDATE, True), (("update", "--abort"), False)], ids=["update-lock", "abort"]
)
def test_what_was_half_written_is_put_right_by_the_next(
    site: Site, next_one: tuple[str, ...], *, has_lock: bool
) -> None:
    before = state_of(site.root)
    waiting = Waiting(site, "read-tree -m -u", *UPDATE)
    half_write(site.root)
    lock = site.root / ".git" / "index.lock"
    if has_lock:
        lock.touch()
    waiting.die()
    if has_lock:
        refused = site.machine.run(*next_one)
        assert refused.code == 5, refused.said
        assert str(lock) in refused.err
        lock.unlink()
    ended = site.machine.run(*next_one)
    assert ended.code == 0, ended.said
    if next_one == UPDATE:
        assert INTERRUPTED in ended.err
        assert state_of(site.root).files["new.txt"].content == b"is new\n"
        assert site.machine.run("update", "--abort").code == 0
    assert state_of(site.root) == before


def test_what_was_written_since_a_kill_is_not_overwritten(site: Site) -> None:
    before = state_of(site.root)
    waiting = Waiting(site, "read-tree -m -u", *UPDATE)
    half_write(site.root)
    waiting.die()
    write_texts(site.root, {"app.txt": "mine\n"})
    (site.root / "many" / "3.txt").unlink()
    for order in (UPDATE, ("update", "--continue"), ("update", "--abort", "--no-input")):
        refused = site.machine.run(*order)
        assert refused.code == (2 if "--abort" in order else 5), refused.said
        assert (site.root / "app.txt").read_text() == "mine\n"
    assert "app.txt" in refused.err
    assert "many" not in refused.err
    assert site.machine.run("update", "--abort", "--yes").code == 0
    assert state_of(site.root) == before


def test_a_git_that_goes_on_when_we_are_killed_is_put_right_too(site: Site) -> None:
    before = state_of(site.root)
    waiting = Waiting(site, "read-tree -m -u", *UPDATE)
    waiting.running.send(signal.SIGKILL)
    waiting.go_on()
    for _ in range(100):
        if not waiting.running.family():
            break
        time.sleep(0.1)
    assert state_of(site.root) != before
    ended = site.machine.run(*UPDATE)
    assert ended.code == 0, ended.said
    assert INTERRUPTED in ended.err
    assert site.machine.run("update", "--abort").code == 0
    assert state_of(site.root) == before


def test_an_abort_that_is_killed_is_gone_on_with(site: Site) -> None:
    clash(site.root)
    mine = state_of(site.root)
    assert site.machine.run(*UPDATE).code == 5
    waiting = Waiting(site, "restore", "update", "--abort")
    waiting.die()
    assert state_of(site.root) != mine
    ended = site.machine.run("update", "--abort")
    assert ended.code == 0, ended.said
    assert state_of(site.root) == mine


def test_a_git_that_is_killed_while_it_writes_leaves_the_project_as_it_was(site: Site) -> None:
    before = state_of(site.root)
    killed = f"touch '{site.root}/.git/index.lock' '{site.root}/new.txt'; echo n > '{site.root}/app.txt'; kill -9 $$"
    ended = Waiting(site, "read-tree -m -u", *UPDATE, act=killed).go_on()
    assert ended.code == 4, ended.said
    assert [line.partition(": ")[0] for line in ended.err.strip().splitlines()][-2:] == ["error", "hint"]
    assert state_of(site.root) == before
    assert site.machine.run(*UPDATE).code == 0
