"""The store: one bare repository per template, the same commits on every machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.store import keeping, sources, tags, trees
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
EXPORT = """
import sys
from pathlib import Path
from goldenpath.adapters.store import keeping, sources, tags, trees
print(trees.export(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    folder = tmp_path / "template"
    (folder / "deep").mkdir(parents=True)
    (folder / "copier.yml").write_text("name: shop\n")
    (folder / "deep" / "run.sh").write_text("#!/bin/sh\n")
    (folder / "deep" / "run.sh").chmod(0o755)
    (folder / "windows.txt").write_bytes(b"a\r\nb\r\n")
    (folder / "link").symlink_to("copier.yml")
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "kept.log").write_text("kept, whatever .gitignore says\n")
    return folder


def keep(tmp_path: Path, template: Path, version: str = "1.0.0", where: str = "store") -> keeping.Kept:
    (tmp_path / where).mkdir(exist_ok=True)
    return keeping.keep_folder(tmp_path / where, "backend", template, version)


def test_the_same_folder_gives_the_same_commit_in_two_stores(
    tmp_path: Path, template: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = keep(tmp_path, template)
    (home / ".gitconfig").write_text("[user]\nname = Eve\nemail = e@example.org\n[core]\nautocrlf = true\n")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Eve")
    (template / "copier.yml").touch()
    there = keep(tmp_path, template, where="elsewhere")
    assert here.commit == there.commit
    assert here.repository != there.repository


def tagged(repository: Path) -> list[tuple[str, str]]:
    return [(each.tag, each.commit) for each in tags.versions(repository)]


@pytest.mark.parametrize("change", ["content", "mode", "name", "version"])
def test_another_folder_or_version_gives_another_commit(change: str, tmp_path: Path, template: Path) -> None:
    before = keep(tmp_path, template)
    if change == "content":
        (template / "copier.yml").write_text("name: bank\n")
    if change == "mode":
        (template / "deep" / "run.sh").chmod(0o644)
    if change == "name":
        (template / "copier.yml").rename(template / "copier.yaml")
    after = keep(tmp_path, template, version="1.0.1" if change == "version" else "1.0.0", where="elsewhere")
    assert after.commit != before.commit


def test_the_exported_tree_is_the_folder(tmp_path: Path, template: Path) -> None:
    tree = keep(tmp_path, template).tree
    assert (tree / "windows.txt").read_bytes() == b"a\r\nb\r\n"
    assert (tree / "kept.log").exists()
    assert (tree / "link").readlink() == Path("copier.yml")
    assert (tree / "deep" / "run.sh").stat().st_mode & 0o111
    assert not (tree / "copier.yml").stat().st_mode & 0o111


def test_what_tools_leave_behind_is_no_part_of_a_template(tmp_path: Path, template: Path) -> None:
    before = sorted(file.relative_to(template) for file in template.rglob("*"))
    for name in ("__pycache__/a.pyc", "a.pyc", "deep/.DS_Store", ".git/config", ".venv/x", ".ruff_cache/x"):
        (template / name).parent.mkdir(exist_ok=True)
        (template / name).write_text("")
    tree = keep(tmp_path, template).tree
    assert sorted(file.relative_to(tree) for file in tree.rglob("*")) == before


def test_a_template_with_a_pipe_in_it_is_refused(tmp_path: Path, template: Path) -> None:
    os.mkfifo(template / "deep" / "pipe")
    with pytest.raises(TemplateError, match="deep/pipe"):
        keep(tmp_path, template)


def test_keeping_a_folder_leaves_it_as_it_is(tmp_path: Path, template: Path) -> None:
    before = sorted(template.rglob("*"))
    keep(tmp_path, template)
    assert sorted(template.rglob("*")) == before


def test_versions_come_newest_first_by_pep_440_and_pre_releases_last(
    tmp_path: Path, template: Path, git: Callable[..., str]
) -> None:
    commits = {}
    for version in ("1.9.0", "1.10.0", "1.10.0rc1", "0.9", "2.0.dev1"):
        (template / "copier.yml").write_text(version)
        kept = keep(tmp_path, template, version)
        commits[version] = kept.commit
    git(kept.repository, "tag", "not-a-version", kept.commit)
    assert [(each.tag, each.commit) for each in tags.versions(kept.repository)] == [
        (f"v{version}", commits[version]) for version in ("1.10.0", "1.9.0", "0.9", "2.0.dev1", "1.10.0rc1")
    ]


def test_an_annotated_tag_names_its_commit(tmp_path: Path, template: Path, git: Callable[..., str]) -> None:
    kept = keep(tmp_path, template)
    git(kept.repository, "-c", "user.name=A", "-c", "user.email=a@b", "tag", "-a", "-m", "x", "v3.0.0", kept.commit)
    newest = next(tags.versions(kept.repository))
    assert (newest.tag, newest.commit) == ("v3.0.0", kept.commit)


def test_a_tree_is_exported_once(tmp_path: Path, template: Path) -> None:
    kept = keep(tmp_path, template)
    before = (kept.tree / "copier.yml").stat()
    assert trees.export(tmp_path / "store", kept.repository, kept.commit) == kept.tree
    after = (kept.tree / "copier.yml").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_processes_that_export_at_once_all_get_the_whole_tree(tmp_path: Path, template: Path) -> None:
    for number in range(200):
        (template / f"{number}.txt").write_text(f"{number}\n")
    kept = keep(tmp_path, template)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    command = [sys.executable, "-c", EXPORT, str(fresh), str(kept.repository), kept.commit]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {process.communicate(timeout=60)[0].strip() for process in running}
    assert [process.returncode for process in running] == [0, 0, 0, 0]
    assert said == {str(fresh / "trees" / kept.commit)}
    assert len(list((fresh / "trees" / kept.commit).glob("*.txt"))) == 201
    assert [entry.name for entry in (fresh / "trees").iterdir()] == [kept.commit]


def test_a_tree_that_is_known_is_found_by_its_version(tmp_path: Path, template: Path) -> None:
    kept = keep(tmp_path, template)
    assert trees.known_tree(tmp_path / "store", "backend", "1.0.0") == kept.tree
    assert trees.known_tree(tmp_path / "store", "backend", "2.0.0") is None
    assert trees.known_tree(tmp_path / "store", "client", "1.0.0") is None


def test_every_version_of_a_bundle_is_kept(tmp_path: Path, template: Path, git: Callable[..., str]) -> None:
    first = keep(tmp_path, template, "1.0.0")
    (template / "copier.yml").write_text("name: bank\n")
    second = keep(tmp_path, template, "1.1.0")
    git(first.repository, "bundle", "create", "--quiet", str(tmp_path / "versions.bundle"), "--all")
    (tmp_path / "other").mkdir()
    for _ in range(2):
        repository = keeping.keep_bundle(tmp_path / "other", "backend", tmp_path / "versions.bundle")
    assert tagged(repository) == [("v1.1.0", second.commit), ("v1.0.0", first.commit)]


def test_a_clone_follows_its_origin_and_survives_its_loss(
    tmp_path: Path, template: Path, git: Callable[..., str]
) -> None:
    origin = tmp_path / "origin"
    git(tmp_path, "init", "--quiet", "--initial-branch=trunk", str(origin))
    git(origin, "commit", "--quiet", "--allow-empty", "-m", "One")
    git(origin, "tag", "v1.0.0")
    url = origin.as_uri()
    kept = keeping.keep_clone(tmp_path / "store", url)
    assert [tag for tag, _ in tagged(kept)] == ["v1.0.0"]
    assert tags.head(kept) == git(origin, "rev-parse", "trunk")
    git(origin, "commit", "--quiet", "--allow-empty", "-m", "Two")
    git(origin, "tag", "v1.1.0")
    keeping.keep_clone(tmp_path / "store", url)
    assert [tag for tag, _ in tagged(kept)] == ["v1.1.0", "v1.0.0"]
    origin.rename(tmp_path / "gone")
    assert keeping.keep_clone(tmp_path / "store", url) == kept == sources.repository_of(tmp_path / "store", url)
    assert [tag for tag, _ in tagged(kept)] == ["v1.1.0", "v1.0.0"]


def test_an_address_that_git_cannot_fetch_is_a_template_error(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="/no/such/repository") as caught:
        keeping.keep_clone(tmp_path / "store", "file:///no/such/repository")
    assert "git ls-remote" in caught.value.hint


@pytest.mark.parametrize(
    ("source", "name"),
    [("goldenpath:backend.git", "backend.git"), ("goldenpath:folder/tiny-1a2b.git", "folder/tiny-1a2b.git")],
)
def test_a_source_of_ours_names_its_repository(source: str, name: str, tmp_path: Path) -> None:
    assert sources.repository_of(tmp_path, source) == tmp_path / name


@pytest.mark.parametrize(
    "source", ["goldenpath:../x.git", "goldenpath:/etc/x.git", "goldenpath:a/../../b", "goldenpath:"]
)
def test_a_source_of_ours_can_not_leave_the_store(source: str, tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="as its template"):
        sources.repository_of(tmp_path, source)


@pytest.mark.parametrize(
    ("name", "version", "commit"),
    [("../x", "1", "0" * 40), ("x", "../../../x", "0" * 40), ("x", "1", "../../elsewhere"), ("x", "1", "")],
)
def test_no_tree_outside_the_store_is_known(name: str, version: str, commit: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "store" / "trees" / ("0" * 40)).mkdir(parents=True)
    ref = tmp_path / "store" / f"{name}.git" / "refs" / "tags" / f"v{version}"
    ref.parent.mkdir(parents=True, exist_ok=True)
    ref.write_text(commit)
    assert trees.known_tree(tmp_path / "store", name, version) is None


def test_a_version_that_was_noted_is_known(tmp_path: Path, template: Path) -> None:
    kept = keep(tmp_path, template)
    trees.note_version(kept.repository, "release/7-g1234", kept.commit)
    assert trees.known_tree(tmp_path / "store", "backend", "release/7-g1234") == kept.tree


def test_what_copier_records_is_resolved(tmp_path: Path, template: Path, git: Callable[..., str]) -> None:
    kept = keep(tmp_path, template)
    git(kept.repository, "tag", "2025.01.0rc1", kept.commit)
    short = kept.commit[:7]
    for recorded in ("1.0.0", "2025.01.0rc1", short, kept.commit, f"1.0.0-3-g{short}"):
        assert tags.resolve(kept.repository, recorded) == kept.commit
    for recorded in ("2025.1.0rc1", "main", "--all", "1.0.0-3-x"):
        assert tags.resolve(kept.repository, recorded) == ""


def test_an_address_that_looks_like_an_option_is_none(tmp_path: Path) -> None:
    hostile = f"--upload-pack=x@y:;touch {tmp_path}/pwned;true"
    with pytest.raises(TemplateError):
        keeping.keep_clone(tmp_path / "store", hostile)
    assert not (tmp_path / "pwned").exists()
