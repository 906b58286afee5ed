"""What was compiled in a project is not compiled again for its checks."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from goldenpath.adapters.bytecode import inherit, take_over


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


def test_what_was_compiled_in_one_folder_serves_another_with_the_same_files(project: Path, tmp_path: Path) -> None:
    cache, other = tmp_path / "cache", tmp_path / "other"
    shutil.copytree(project, other, copy_function=shutil.copy2, ignore=shutil.ignore_patterns("__pycache__"))
    take_over(project, cache, to=other)
    assert cached(cache, other.resolve()) == ["inner", "outer"]
    before = {file: file.stat().st_ino for file in cache.rglob("*.pyc")}
    assert said(other.resolve(), PYTHONPYCACHEPREFIX=str(cache)) == "1"
    assert {file: file.stat().st_ino for file in before} == before


def test_on_another_disk_it_is_copied_whole(project: Path, tmp_path: Path) -> None:
    elsewhere = Path("/dev/shm")  # noqa: S108 - a disk of its own
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk")
    with tempfile.TemporaryDirectory(dir=elsewhere) as folder:
        cache = Path(folder)
        take_over(project, cache)
        assert cached(cache, project.resolve()) == ["inner", "outer"]
        assert said(project.resolve(), PYTHONPYCACHEPREFIX=str(cache)) == "1"
        assert not list(cache.rglob("*.coming"))


@pytest.fixture
def environments(tmp_path: Path) -> list[Path]:
    """Two with the library `inner`, and a third that has none; it is compiled in the first."""
    made = [tmp_path / name / "lib" / "python3.11" / "site-packages" for name in ("one", "two", "three")]
    for libraries in made:
        (libraries / "inner").mkdir(parents=True)
    (made[0] / "inner" / "inner.py").write_text("VALUE = 1\n")
    shutil.copy2(made[0] / "inner" / "inner.py", made[1] / "inner")
    (made[2] / "inner").rmdir()
    py_compile.compile(str(made[0] / "inner" / "inner.py"))
    return [tmp_path / name for name in ("one", "two", "three")]


def test_an_environment_inherits_what_was_compiled_in_one_with_the_same_libraries(environments: list[Path]) -> None:
    before, after, without = environments
    inherit(before, after)
    inherit(before, without)
    own, theirs = (next(each.rglob("*.pyc")) for each in (after, before))
    assert own.stat().st_ino == theirs.stat().st_ino
    assert not list(without.rglob("__pycache__"))


def test_an_environment_without_one_before_it_is_left_as_it_is(environments: list[Path], tmp_path: Path) -> None:
    inherit(tmp_path / "nowhere", environments[1])
    assert not list(environments[1].rglob("*.pyc"))
