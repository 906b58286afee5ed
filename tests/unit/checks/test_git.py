"""The `git` check, against real repositories."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.core.model import Finding, Json


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves the repositories that each test gets a copy of."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture
def project(shelf: Path, tmp_path: Path, git: Callable[..., str]) -> Path:
    """A repository on `main` with one commit and an `origin` that has it."""
    if not (shelf / "project").exists():
        git(shelf, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git")
        git(shelf, "init", "--quiet", "--initial-branch=main", "project")
        commit(shelf / "project", git, "README.md")
        git(shelf / "project", "remote", "add", "origin", "../origin.git")
        git(shelf / "project", "push", "--quiet", "origin", "main")
    shutil.copytree(shelf, tmp_path, dirs_exist_ok=True)
    return tmp_path / "project"


def commit(root: Path, git: Callable[..., str], name: str) -> None:
    (root / name).write_text(f"{name}\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", f"Add {name}")


def look(root: Path, aspect: str, **options: Json) -> Finding:
    return examine(check("git", aspect, **options), world(root))


@pytest.mark.parametrize("aspect", ["clean", "branch", "commits", "pushed", "tag", "author"])
def test_a_folder_that_is_no_repository_fails(aspect: str, tmp_path: Path) -> None:
    finding = look(tmp_path, aspect, name="main")
    assert (finding.outcome, finding.found) == ("failed", "there is none here")


def test_a_repository_without_a_commit_fails(tmp_path: Path, git: Callable[..., str]) -> None:
    git(tmp_path, "init", "--quiet")
    assert look(tmp_path, "clean").outcome == "failed"


def test_everything_committed_is_clean(project: Path) -> None:
    assert look(project, "clean").outcome == "passed"


@pytest.mark.parametrize("name", ["README.md", "new file.txt", "é.txt"])
def test_a_change_or_a_new_file_is_not_clean_and_is_named(name: str, project: Path) -> None:
    (project / name).write_text("changed\n")
    finding = look(project, "clean")
    assert finding.outcome == "failed"
    assert finding.found.startswith("1 not committed: ")
    assert name in finding.found


def test_what_git_ignores_is_clean(project: Path) -> None:
    (project / ".git" / "info" / "exclude").write_text("*.log\n")
    (project / "a.log").write_text("")
    assert look(project, "clean").outcome == "passed"


@pytest.mark.parametrize(
    ("on", "wanted", "outcome"),
    [
        ("add-playlists", "add-.*", "passed"),
        ("add-playlists", "add", "failed"),
        ("add-playlists", "(?!main$).+", "passed"),
        ("main", "(?!main$).+", "failed"),
    ],
)
def test_the_branch_must_match_as_a_whole(
    on: str, wanted: str, outcome: str, project: Path, git: Callable[..., str]
) -> None:
    git(project, "checkout", "--quiet", "-B", on)
    finding = look(project, "branch", name=wanted)
    assert (finding.outcome, finding.found) == (outcome, f"you are on {on}")


def test_a_detached_head_is_no_branch(project: Path, git: Callable[..., str]) -> None:
    git(project, "checkout", "--quiet", "--detach")
    assert look(project, "branch", name=".+").found == "you are on no branch"
    assert look(project, "pushed").outcome == "failed"


@pytest.mark.parametrize(
    ("options", "outcome", "found"),
    [
        ({}, "passed", "3 commits"),
        ({"at_least": 3}, "passed", "3 commits"),
        ({"at_least": "4"}, "failed", "3 commits"),
        ({"since": "origin/main"}, "passed", "2 commits"),
        ({"since": "origin/main", "at_least": 3}, "failed", "2 commits"),
        ({"since": "HEAD~1"}, "passed", "1 commit"),
        ({"since": "HEAD"}, "failed", "0 commits"),
        ({"since": "upstream/main"}, "unknown", "git knows no upstream/main"),
    ],
)
def test_commits_are_counted(
    options: dict[str, Json], outcome: str, found: str, project: Path, git: Callable[..., str]
) -> None:
    commit(project, git, "a.txt")
    commit(project, git, "b.txt")
    finding = look(project, "commits", **options)
    assert (finding.outcome, finding.found) == (outcome, found)


def test_a_pushed_branch_is_on_origin_as_it_is_here(project: Path, git: Callable[..., str]) -> None:
    assert look(project, "pushed").outcome == "passed"
    commit(project, git, "a.txt")
    behind = look(project, "pushed")
    assert behind.outcome == "failed"
    assert git(project, "rev-parse", "HEAD")[:10] in behind.found
    git(project, "push", "--quiet", "origin", "main")
    assert look(project, "pushed").outcome == "passed"


def test_a_branch_that_origin_lacks_is_not_pushed(project: Path, git: Callable[..., str]) -> None:
    git(project, "checkout", "--quiet", "-b", "mine")
    assert "no such branch" in look(project, "pushed").found


def test_what_origin_has_is_asked_of_origin_and_not_of_what_was_fetched(
    project: Path, tmp_path: Path, git: Callable[..., str]
) -> None:
    git(tmp_path / "origin.git", "update-ref", "-d", "refs/heads/main")
    assert git(project, "rev-parse", "origin/main") == git(project, "rev-parse", "main")
    assert look(project, "pushed").outcome == "failed"


def test_without_an_origin_it_is_unknown_whether_it_is_pushed(project: Path, git: Callable[..., str]) -> None:
    git(project, "remote", "remove", "origin")
    assert look(project, "pushed").outcome == "unknown"


def test_with_an_origin_that_does_not_answer_it_is_unknown(project: Path, git: Callable[..., str]) -> None:
    git(project, "remote", "set-url", "origin", "/no/such/repository.git")
    finding = look(project, "pushed")
    assert finding.outcome == "unknown"
    assert "/no/such/repository.git" in finding.found


def test_a_tag_must_match_as_a_whole(project: Path, git: Callable[..., str]) -> None:
    assert look(project, "tag", name=r"v\d+").found == "no tag"
    git(project, "tag", "v10")
    git(project, "tag", "-a", "-m", "x", "other")
    assert look(project, "tag", name=r"v\d+").outcome == "passed"
    assert look(project, "tag", name=r"v\d").outcome == "failed"


def test_the_last_commit_must_be_by_whom_git_knows(project: Path, git: Callable[..., str]) -> None:
    assert look(project, "author").outcome == "passed"
    git(project, "config", "user.email", "eve@example.org")
    finding = look(project, "author")
    assert (finding.outcome, finding.found) == ("failed", "it is by ada@example.org")


def test_without_an_identity_the_author_is_unknown(project: Path, home: Path) -> None:
    (home / ".gitconfig").write_text("")
    assert look(project, "author").outcome == "unknown"


@pytest.mark.parametrize(
    ("aspect", "options", "words"),
    [
        ("braanch", {}, "did you mean `branch`"),
        ("branch", {"name": "("}, "no regular expression"),
        ("commits", {"at_least": "many"}, "must be a whole number"),
    ],
)
def test_a_check_that_its_author_got_wrong_names_the_line(
    aspect: str, options: dict[str, Json], words: str, project: Path
) -> None:
    with pytest.raises(TemplateError, match=rf"path.md:7: check `git`.*{words}"):
        look(project, aspect, **options)


def test_looking_changes_nothing(project: Path) -> None:
    (project / "new.txt").write_text("")
    before = {file: file.stat().st_mtime_ns for file in (project / ".git").rglob("*") if file.is_file()}
    for aspect in ("clean", "commits", "pushed", "author"):
        look(project, aspect)
    after = {file: file.stat().st_mtime_ns for file in (project / ".git").rglob("*") if file.is_file()}
    assert after == before
