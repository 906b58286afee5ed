"""What a template rendered is inspected before git meets it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from goldenpath.flows.inspect_render import inspect_render

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "render"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.py").write_text("")
    (folder / "README.md").write_text("")
    return folder


def test_a_plain_render_is_counted(root: Path) -> None:
    for name in (".gitignore", ".gitattributes", ".github", "git", "x.git", ".git-blame-ignore-revs", "git~10"):
        (root / name).write_text("")
    (root / "inside").symlink_to("src/a.py")
    (root / "src" / "up").symlink_to("../README.md")
    assert inspect_render(root) == 11


@pytest.mark.parametrize(
    "name",
    [
        ".git", ".GIT", ".Git", "git~1", "GIT~1", ".git ", ".git.", ".git . .", ".g\u200cit", "\ufeff.git",
        ".gi\u206ft", "\uff0egit", ".\uff47it", ".git::$INDEX_ALLOCATION", ".git:x",
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_folder", [True, False])
def test_every_spelling_of_a_git_folder_is_refused(*, name: str, is_folder: bool, root: Path) -> None:
    path = root / "src" / name
    if is_folder:
        (path / "hooks").mkdir(parents=True)
    else:
        path.write_text("gitdir: /elsewhere")
    with pytest.raises(TemplateError, match="is a git folder") as caught:
        inspect_render(root)
    assert "src/" in caught.value.message


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "src/../../outside", "..", "/"])
def test_a_link_that_leaves_the_project_is_refused(target: str, root: Path) -> None:
    (root / "link").symlink_to(target)
    with pytest.raises(TemplateError, match=r"renders link, which is a link that leaves the project"):
        inspect_render(root)


def test_a_link_through_another_link_does_not_leave_either(root: Path) -> None:
    (root / "src" / "here").symlink_to(".")
    assert inspect_render(root) == 2
    (root / "src" / "far").symlink_to("here/../../../outside")
    with pytest.raises(TemplateError, match="leaves the project"):
        inspect_render(root)


def test_a_pipe_is_refused(root: Path) -> None:
    os.mkfifo(root / "src" / "pipe")
    with pytest.raises(TemplateError, match=r"src/pipe, which is neither a file nor a folder"):
        inspect_render(root)


def test_names_that_are_one_elsewhere_are_refused_wherever_they_meet(root: Path) -> None:
    (root / "Src").mkdir()
    (root / "Src" / "b.py").write_text("")
    with pytest.raises(TemplateError, match=r"is the same as Src on a disk that ignores case"):
        inspect_render(root)


def test_the_same_name_in_two_folders_is_no_trouble(root: Path) -> None:
    for folder in ("one", "two"):
        (root / folder / "Deep").mkdir(parents=True)
        (root / folder / "Deep" / "README.md").write_text("")
    assert inspect_render(root) == 4


def test_the_rights_that_a_shared_folder_gives_its_folders_are_no_set_id_file(root: Path) -> None:
    (root / "src").chmod(0o2775)
    assert inspect_render(root) == 2
    (root / "src" / "a.py").chmod(0o2755)
    with pytest.raises(TemplateError, match=r"renders src/a.py, which has the special rights 2755"):
        inspect_render(root)
