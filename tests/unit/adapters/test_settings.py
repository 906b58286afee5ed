"""Where state lives, and what child processes inherit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

import goldenpath
from goldenpath.adapters.settings import (
    child_environment,
    forget_pythonpath,
    prepare_environment,
    read_settings,
    scripts_folder,
    trouble_with_home,
)
from goldenpath.core.errors import MachineError


def test_one_variable_moves_all_state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GOLDENPATH_HOME", str(tmp_path / "gp"))
    found = read_settings()
    for folder in (found.data, found.cache, found.config, found.state, found.ledger, found.forge, found.store):
        assert folder.is_relative_to(tmp_path / "gp")
    assert not (tmp_path / "gp").exists()


@pytest.mark.parametrize("value", ["~/gp", "gp"])
def test_the_folder_is_absolute(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDENPATH_HOME", value)
    assert read_settings().data.is_absolute()
    assert "~" not in str(read_settings().data)


def test_without_it_nothing_lies_in_the_home_itself(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.delenv("GOLDENPATH_HOME")
    found = read_settings()
    for folder in (found.data, found.cache, found.config, found.state):
        assert home in folder.parents
        assert folder.parent != home


@pytest.mark.parametrize(
    ("name", "stays"),
    [
        ("GIT_DIR", False),
        ("GIT_WORK_TREE", False),
        ("GIT_INDEX_FILE", False),
        ("GIT_CONFIG_COUNT", False),
        ("GIT_EXEC_PATH", False),
        ("GIT_AUTHOR_NAME", True),
        ("GIT_SSH_COMMAND", True),
        ("GITHUB_ACTIONS", True),
    ],
)
def test_what_would_lead_git_astray_is_dropped(*, name: str, stays: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "1")
    prepare_environment()
    assert (name in os.environ) is stays
    assert os.environ["GIT_TERMINAL_PROMPT"] == "0"


def test_our_scripts_come_last_on_the_path() -> None:
    assert child_environment()["PATH"].split(os.pathsep)[-1] == str(scripts_folder())
    assert child_environment(A="b")["A"] == "b"
    assert "A" not in os.environ


def test_a_home_that_nobody_has_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDENPATH_HOME", "~nobody-there/x")
    with pytest.raises(MachineError, match="GOLDENPATH_HOME is '~nobody-there/x'"):
        read_settings()


@pytest.mark.parametrize(
    ("home", "name", "is_its_fault"),
    [
        ("/dev/null/x", "/dev/null/x/data", True),
        ("/dev/null/x", "/elsewhere", False),
        ("/dev/null/x", None, False),
        ("/", "/data", False),
    ],
)
def test_a_home_that_can_be_no_folder_is_named(
    *, home: str, name: str | None, is_its_fault: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOLDENPATH_HOME", home)
    trouble = trouble_with_home(NotADirectoryError(20, "Not a directory", name))
    assert (trouble is not None) is is_its_fault
    assert trouble is None or home in trouble.message


def test_nothing_is_imported_from_the_pythonpath_but_ourselves(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    own = str(Path(goldenpath.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path / "a"), "b", own, ""]))
    others = ["/usr/lib/python", str(tmp_path.parent)]
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "b"), own, str(tmp_path), *others])
    forget_pythonpath()
    assert sys.path == [own, *others]
