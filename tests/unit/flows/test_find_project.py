"""A project is found by walking up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.flows.find_project import find_project, identity_text

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = """\
# Changes here will be overwritten by Copier
_commit: v1.2.0
_src_path: goldenpath:backend.git
name: shop
port: 8080
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "src" / "deep").mkdir(parents=True)
    (folder / ".goldenpath.toml").write_text(identity_text("prj-1", "backend"))
    (folder / ".copier-answers.yml").write_text(ANSWERS)
    return folder


@pytest.mark.parametrize("inside", [".", "src", "src/deep"])
def test_a_project_is_found_from_every_folder_in_it(inside: str, root: Path) -> None:
    found = find_project(root / inside)
    assert (found.root, found.id, found.path_id) == (root, "prj-1", "backend")
    assert (found.source, found.version) == ("goldenpath:backend.git", "1.2.0")
    assert found.answers == {"name": "shop", "port": 8080}


def test_the_nearest_project_counts(root: Path) -> None:
    (root / "src" / ".goldenpath.toml").write_text(identity_text("prj-2", ""))
    inner = find_project(root / "src" / "deep")
    assert (inner.root, inner.id, inner.path_id) == (root / "src", "prj-2", "")
    assert (inner.source, inner.version, inner.answers) == ("", "", {})
    assert find_project(root).id == "prj-1"


def test_a_project_that_moved_is_the_same_project(root: Path, tmp_path: Path) -> None:
    moved = root.rename(tmp_path / "elsewhere")
    assert find_project(moved).id == "prj-1"


def test_outside_of_a_project_the_error_says_how_to_begin(tmp_path: Path) -> None:
    (tmp_path / ".goldenpath.toml").mkdir()
    with pytest.raises(UsageError, match="in no project") as caught:
        find_project(tmp_path)
    assert "goldenpath start" in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"id = ", b'path = "backend"\n', b"\xff\xfe"])
def test_an_identity_that_cannot_be_read_says_how_to_bring_it_back(content: bytes, root: Path) -> None:
    (root / ".goldenpath.toml").write_bytes(content)
    with pytest.raises(TemplateError, match=r"\.goldenpath\.toml") as caught:
        find_project(root)
    assert "git restore .goldenpath.toml" in caught.value.hint


@pytest.mark.parametrize("content", [b"name: [\n", b"caf\xe9: 1\n"])
def test_answers_that_cannot_be_read_are_a_template_error(content: bytes, root: Path) -> None:
    (root / ".copier-answers.yml").write_bytes(content)
    with pytest.raises(TemplateError, match=r"\.copier-answers\.yml"):
        find_project(root)
