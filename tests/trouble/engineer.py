"""An engineer with a home, a project of the tiny path and a ledger, who types commands; and a day's worth of them."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import Settings
from tests.trouble.children import ROOT, Children, Ended
from tests.trouble.circumstances import Circumstances

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

TINY = ROOT / "tests" / "samples" / "tiny"
QUIET = ("--defaults", "--no-input", "--trust")
FOREIGN = '{"specversion":"1.0","id":"ci-1","source":"https://ci.example.org","type":"t","time":"2026-01-05T00:00:00Z"}'


class Engineer:
    """Calling it runs a command in the project: `engineer("hint", "--json")`."""

    def __init__(self, root: Path, children: Children) -> None:
        self.root = root
        self.project = root / "work" / "proj"
        self.around = Circumstances()
        self._children = children
        self._saved = root.with_name("saved")
        state = root / "home" / "goldenpath"
        self.settings = Settings(state / "data", state / "cache", state / "config", state / "state")

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.settings.ledger

    def __call__(self, *arguments: object, folder: Path | None = None) -> Ended:
        return self._children.run(list(map(str, arguments)), folder or self.project, self.environment(), self.around)

    def environment(self) -> dict[str, str]:
        """What the commands inherit."""
        kept = {name: os.environ[name] for name in ("PATH", "UV_CACHE_DIR") if name in os.environ}
        home = self.root / "home"
        own = {"HOME": home, "GOLDENPATH_HOME": home / "goldenpath", "TMPDIR": self.root / "tmp"}
        return {**kept, **{name: str(value) for name, value in own.items()}, "GIT_CONFIG_NOSYSTEM": "1"}

    def git(self, *arguments: str) -> None:
        """Git, as the engineer uses it."""
        subprocess.run(["git", *arguments], cwd=self.project, env=self.environment(), check=True, capture_output=True)

    def save(self) -> None:
        """Copy everything that there is."""
        shutil.copytree(self.root, self._saved, symlinks=True)

    def restore(self) -> None:
        """Put everything back as it was when it was saved."""
        subprocess.run(["chmod", "-R", "u+rwX", str(self.root)], check=True)
        shutil.rmtree(self.root)
        shutil.copytree(self._saved, self.root, symlinks=True)
        self.around = Circumstances()

    def waiting(self) -> set[Path]:
        """The files in the spool, wherever it is."""
        return {*self.settings.spool.glob("*.json"), *(self.root / "tmp").glob("goldenpath-*/spool-*/*.json")}

    def log(self) -> list[dict[str, object]]:
        """What `ledger log` shows."""
        ended = self("ledger", "log", "--json")
        assert ended.code == 0, ended.err
        events: list[dict[str, object]] = ended.data
        return events


def set_up(root: Path, children: Children) -> Engineer:
    """An engineer who started a project, and did nothing in it yet."""
    engineer = Engineer(root, children)
    for name in ("home", "tmp", "work"):
        (root / name).mkdir(parents=True)
    (root / "home" / ".gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n")
    (root / "home" / "foreign.jsonl").write_text(FOREIGN + "\n")
    ended = engineer("start", TINY, "proj", *QUIET, folder=root / "work")
    assert ended.code == 0, ended.err
    return engineer


@dataclass(frozen=True, slots=True)
class Turn:
    """A command, what is done before it, its exit code, and the events that it is about."""

    name: str
    arguments: Sequence[object]
    code: int
    events: tuple[str, ...]
    before: Callable[[Engineer], None] = lambda _: None


def _say_hello(engineer: Engineer) -> None:
    (engineer.project / "hello.txt").write_text("hello red\n")


def _take_it_back(engineer: Engineer) -> None:
    (engineer.project / "hello.txt").unlink()


def _push_a_branch(engineer: Engineer) -> None:
    engineer.git("switch", "-q", "-c", "hello")
    engineer.git("add", "-A")
    engineer.git("commit", "-q", "-m", "Say hello")
    engineer.git("push", "-q", "-u", "origin", "hello")


DAY = (
    Turn("hint", ["hint"], 0, ("hint.shown",)),
    Turn("check, failing", ["check"], 1, ("step.checked",)),
    Turn("check, passing", ["check"], 0, ("step.completed",), _say_hello),
    Turn("check --all, failing", ["check", "--all"], 1, ("step.reopened",), _take_it_back),
    Turn("check --all, passing", ["check", "--all"], 0, ("step.completed",), _say_hello),
    Turn("goto", ["goto", "share-it"], 0, ("step.chosen",)),
    Turn("skip", ["skip"], 0, ("step.skipped",)),
    Turn("solution", ["solution", "say-hello", "--yes"], 0, ("solution.shown",)),
    Turn("solution --apply", ["solution", "say-hello", "--apply", "--yes"], 0, ("solution.applied",)),
    Turn("pr open", ["pr", "open"], 0, ("change.created",), _push_a_branch),
    Turn("pr merge", ["pr", "merge"], 0, ("change.merged",)),
    Turn("start", ["start", TINY, "../second", "--forge", "none", *QUIET], 0, ("path.started", "repository.created")),
)
"""Every command of an engineer that writes into the ledger."""
EVENTS_OF_A_DAY = tuple(kind for turn in DAY for kind in turn.events)
