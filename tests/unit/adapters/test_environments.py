"""Environments that projects share: the same lock, one at a time, and exactly what it says."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.environments import kept_caches, shared_environment
from goldenpath.adapters.settings import scripts_folder

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """\
[project]
name = "{name}"
version = "{version}"
requires-python = ">=3.11"
dependencies = [{needs}]
"""


def project(folder: Path, name: str, *, version: str = "1", needs: str = "") -> Path:
    """A project that uv can lock without the network when it needs nothing."""
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT.format(name=name, version=version, needs=needs), encoding="utf-8")
    return folder


@pytest.fixture
def caches(tmp_path: Path) -> Path:
    return tmp_path / "caches"


def test_projects_that_differ_in_name_and_version_share_one(tmp_path: Path, caches: Path) -> None:
    with shared_environment(project(tmp_path / "a", "zebra"), caches) as one:
        pass
    with shared_environment(project(tmp_path / "b", "ant", version="2"), caches) as two:
        assert (tmp_path / "b" / ".venv" / "pyvenv.cfg").is_file()
    assert one == two != {}


def test_two_at_once_get_one_each(tmp_path: Path, caches: Path) -> None:
    with (
        shared_environment(project(tmp_path / "a", "a"), caches) as one,
        shared_environment(project(tmp_path / "b", "b"), caches) as two,
    ):
        assert one["UV_PROJECT_ENVIRONMENT"] != two["UV_PROJECT_ENVIRONMENT"]


def test_walks_keep_what_tools_know_and_never_share_it_at_once(caches: Path) -> None:
    with kept_caches(caches) as one, kept_caches(caches) as other:
        assert one["MYPY_CACHE_DIR"] != other["MYPY_CACHE_DIR"]
    with kept_caches(caches) as later:
        assert later == one


def test_a_project_of_another_kind_gets_none(tmp_path: Path, caches: Path) -> None:
    (tmp_path / "a").mkdir()
    with shared_environment(tmp_path / "a", caches) as given:
        assert given == {}
    assert not caches.exists()


@pytest.mark.network
def test_another_lock_is_another_environment_and_nothing_of_the_last_project_is_left(
    tmp_path: Path, caches: Path
) -> None:
    with shared_environment(project(tmp_path / "a", "a", needs='"six==1.16.0"'), caches) as one:
        assert installed(one) == ["six"]
    with shared_environment(project(tmp_path / "b", "b"), caches) as two:
        assert installed(two) == []
    assert one["UV_PROJECT_ENVIRONMENT"] != two["UV_PROJECT_ENVIRONMENT"]


def installed(environment: object) -> list[str]:
    """The names of the packages in an environment."""
    assert isinstance(environment, dict)
    command = [str(scripts_folder() / "uv"), "pip", "list", "--format=freeze", "--python"]
    said = subprocess.run([*command, environment["UV_PROJECT_ENVIRONMENT"]], capture_output=True, text=True, check=True)
    return [line.partition("==")[0] for line in said.stdout.splitlines()]
