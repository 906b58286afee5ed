"""A project at the first of a template's versions, on a machine of its own that has them all, wherever it may lie."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.settings import prepare_environment
from goldenpath.cli.boundary import main
from tests.hostile.machine import Machine, new_machine
from tests.hostile.machine import write as write_texts
from tests.updates.ground import commit, git

if TYPE_CHECKING:
    from collections.abc import Mapping

FIRST, NEXT, ASKING, PICKY = "1.0.0", "2.0.0", "3.0.0", "4.0.0"
"""The next one changes files of every kind, asks one question more and has a step more. The asking one has a question
without a default; the picky one does not take an answer that the first one took."""
UPDATE = ("update", "--to", NEXT, "--no-input")
STARTED = ("--defaults", "--no-input", "--trust", "--forge=none", "-d", "who=Ada")
MANY = 40
"""How many files the next version changes beside, so that writing them takes a while."""
BINARY = b"\x00\x01\x02"


def lines(changed: Mapping[int, str] | None = None) -> str:
    """Twenty numbered lines, these of them changed."""
    return "".join(f"{(changed or {}).get(number, f'line {number}')}\n" for number in range(1, 21))


def _step(name: str) -> str:
    check = f"- file: {name}.done\n  fail: Write `{name}.done`."
    return (
        f"## Do {name}\n\n```goldenpath-step\nid: do-{name}\nminutes: 1\n```\n\nDo it.\n\n"
        f"```goldenpath-check\n{check}\n```\n\n```goldenpath-hint\n- Touch it.\n```\n"
    )


def _path(version: str, *steps: str) -> str:
    head = f"""---
goldenpath: 1
id: small
title: Small path
summary: A path that grows.
version: {version}
owner: test-squad
support: "#small"
audience: Tests.
minutes: {len(steps)}
teaches: [testing]
checks:
  - [test, -f, app.txt]
---

# Small path

"""
    return head + "\n".join(_step(step) for step in steps)


SETTINGS = "_subdirectory: template\n_templates_suffix: .jinja\nwho:\n  type: str\n  default: Grace\n"
COLOUR = "colour:\n  type: str\n  choices: [red, blue]\n  default: red\n"
PORT = "port:\n  type: int\n  help: Which port?\n"
CHOICES = SETTINGS.replace("default:", "choices: [Grace, Linus]\n  default:")
ANSWERS_TEMPLATE = "template/{{ _copier_conf.answers_file }}.jinja"
OLD: dict[str, str | bytes] = {
    "copier.yml": SETTINGS,
    "path.md": _path(FIRST, "one", "two"),
    ANSWERS_TEMPLATE: "{{ _copier_answers|to_nice_yaml }}",
    "template/app.txt": lines(),
    "template/away.txt": "goes away\n",
    "template/logo.bin": BINARY + b"first",
    **{f"template/many/{number}.txt": f"file {number}\n{lines()}" for number in range(MANY)},
}
NEW: dict[str, str | bytes] = {
    "copier.yml": SETTINGS + COLOUR,
    "path.md": _path(NEXT, "one", "two", "three"),
    "template/app.txt": lines({10: "new line 10"}),
    "template/logo.bin": BINARY + b"second",
    "template/new.txt": "is new\n",
    "template/large.txt": "a line of many that are the same\n" * 10_000,
    "template/deep/down/new.txt": "is new, too\n",
    **{f"template/many/{number}.txt": f"file {number}\n{lines({10: 'new'})}" for number in range(MANY)},
}


@dataclass(frozen=True)
class Site:
    """A project on a machine. `source` is its template's repository, which every site shares."""

    machine: Machine
    root: Path
    source: Path

    def at(self, root: Path) -> Site:
        """The same with the project elsewhere."""
        return replace(self, root=root, machine=replace(self.machine, folder=root))

    @property
    def git_folder(self) -> Path:
        """The git folder of the project."""
        return Path(git(self.root, "rev-parse", "--absolute-git-dir").rstrip("\n"))


def clash(root: Path) -> None:
    """Commit edits of three kinds that are in conflict with the next version."""
    write_texts(root, {"app.txt": lines({10: "mine"}), "logo.bin": BINARY + b"mine", "away.txt": "goes away, but\n"})
    commit(root)


def _release(source: Path, version: str, files: Mapping[str, str | bytes]) -> None:
    write_texts(source, files)
    commit(source, version)
    git(source, "tag", f"v{version}")


def _make(folder: Path, patch: pytest.MonkeyPatch) -> Site:
    machine, source = new_machine(folder), folder / "small"
    patch.setenv("HOME", str(machine.home))
    patch.setenv("GOLDENPATH_HOME", str(machine.state))
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    prepare_environment()
    patch.chdir(machine.folder)
    git(folder, "init", "--quiet", "--initial-branch=main", str(source))
    _release(source, FIRST, OLD)
    assert main(["start", f"file://{source}", "p", *STARTED]) == 0
    (source / "template" / "away.txt").unlink()
    _release(source, NEXT, NEW)
    _release(source, ASKING, {"copier.yml": SETTINGS + COLOUR + PORT, "path.md": _path(ASKING, "one")})
    _release(source, PICKY, {"copier.yml": CHOICES, "path.md": _path(PICKY, "one")})
    root = machine.folder / "p"
    shutil.copytree(root, machine.folder / "warm" / "p", symlinks=True)
    patch.chdir(machine.folder / "warm" / "p")
    assert main([*UPDATE, "--trust"]) == 0
    shutil.rmtree(machine.folder / "warm")
    return Site(machine, root, source)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site that the others are copies of."""
    before = Path.cwd()
    with pytest.MonkeyPatch.context() as patch:
        made = _make(tmp_path_factory.mktemp("site"), patch)
    os.chdir(before)
    return made


@pytest.fixture
def site(made: Site, tmp_path: Path) -> Site:
    """A site of the test's own; commands in this process don't know of it."""
    (tmp_path / "machine").mkdir()
    machine = new_machine(tmp_path / "machine")
    shutil.copytree(made.machine.state, machine.state, symlinks=True)
    root = Path(shutil.copytree(made.root, machine.folder / "p", symlinks=True))
    git(root, "update-index", "-q", "--refresh")
    return Site(replace(machine, folder=root), root, made.source)


@pytest.fixture
def here(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The same, for commands in this process: they are on that machine, in the project."""
    monkeypatch.setenv("HOME", str(site.machine.home))
    monkeypatch.setenv("GOLDENPATH_HOME", str(site.machine.state))
    monkeypatch.chdir(site.root)
    return site
