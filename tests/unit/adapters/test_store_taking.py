"""A version stays what it was: a tag that was moved to other content is refused, wherever it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.store import bundles, keeping, tags, trees
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def origin(tmp_path: Path, git: Callable[..., str]) -> Path:
    """A git repository with a version 1.0.0."""
    folder = tmp_path / "origin"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    commit(folder, git, "one")
    git(folder, "tag", "v1.0.0")
    return folder


def commit(folder: Path, git: Callable[..., str], text: str) -> str:
    (folder / "copier.yml").write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", text)
    return git(folder, "rev-parse", "HEAD")


def tagged(repository: Path) -> dict[str, str]:
    return {each.tag: each.commit for each in tags.versions(repository)}


@pytest.mark.parametrize("tag", ["v1.0.0", "1.0.0", "backend-v1.0.0", "backend/v1.0.0"])
def test_a_tag_that_moved_to_other_content_is_refused_and_nothing_changes(
    tag: str, origin: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    git(origin, "tag", "--force", tag)
    was = git(origin, "rev-parse", "HEAD")
    kept = keeping.keep_clone(tmp_path / "store", origin.as_uri())
    before = git(kept, "for-each-ref")
    now = commit(origin, git, "two")
    git(origin, "tag", "v2.0.0")
    git(origin, "tag", "--force", tag)
    with pytest.raises(TemplateError, match=f"{tag} was moved") as caught:
        keeping.keep_clone(tmp_path / "store", origin.as_uri())
    assert {was[:8], now[:8], origin.as_uri()} <= set(caught.value.message.replace(";", " ").replace(": ", " ").split())
    assert git(kept, "for-each-ref") == before


def test_a_tag_that_is_no_version_and_the_branch_may_move(
    origin: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    git(origin, "tag", "latest")
    keeping.keep_clone(tmp_path / "store", origin.as_uri())
    two = commit(origin, git, "two")
    git(origin, "tag", "--force", "latest")
    kept = keeping.keep_clone(tmp_path / "store", origin.as_uri())
    assert git(kept, "rev-parse", "latest") == tags.head(kept) == two


def test_a_tag_that_moved_to_another_commit_with_the_same_content_is_the_same_version(
    origin: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    keeping.keep_clone(tmp_path / "store", origin.as_uri())
    two = commit(origin, git, "one")
    git(origin, "tag", "--force", "--annotate", "-m", "said", "v1.0.0")
    assert tagged(keeping.keep_clone(tmp_path / "store", origin.as_uri())) == {"v1.0.0": two}


def test_a_version_that_its_owner_withdrew_is_offered_no_more_and_still_found(
    origin: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    two = commit(origin, git, "two")
    git(origin, "tag", "v2.0.0")
    keeping.keep_clone(tmp_path / "store", origin.as_uri())
    git(origin, "tag", "--delete", "v2.0.0")
    kept = keeping.keep_clone(tmp_path / "store", origin.as_uri())
    assert list(tagged(kept)) == ["v1.0.0"]
    assert tags.resolve(kept, "2.0.0") == two
    commit(origin, git, "three")
    git(origin, "tag", "v2.0.0")
    with pytest.raises(TemplateError, match=two[:8]):
        keeping.keep_clone(tmp_path / "store", origin.as_uri())


def test_nothing_of_a_fetch_is_left_but_the_tags(origin: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    kept = keeping.keep_clone(tmp_path / "store", origin.as_uri())
    assert git(kept, "for-each-ref", "--format=%(refname)").splitlines() == ["refs/heads/main", "refs/tags/v1.0.0"]


def folder_with(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "template"
    folder.mkdir(exist_ok=True)
    (folder / "copier.yml").write_text(text)
    return folder


def test_a_bundle_with_other_content_under_a_known_version_is_refused(tmp_path: Path) -> None:
    for text in ("one", "two"):
        made = keeping.keep_folder(tmp_path / text, "backend", folder_with(tmp_path, text), "1.0.0")
        bundles.write_bundle(made.repository, tmp_path / f"{text}.bundle")
    repository = keeping.keep_bundle(tmp_path / "store", "backend", tmp_path / "one.bundle")
    before = tagged(repository)
    for _ in range(2):
        with pytest.raises(TemplateError, match=r"backend: the tag v1\.0\.0 was moved") as refused:
            keeping.keep_bundle(tmp_path / "store", "backend", tmp_path / "two.bundle")
        assert refused.value.hint.endswith(f"rm -rf {repository}")
    assert tagged(repository) == before


def test_a_folder_with_other_content_under_a_known_version_is_refused(tmp_path: Path) -> None:
    before = keeping.keep_folder(tmp_path / "store", "backend", folder_with(tmp_path, "one"), "1.0.0")
    assert keeping.keep_folder(tmp_path / "store", "backend", folder_with(tmp_path, "one"), "1.0.0") == before
    with pytest.raises(TemplateError, match=r"v1\.0\.0 was moved to other content"):
        keeping.keep_folder(tmp_path / "store", "backend", folder_with(tmp_path, "two"), "1.0.0")
    assert tagged(before.repository) == {"v1.0.0": before.commit} == {"v1.0.0": tags.head(before.repository)}
    assert trees.known_tree(tmp_path / "store", "backend", "1.0.0") == before.tree


def test_a_bundle_is_the_same_bytes_whoever_is_configured_and_when_it_is_made_again(tmp_path: Path, home: Path) -> None:
    for store in ("a", "b"):
        for version in ("1.0.0", "2.0.0"):
            made = keeping.keep_folder(tmp_path / store, "backend", folder_with(tmp_path, version * 9999), version)
        bundles.write_bundle(made.repository, tmp_path / f"{store}.bundle")
        (home / ".gitconfig").write_text("[pack]\n\tcompression = 0\n\twindow = 0\n[core]\n\tcompression = 0\n")
    again = keeping.keep_bundle(tmp_path / "c", "backend", tmp_path / "b.bundle")
    bundles.write_bundle(again, tmp_path / "c.bundle")
    one, other, third = ((tmp_path / f"{store}.bundle").read_bytes() for store in "abc")
    assert one == other == third
