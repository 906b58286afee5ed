"""Whatever a template changes and whatever an engineer wrote: every line of theirs is there after an update."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, event, example, given, settings

from goldenpath.adapters.settings import prepare_environment
from tests.updates.changes import (
    FIRST,
    OPERATIONS,
    Operation,
    as_files,
    changed,
    gone_though_changed,
    keep_apart,
    news_of,
    side_of,
    together,
)
from tests.updates.ground import ANSWERS, IDENTITY, commit, files_of, git, lay_ground, state_of, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Cli
    from tests.updates.changes import Texts
    from tests.updates.ground import Files, Ground

EXAMPLES = int(os.environ.get("UPDATE_EXAMPLES", "60"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES == 60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Bench:
    """A template to which a version can be added, and a project at its first one."""

    ground: Ground
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def release(self, texts: Texts) -> str:
        """A version of the template with these files."""
        source, version = self.ground.project.parent / "tpl", f"3.{next(self.numbers)}.0"
        answers = {name: file for name, file in files_of(source / "template").items() if name.startswith("{{")}
        shutil.rmtree(source / "template")
        write(source / "template", {**answers, **as_files(texts)})
        commit(source, version)
        git(source, "tag", f"v{version}")
        return version

    def project(self, texts: Texts) -> Path:
        """A project whose engineer has made these files of the first ones."""
        root = self.ground.project.parent / "work" / "mine"
        shutil.rmtree(root, ignore_errors=True)
        self.ground.copy(root)
        for name in FIRST:
            (root / name).unlink()
        write(root, as_files(texts))
        commit(root)
        return root


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """The bench, made once."""
    folder = tmp_path_factory.mktemp("bench")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        (folder / ".gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n")
        prepare_environment()
        return Bench(lay_ground(folder, as_files(FIRST), {"touch": lambda root: write(root, as_files(FIRST))}, patch))


@pytest.fixture
def bench(laid: Bench, home: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The bench; what was rendered for one example is there for the next."""
    monkeypatch.setenv("GOLDENPATH_HOME", str(laid.ground.home))
    return laid


def _lines(files: Files) -> set[str]:
    return {line.decode() for file in files.values() for line in file.content.splitlines()}


def _own(files: Files) -> Files:
    return {name: file for name, file in files.items() if name not in {ANSWERS, IDENTITY}}


@FUZZ
@given(OPERATIONS, OPERATIONS)
@example([Operation("rename", 0, 0, 0)], [Operation("replace", 0, 4)])
@example([Operation("delete", 0)], [Operation("replace", 0, 4)])
@example([Operation("replace", 0, 4)], [Operation("delete", 0)])
@example([Operation("rename", 0, 0, 0)], [Operation("rename", 0, 0, 6), Operation("replace", 0, 4)])
@example([Operation("rename", 5, 0, 5)], [Operation("replace", 5, 4)])
def test_no_line_of_the_engineers_is_lost(
    bench: Bench, cli: Cli, monkeypatch: pytest.MonkeyPatch, theirs: list[Operation], ours: list[Operation]
) -> None:
    new, mine = changed(theirs, "new"), changed(ours, "mine")
    version, root = bench.release(new), bench.project(mine)
    monkeypatch.chdir(root)
    before = state_of(root)
    result = cli("update", "--to", version, "--trust", "--no-input", "--json")
    assert result.code in {0, 5}, result.err
    report, after = result.data, files_of(root)
    conflicts = {each["path"] for each in report["conflicts"]}
    event(f"in conflict: {min(len(conflicts), 3)}")
    assert (result.code == 5) == bool(conflicts)
    assert {line for line in _lines(before.files) if line.startswith("mine")} <= _lines(after)
    assert news_of(mine, new) <= _lines(after), "what the template brings is there, but for files that were deleted"
    assert gone_though_changed(mine, new) <= {*report["deleted"], *conflicts}
    if keep_apart(side_of(mine), side_of(new)):
        event("apart")
        assert not conflicts
        assert _own(after) == as_files(together(mine, new))
    assert cli("update", "--abort").code == 0
    assert state_of(root) == before
    os.chdir("/")
