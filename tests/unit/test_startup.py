"""What a command loads decides how fast it starts: which modules, never how many milliseconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.cli.app import COMMANDS, GROUPS
from goldenpath.cli.boundary import main

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLES = Path(__file__).parent.parent / "samples"
NEVER_AT_START = {"copier", "git", "pydantic"}
HEAVY = NEVER_AT_START | {"jinja2", "markdown_it", "rich", "yaml"}
NOUNS = {f"goldenpath.core.{name}" for name in ("model", "milestones", "pathfile", "progress")} | {"secrets", "tomllib"}
"""The dataclasses of `model.py` alone take as long to make as sqlite3, json and hashlib take to import."""
PROBE = """
import sys
from goldenpath.cli.boundary import main
code = main(sys.argv[1:])
sys.stderr.write("\\nLOADED " + " ".join(sorted(sys.modules)) + f"\\nCODE {code}\\n")
"""


def module(target: str) -> str:
    """The module that an entry of the command table names."""
    return f"goldenpath.cli.{target.partition(':')[0]}"


MODULES = {
    module(target) for table in (COMMANDS, *(below for _, below in GROUPS.values())) for target in table.values()
}


def loaded(*arguments: str, folder: Path) -> set[str]:
    """The modules that a command line loads in a process of its own; it must succeed."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        cwd=folder,
        env=os.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    *_, names, code = done.stderr.strip().splitlines()
    assert code == "CODE 0", done.stderr
    return set(names.removeprefix("LOADED").split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], [], ["record", "first-deploy"], ["ledger", "path"]])
def test_help_version_and_record_load_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    assert loaded(*arguments, folder=tmp_path) & HEAVY == set()


@pytest.mark.parametrize("arguments", [["--help"], ["record", "first-deploy"]])
def test_help_and_record_load_no_noun_that_they_say_nothing_about(arguments: list[str], tmp_path: Path) -> None:
    assert loaded(*arguments, folder=tmp_path) & NOUNS == set()


@pytest.mark.parametrize(
    ("arguments", "own"),
    [
        (["--version"], set()),
        ([], set()),
        (["record", "first-deploy"], {module(COMMANDS["record"])}),
        (["ledger", "path"], {module(GROUPS["ledger"][1]["path"])}),
    ],
)
def test_no_other_command_is_imported_than_the_one_that_is_typed(
    arguments: list[str], own: set[str], tmp_path: Path
) -> None:
    assert loaded(*arguments, folder=tmp_path) & MODULES == own


def test_list_loads_no_copier_no_git_and_no_pydantic(tmp_path: Path) -> None:
    assert loaded("list", folder=tmp_path) & NEVER_AT_START == set()


def test_inside_a_project_record_loads_nothing_heavy_and_status_little(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["start", "backend", "p", "--defaults", "--no-input"]) == 0
    assert loaded("record", "first-deploy", folder=tmp_path / "p") & HEAVY == set()
    not_for_status = NEVER_AT_START | {"jinja2", "rich", "packaging", "goldenpath.adapters.store.keeping"}
    assert loaded("status", folder=tmp_path / "p") & not_for_status == set()


def test_status_loads_no_git_in_a_project_from_a_git_address(
    tmp_path: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(shutil.copytree(SAMPLES / "tiny", tmp_path / "tiny"))
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "One")
    git(folder, "tag", "-a", "-m", "x", "v1.0.0")
    assert main(["start", folder.as_uri(), "p", "--no-input", "--json", "--trust"]) == 0
    assert loaded("status", folder=tmp_path / "p") & NEVER_AT_START == set()


def test_lint_loads_nothing_that_renders_or_asks_git() -> None:
    assert loaded("template", "lint", "./sound", folder=SAMPLES) & NEVER_AT_START == set()
