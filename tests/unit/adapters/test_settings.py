"""Where state lives, and what child processes inherit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.settings import child_environment, prepare_environment, read_settings, scripts_folder

if TYPE_CHECKING:
    from pathlib import Path


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
