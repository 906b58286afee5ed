"""The local forge: a pull request is opened once and merged whole or not at all."""

from __future__ import annotations

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import ForgeError
from goldenpath.core.model import Person, PullRequest, PullRequestState
from goldenpath.forges import local
from goldenpath.forges.local import LocalForge
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Git = Callable[..., str]

LATER = NOW + timedelta(hours=1)
EVE = Person("Eve", "eve@example.org")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first test leaves the project and the forge that each test gets a copy of."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture
def forge(shelf: Path, tmp_path: Path, git: Git) -> LocalForge:
    """A forge, and its project in the folder `project`."""
    if not (shelf / "project").exists():
        local.create(shelf / "forge", "project-1", make_project(shelf, git))
    shutil.copytree(shelf, tmp_path, dirs_exist_ok=True)
    forge = LocalForge(tmp_path / "forge" / "project-1.git")
    git(tmp_path / "project", "remote", "set-url", "origin", forge.url)
    return forge


@pytest.fixture
def clone(forge: LocalForge, tmp_path: Path) -> Path:
    """The project of the forge."""
    return tmp_path / "project"


def make_project(folder: Path, git: Git) -> Path:
    root = folder / "project"
    git(folder, "init", "--quiet", "--initial-branch=main", str(root))
    commit(root, git, "README.md", "one\n")
    return root


def commit(root: Path, git: Git, name: str, text: str) -> str:
    (root / name).write_text(text)
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "-m", f"Write {name}")
    return git(root, "rev-parse", "HEAD")


def push_branch(root: Path, git: Git, branch: str, name: str = "new.txt", text: str = "new\n") -> str:
    git(root, "switch", "--quiet", "-c", branch, "origin/main")
    head = commit(root, git, name, text)
    git(root, "push", "--quiet", "origin", branch)
    return head


def open_pull(forge: LocalForge, branch: str) -> PullRequest:
    return local.open_pull_request(forge, branch=branch, title=f"About {branch}", author="eng-1", now=NOW)


def take(forge: LocalForge, pull: PullRequest, folder: Path) -> PullRequest:
    folder.mkdir()
    commit = local.check_out_merged(forge, pull, folder=folder, person=EVE)
    return local.merge(forge, pull, commit=commit, review={"kind": "automatic", "checks": []}, now=LATER)


def test_a_new_project_has_its_main_on_the_forge_as_origin(forge: LocalForge, clone: Path, git: Git) -> None:
    assert git(clone, "remote", "get-url", "origin") == forge.url
    assert git(forge.repository, "rev-parse", "main") == git(clone, "rev-parse", "main", "origin/main").split()[1]
    assert git(clone, "rev-parse", "--abbrev-ref", "main@{upstream}") == "origin/main"
    assert [entry.name for entry in forge.repository.parent.iterdir()] == ["project-1.git"]


def test_a_forge_that_cannot_be_made_leaves_nothing(tmp_path: Path, git: Git) -> None:
    git(tmp_path, "init", "--quiet", str(tmp_path / "empty"))
    with pytest.raises(Exception, match="push"):
        local.create(tmp_path / "forge", "x", tmp_path / "empty")
    assert list((tmp_path / "forge").iterdir()) == []


def test_a_project_finds_its_forge_by_its_origin(forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    assert local.find(tmp_path / "forge", clone) == forge
    git(clone, "remote", "set-url", "origin", forge.repository.as_uri())
    assert local.find(tmp_path / "forge", clone) == forge


@pytest.mark.parametrize(
    "url", ["https://example.org/x.git", "{0}/elsewhere.git", "{0}/forge/gone.git", "project-1.git"]
)
def test_another_origin_is_not_ours(url: str, forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    git(clone, "remote", "set-url", "origin", url.format(tmp_path))
    assert local.find(tmp_path / "forge", clone) is None


def test_without_an_origin_there_is_no_forge(tmp_path: Path, git: Git) -> None:
    assert local.find(tmp_path / "forge", make_project(tmp_path, git)) is None


def test_a_pull_request_that_was_opened_is_listed(forge: LocalForge, clone: Path, git: Git) -> None:
    assert local.pull_requests(forge) == []
    head = push_branch(clone, git, "mine")
    pull = open_pull(forge, "mine")
    assert pull == PullRequest(1, "About mine", "mine", "main", head, "eng-1", NOW)
    assert local.pull_requests(forge) == [pull]
    assert git(forge.repository, "rev-parse", "refs/pull/1/head") == head


def test_pull_requests_are_numbered_in_their_order(forge: LocalForge, clone: Path, git: Git) -> None:
    for number in (1, 2, 3):
        push_branch(clone, git, f"change-{number}")
        assert open_pull(forge, f"change-{number}").number == number
    assert [pull.number for pull in local.pull_requests(forge)] == [1, 2, 3]


def test_pull_requests_that_are_opened_at_once_get_a_number_each(forge: LocalForge, clone: Path, git: Git) -> None:
    names = [f"change-{number}" for number in range(4)]
    for name in names:
        push_branch(clone, git, name)
    with ThreadPoolExecutor(len(names)) as pool:
        opened = list(pool.map(lambda name: open_pull(forge, name), names))
    assert sorted(pull.number for pull in opened) == [1, 2, 3, 4]
    assert sorted(pull.branch for pull in local.pull_requests(forge)) == names


def test_an_open_pull_request_follows_its_branch(forge: LocalForge, clone: Path, git: Git) -> None:
    push_branch(clone, git, "mine")
    open_pull(forge, "mine")
    newer = commit(clone, git, "more.txt", "more\n")
    git(clone, "push", "--quiet", "origin", "mine")
    assert local.pull_requests(forge)[0].head == newer
    assert local.branch_head(forge, "mine") == newer
    assert local.branch_head(forge, "none") == ""
    assert local.count_commits(forge, "mine") == 2


def test_merging_puts_a_merge_commit_on_main(forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    base = git(forge.repository, "rev-parse", "main")
    head = push_branch(clone, git, "mine")
    merged = take(forge, open_pull(forge, "mine"), tmp_path / "checkout")
    assert (merged.state, merged.merged_at, merged.head) == (PullRequestState.MERGED, LATER, head)
    assert git(forge.repository, "rev-parse", "main") == merged.merge_commit
    assert git(forge.repository, "rev-parse", "main^1", "main^2").split() == [base, head]
    assert git(forge.repository, "rev-parse", "refs/pull/1/head") == head
    assert git(forge.repository, "log", "-1", "--format=%an %s", "main") == "Eve Merge pull request #1 from mine"
    assert local.pull_requests(forge) == [merged]


def test_a_merged_pull_request_outlives_its_branch(forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    head = push_branch(clone, git, "mine")
    take(forge, open_pull(forge, "mine"), tmp_path / "checkout")
    commit(clone, git, "later.txt", "later\n")
    git(clone, "push", "--quiet", "origin", "mine")
    assert local.pull_requests(forge)[0].head == head
    git(clone, "push", "--quiet", "origin", ":mine")
    assert local.pull_requests(forge)[0].head == head
    assert git(forge.repository, "rev-parse", "refs/pull/1/head") == head


def test_the_facts_name_the_review_and_no_reviewer(forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    push_branch(clone, git, "mine")
    take(forge, open_pull(forge, "mine"), tmp_path / "checkout")
    facts = json.loads(git(forge.repository, "cat-file", "blob", "refs/pull/1/facts"))
    assert facts["review"] == {"kind": "automatic", "checks": []}
    assert not [key for key in (*facts, *facts["review"]) if "reviewer" in key or "approved" in key]
    assert EVE.email not in json.dumps(facts)


def test_what_was_pushed_after_opening_is_merged_too(forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    push_branch(clone, git, "mine")
    pull = open_pull(forge, "mine")
    newer = commit(clone, git, "more.txt", "more\n")
    git(clone, "push", "--quiet", "origin", "mine")
    assert take(forge, pull, tmp_path / "checkout").head == newer
    assert git(forge.repository, "rev-parse", "refs/pull/1/head", "main^2").split() == [newer, newer]


def test_a_conflict_names_the_files_and_leaves_main(forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    push_branch(clone, git, "mine", "README.md", "mine\n")
    pull = open_pull(forge, "mine")
    push_branch(clone, git, "theirs", "README.md", "theirs\n")
    git(clone, "push", "--quiet", "origin", "theirs:main")
    before = git(forge.repository, "rev-parse", "main")
    with pytest.raises(ForgeError, match=r"#1 can't be merged: it conflicts with main in README.md") as caught:
        take(forge, pull, tmp_path / "checkout")
    assert "git merge origin/main" in caught.value.hint
    assert git(forge.repository, "rev-parse", "main") == before
    assert local.pull_requests(forge)[0].state is PullRequestState.OPEN


@pytest.mark.parametrize(
    ("what_moves", "message"), [("main", "#1 was not merged: main moved meanwhile"), ("facts", "#1 is merged already")]
)
def test_a_merge_that_loses_the_race_changes_nothing(
    what_moves: str, message: str, forge: LocalForge, clone: Path, tmp_path: Path, git: Git
) -> None:
    push_branch(clone, git, "mine")
    pull = open_pull(forge, "mine")
    (tmp_path / "checkout").mkdir()
    commit = local.check_out_merged(forge, pull, folder=tmp_path / "checkout", person=EVE)
    if what_moves == "main":
        push_branch(clone, git, "theirs", "theirs.txt")
        git(clone, "push", "--quiet", "origin", "theirs:main")
    else:
        take(forge, pull, tmp_path / "faster")
    before = git(forge.repository, "rev-parse", "main", "refs/pull/1/facts", "refs/pull/1/head")
    with pytest.raises(ForgeError, match=message):
        local.merge(forge, pull, commit=commit, review={}, now=LATER)
    assert git(forge.repository, "rev-parse", "main", "refs/pull/1/facts", "refs/pull/1/head") == before


def test_a_checkout_that_comes_after_a_faster_merge_says_that_it_is_merged(
    forge: LocalForge, clone: Path, tmp_path: Path, git: Git
) -> None:
    push_branch(clone, git, "mine")
    pull = open_pull(forge, "mine")
    take(forge, pull, tmp_path / "faster")
    with pytest.raises(ForgeError, match="#1 is merged already"):
        take(forge, pull, tmp_path / "slower")


def test_what_happens_in_the_checkout_after_the_merge_is_not_merged(
    forge: LocalForge, clone: Path, tmp_path: Path, git: Git
) -> None:
    push_branch(clone, git, "mine")
    pull, folder = open_pull(forge, "mine"), tmp_path / "checkout"
    folder.mkdir()
    commit = local.check_out_merged(forge, pull, folder=folder, person=EVE)
    (folder / "slipped-in.txt").write_text("nobody saw this\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--amend", "--no-edit")
    merged = local.merge(forge, pull, commit=commit, review={}, now=LATER)
    assert git(forge.repository, "rev-parse", "main", "refs/pull/1/merge").split() == [commit, commit]
    assert merged.merge_commit == commit
    assert "slipped-in.txt" not in git(forge.repository, "ls-tree", "-r", "--name-only", "main")


@pytest.mark.parametrize("how", ["--no-ff", "--ff-only"])
@pytest.mark.parametrize("commits_after", [1, 0])
def test_what_was_pushed_to_main_is_settled_with_the_commit_that_brought_it(
    how: str, commits_after: int, forge: LocalForge, clone: Path, git: Git
) -> None:
    push_branch(clone, git, "mine")
    pull = open_pull(forge, "mine")
    assert not local.is_on_main(forge, pull)
    git(clone, "switch", "--quiet", "main")
    git(clone, "merge", "--quiet", how, "-m", "Take it", "mine")
    brought = git(clone, "rev-parse", "HEAD")
    for _ in range(commits_after):
        commit(clone, git, "later.txt", "later\n")
    git(clone, "push", "--quiet", "origin", "main")
    assert local.is_on_main(forge, pull)
    settled = local.settle(forge, pull, now=datetime.now(UTC))
    assert (settled.state, settled.merge_commit, settled.head) == (PullRequestState.MERGED, brought, pull.head)
    assert local.pull_requests(forge) == [settled]
    facts = json.loads(git(forge.repository, "cat-file", "blob", "refs/pull/1/facts"))
    assert (facts["merged_by"], facts["review"]) == ("push", {"kind": "none"})


def test_the_head_follows_its_branch_until_the_merge(forge: LocalForge, clone: Path, tmp_path: Path, git: Git) -> None:
    push_branch(clone, git, "mine")
    pull = open_pull(forge, "mine")
    newer = commit(clone, git, "more.txt", "more\n")
    git(clone, "push", "--quiet", "origin", "mine")
    local.follow_branches(forge, local.pull_requests(forge))
    assert git(forge.repository, "rev-parse", "refs/pull/1/head") == newer
    git(clone, "push", "--quiet", "origin", ":mine")
    local.follow_branches(forge, local.pull_requests(forge))
    assert local.pull_requests(forge)[0].head == newer
    git(clone, "push", "--quiet", "origin", "mine")
    take(forge, pull, tmp_path / "checkout")
    commit(clone, git, "later.txt", "later\n")
    git(clone, "push", "--quiet", "origin", "mine")
    local.follow_branches(forge, local.pull_requests(forge))
    assert git(forge.repository, "rev-parse", "refs/pull/1/head") == newer


@pytest.mark.parametrize("refspec", [":refs/pull/1/facts", "+main:refs/pull/1/head", "main:refs/pull/7/facts"])
def test_pull_requests_cannot_be_pushed_to_and_can_be_fetched(
    refspec: str, forge: LocalForge, clone: Path, git: Git
) -> None:
    head = push_branch(clone, git, "mine")
    pull = open_pull(forge, "mine")
    with pytest.raises(subprocess.CalledProcessError) as caught:
        git(clone, "push", "--quiet", "origin", refspec)
    assert "hidden ref" in caught.value.stderr
    assert local.pull_requests(forge) == [pull]
    git(clone, "fetch", "--quiet", "origin", "refs/pull/1/head")
    assert git(clone, "rev-parse", "FETCH_HEAD") == head


def test_a_number_is_not_given_again_when_its_facts_are_gone(forge: LocalForge, clone: Path, git: Git) -> None:
    for name in ("one", "two"):
        push_branch(clone, git, name)
    open_pull(forge, "one")
    git(forge.repository, "update-ref", "-d", "refs/pull/1/facts")
    assert open_pull(forge, "two").number == 2
    assert [pull.number for pull in local.pull_requests(forge)] == [2]


def test_a_branch_has_one_open_pull_request_even_when_two_open_it_at_once(
    forge: LocalForge, clone: Path, tmp_path: Path, git: Git
) -> None:
    push_branch(clone, git, "mine")

    def attempt(_: int) -> str:
        try:
            return f"#{open_pull(forge, 'mine').number}"
        except ForgeError as error:
            return error.message

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(attempt, range(4)))
    assert said == ["#1", *["pull request #1 is open for mine already"] * 3]
    assert [pull.number for pull in local.pull_requests(forge)] == [1]
    take(forge, local.pull_requests(forge)[0], tmp_path / "checkout")
    assert open_pull(forge, "mine").number == 2


def test_a_forge_that_cannot_be_written_refuses(forge: LocalForge, clone: Path, git: Git) -> None:
    push_branch(clone, git, "mine")
    (forge.repository / "refs" / "pull").write_text("in the way")
    with pytest.raises(ForgeError, match="the forge refused"):
        open_pull(forge, "mine")


def test_facts_that_cannot_be_read_are_a_forge_error(forge: LocalForge, clone: Path, git: Git, tmp_path: Path) -> None:
    push_branch(clone, git, "mine")
    open_pull(forge, "mine")
    (tmp_path / "bad").write_text('{"state": "open"}')
    blob = git(forge.repository, "hash-object", "-w", str(tmp_path / "bad"))
    git(forge.repository, "update-ref", "refs/pull/1/facts", blob)
    with pytest.raises(ForgeError, match=r"refs/pull/1/facts can't be read") as caught:
        local.pull_requests(forge)
    assert "cat-file" in caught.value.hint


def test_hooks_that_everybody_has_are_not_run(
    home: Path, forge: LocalForge, clone: Path, tmp_path: Path, git: Git
) -> None:
    push_branch(clone, git, "mine")
    for name in ("reference-transaction", "pre-receive", "update", "pre-merge-commit", "pre-push"):
        (home / "hooks").mkdir(exist_ok=True)
        (home / "hooks" / name).write_text("#!/bin/sh\nexit 1\n")
        (home / "hooks" / name).chmod(0o755)
    git(home, "config", "--global", "core.hooksPath", str(home / "hooks"))
    assert take(forge, open_pull(forge, "mine"), tmp_path / "checkout").number == 1
