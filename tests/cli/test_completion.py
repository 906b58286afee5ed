"""What the shell completes, asked as bash, zsh and fish ask."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

PROGRAM = [sys.executable, "-c", "from goldenpath.cli.boundary import run; run()"]


def complete(shell: str, line: str) -> str:
    """What `shell` is told for a line whose last word is not finished."""
    words = line.split(" ")
    environment = {
        **os.environ,
        "_GOLDENPATH_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    return subprocess.run(PROGRAM, env=environment, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("goldenpath sta", "status"),
        ("goldenpath start back", "backend"),
        ("goldenpath goto share", "share-it"),
        ("goldenpath check say", "say-hello"),
        ("goldenpath record first-d", "first-deploy"),
        ("goldenpath pr me", "merge"),
        ("goldenpath prod dep", "deploy"),
        ("goldenpath prod dns pl", "plan"),
    ],
)
def test_a_word_that_was_begun_is_completed(project: Path, shell: str, line: str, word: str) -> None:
    assert word in complete(shell, line)


def test_steps_are_completed_only_inside_a_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert "share-it" not in complete("bash", "goldenpath goto sh")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("goldenpath start ti", "tiny"),
        ("goldenpath show mine/", "mine/tiny"),
        ("goldenpath template lint ti", "tiny"),
        ("goldenpath catalog remove mi", "mine"),
        ("goldenpath catalog fetch mi", "mine"),
    ],
)
def test_names_of_catalogs_and_of_what_they_hold_are_completed(cli: Cli, tiny: Path, line: str, word: str) -> None:
    assert cli("catalog", "add", tiny.parent.parent, "--name", "mine").code == 0
    assert word in complete("bash", line)


def test_a_damaged_list_of_catalogs_leaves_the_names_of_bundled_paths(settings: Settings) -> None:
    settings.config.mkdir(parents=True)
    (settings.config / "catalogs.json").write_text("damaged")
    assert "backend" in complete("bash", "goldenpath start back")
