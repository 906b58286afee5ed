"""The state of a folder under development: a version when it is committed, else a pre-release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.store import keeping
from goldenpath.adapters.store.folders import folder_of, note_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.adapters.store.keeping import Kept


@pytest.fixture
def template(tmp_path: Path, git: Callable[..., str]) -> Path:
    """A folder of a repository, committed."""
    root = tmp_path / "repository"
    folder = root / "templates" / "shop"
    folder.mkdir(parents=True)
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(root))
    (folder / "copier.yml").write_text("name: shop\n")
    (root / ".gitignore").write_text("*.log\nbuild/\n")
    commit(root, git)
    return folder


def commit(folder: Path, git: Callable[..., str]) -> None:
    git(folder, "add", "--all", ".")
    git(folder, "commit", "--quiet", "-m", "Change")


def state(tmp_path: Path, folder: Path, version: str = "1.2.0") -> Kept:
    return keeping.keep_state(tmp_path / "store", "folder/shop", folder, version)


def tree(kept: Kept, git: Callable[..., str]) -> str:
    return git(kept.repository, "rev-parse", f"{kept.commit}^{{tree}}")[:8]


def test_a_committed_folder_is_its_version(tmp_path: Path, template: Path) -> None:
    kept = state(tmp_path, template)
    assert (kept.version, kept.why_prerelease) == ("1.2.0", "")


@pytest.mark.parametrize(
    "change", ["edited", "staged", "new", "deleted", "mode", "never committed", "in no repository"]
)
def test_what_is_not_committed_is_a_pre_release_named_after_its_tree(
    change: str, tmp_path: Path, template: Path, git: Callable[..., str]
) -> None:
    if change in {"edited", "staged"}:
        (template / "copier.yml").write_text("name: bank\n")
    if change == "staged":
        git(template, "add", "-A")
    if change == "new":
        (template / "more.txt").write_text("")
    if change == "mode":
        (template / "copier.yml").chmod(0o755)
    if change == "never committed":
        git(template, "rm", "-r", "--cached", "--quiet", ".")
        git(template, "commit", "--quiet", "-m", "Gone")
    if change == "in no repository":
        template = template.rename(tmp_path / "shop")
    if change == "deleted":
        (template / "more.txt").write_text("")
        commit(template, git)
        (template / "more.txt").unlink()
    kept = state(tmp_path, template)
    assert kept.version == f"1.2.0.dev0+{tree(kept, git)}"
    assert "not committed" in kept.why_prerelease


def test_a_change_beside_the_folder_and_what_git_ignores_do_not_count(tmp_path: Path, template: Path) -> None:
    (template.parent / "other.txt").write_text("")
    (template / "noise.log").write_text("")
    (template / "build").mkdir()
    (template / "build" / "made").write_text("")
    kept = state(tmp_path, template)
    assert kept.version == "1.2.0"
    assert [file.name for file in kept.tree.rglob("*")] == ["copier.yml"]


def test_a_file_that_is_committed_although_it_is_ignored_is_part_of_the_template(
    tmp_path: Path, template: Path, git: Callable[..., str]
) -> None:
    (template / "kept.log").write_text("")
    git(template, "add", "--force", "kept.log")
    git(template, "commit", "--quiet", "-m", "Kept")
    kept = state(tmp_path, template)
    assert kept.version == "1.2.0"
    assert (kept.tree / "kept.log").exists()


@pytest.mark.parametrize("pattern", ["build/", "build/shop/*", "*"])
def test_a_folder_that_is_ignored_as_a_whole_is_taken_as_it_is(
    pattern: str, tmp_path: Path, template: Path, git: Callable[..., str]
) -> None:
    made = template.parent.parent / "build" / "shop"
    made.mkdir(parents=True)
    (template.parent.parent / ".gitignore").write_text(f"{pattern}\n")
    (made / "copier.yml").write_text("name: x\n")
    (made / "a.log").write_text("")
    kept = state(tmp_path, made)
    assert kept.version == f"1.2.0.dev0+{tree(kept, git)}"
    assert sorted(file.name for file in kept.tree.iterdir()) == ["a.log", "copier.yml"]


def test_content_that_was_committed_under_a_version_that_had_other_content_is_a_pre_release(
    tmp_path: Path, template: Path, git: Callable[..., str]
) -> None:
    first = state(tmp_path, template)
    (template / "copier.yml").write_text("name: bank\n")
    commit(template, git)
    second = state(tmp_path, template)
    assert second.version == f"1.2.0.dev0+{tree(second, git)}"
    assert second.why_prerelease == "1.2.0 has other content"
    git(template, "revert", "--no-edit", "HEAD")
    assert state(tmp_path, template) == first


@pytest.mark.parametrize(
    ("version", "named"),
    [
        ("1.2.0rc1", "1.2.0rc1.dev0+"),
        ("1.2.0.dev3", "1.2.0.dev3+"),
        ("1.2.0+here", "1.2.0.dev0+"),
        ("0.0.0", "0.0.0.dev0+"),
    ],
)
def test_a_pre_release_is_a_version_by_pep_440(version: str, named: str, tmp_path: Path, template: Path) -> None:
    from packaging.version import Version

    (template / "more.txt").write_text("")
    made = state(tmp_path, template, version).version
    assert made.startswith(named)
    assert Version(made).is_prerelease


def test_a_repository_that_is_somebody_elses_runs_no_command(
    tmp_path: Path, template: Path, git: Callable[..., str]
) -> None:
    (template / ".gitattributes").write_text("* filter=evil\n")
    commit(template, git)
    mark = tmp_path / "pwned"
    for name in ("filter.evil.clean", "filter.evil.smudge", "core.fsmonitor", "core.sshCommand"):
        git(template, "config", name, f"touch {mark}; cat")
    (template / "copier.yml").write_text("name: bank\n")
    state(tmp_path, template)
    assert not mark.exists()


def test_the_store_knows_which_folder_a_template_came_from(tmp_path: Path, template: Path) -> None:
    kept = state(tmp_path, template)
    assert folder_of(tmp_path / "store", "folder/shop") == template
    odd = tmp_path / "sh\udcffp ä"
    note_folder(kept.repository, odd)
    assert folder_of(tmp_path / "store", "folder/shop") == odd
    assert folder_of(tmp_path / "store", "folder/other") is None
    assert folder_of(tmp_path / "store", "../store/folder/shop") is None
    (kept.repository / "goldenpath-folder").write_text("[]")
    assert folder_of(tmp_path / "store", "folder/shop") is None
