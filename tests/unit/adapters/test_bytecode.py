"""What was compiled in a project is not compiled again for its checks."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.bytecode import take_over

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project in which two modules were imported, and so compiled."""
    root = tmp_path / "project"
    (root / "package").mkdir(parents=True)
    (root / "package" / "inner.py").write_text("VALUE = 1\n")
    (root / "outer.py").write_text("from package.inner import VALUE\nprint(VALUE)\n")
    assert said(root) == "1"
    return root


def said(root: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    command = [sys.executable, "-c", "import outer"]
    ran = subprocess.run(command, cwd=root, env=kept | environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


def cached(cache: Path, root: Path) -> list[str]:
    return sorted(file.name.split(".")[0] for file in (cache / root.relative_to("/")).rglob("*.pyc"))


def test_python_finds_in_the_cache_what_was_compiled_in_the_project(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    take_over(project, cache)
    assert cached(cache, project.resolve()) == ["inner", "outer"]
    before = {file: file.stat().st_ino for file in cache.rglob("*.pyc")}
    assert said(project.resolve(), PYTHONPYCACHEPREFIX=str(cache)) == "1"
    assert {file: file.stat().st_ino for file in before} == before


def test_what_changed_since_is_compiled_again_and_the_projects_own_stays(project: Path, tmp_path: Path) -> None:
    cache, own = tmp_path / "cache", next(project.rglob("inner.*.pyc"))
    take_over(project, cache)
    before = own.read_bytes()
    (project / "package" / "inner.py").write_text("VALUE = 22\n")
    assert said(project.resolve(), PYTHONPYCACHEPREFIX=str(cache)) == "22"
    assert own.read_bytes() == before


def test_a_folder_that_the_cache_knows_is_left_alone(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    known = cache / project.resolve().relative_to("/") / "other.pyc"
    known.parent.mkdir(parents=True)
    known.write_bytes(b"")
    take_over(project, cache)
    assert cached(cache, project.resolve()) == ["inner", "other"]


def test_a_cache_that_nobody_can_write_is_no_trouble(project: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.write_text("a file")
    take_over(project, cache)
    assert cache.read_text() == "a file"
