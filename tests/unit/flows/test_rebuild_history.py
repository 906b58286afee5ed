"""What the ledger lacks and the world still shows is told again, and nobody is given what others did."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.core.model import GoldenPath, Project, PullRequest, PullRequestState, Template
from goldenpath.core.progress import fold
from goldenpath.flows.open_walk import Walk
from goldenpath.flows.rebuild_history import rebuild_history
from goldenpath.flows.record_pull_requests import record_pull_requests
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger

    Git = Callable[..., str]

ME = "eng-me"
SOMEBODY = ("-c", "user.name=Bob", "-c", "user.email=bob@example.org")


def commit(git: Git, root: Path, subject: str, *who: str) -> str:
    git(root, *who, "commit", "--quiet", "--allow-empty", "-m", subject)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def root(tmp_path: Path, git: Git) -> Path:
    """A project that was begun by its engineer, without anything else in it."""
    folder = tmp_path / "project"
    git(tmp_path, "init", "--quiet", "--initial-branch=main", str(folder))
    commit(git, folder, "Start")
    return folder


def walk_of(root: Path, ledger: Ledger) -> Walk:
    project = Project(root, "prj-1", "tiny", "template", "1.0.0")
    template = Template("tiny", "template", "1.0.0", "c0ffee", root)
    path = GoldenPath("tiny", "Tiny", "", "1.0.0", "", "", "", 1, "")
    history = tuple(ledger.events("prj-1"))
    return Walk(project, template, path, (), {}, history, fold([], history))


def told(root: Path, ledger: Ledger, pulls: list[PullRequest] | None = None) -> list[tuple[str, object]]:
    drafts = rebuild_history(walk_of(root, ledger), pulls)
    assert [draft.time for draft in drafts] == sorted(draft.time for draft in drafts)
    assert {draft.subject for draft in drafts} <= {"prj-1"}
    return [(ev.short_type(draft.type), draft.of(ME).data["engineer"]) for draft in drafts]


def note(ledger: Ledger, kind: str, **facts: str) -> None:
    ledger.append([Draft.about(kind, NOW, {"project": "prj-1", "engineer": ME, **facts})])


def test_a_project_that_the_engineer_began_was_created_by_them(root: Path, ledger: Ledger) -> None:
    assert told(root, ledger) == [("repository.created", ME)]


def test_a_clone_of_somebody_elses_project_was_not_created_by_its_engineer(
    root: Path, ledger: Ledger, git: Git
) -> None:
    clone = root.parent / "clone"
    git(root, "clone", "--quiet", str(root), str(clone))
    git(clone, "config", "user.email", "bob@example.org")
    assert told(clone, ledger) == []
    git(clone, "config", "user.email", "ada@example.org")
    assert told(clone, ledger) == [("repository.created", ME)]


def test_a_shallow_clone_does_not_show_who_began(root: Path, ledger: Ledger, git: Git) -> None:
    commit(git, root, "More")
    git(root, "clone", "--quiet", "--depth=1", root.as_uri(), str(root.parent / "clone"))
    assert ("repository.created", ME) not in told(root.parent / "clone", ledger)


def test_the_creation_is_told_once(root: Path, ledger: Ledger) -> None:
    note(ledger, ev.REPOSITORY_CREATED)
    assert told(root, ledger) == []


def test_the_first_commit_is_found_although_a_step_was_completed(root: Path, ledger: Ledger, git: Git) -> None:
    note(ledger, ev.REPOSITORY_CREATED)
    note(ledger, ev.STEP_COMPLETED, step="say-hello", milestone="first-change")
    commit(git, root, "By somebody", *SOMEBODY)
    assert told(root, ledger) == []
    commit(git, root, "Mine")
    assert told(root, ledger) == [("milestone.recorded", ME)]


@pytest.mark.parametrize("kind", [ev.STEP_COMPLETED, ev.MILESTONE_RECORDED])
def test_a_first_commit_that_is_known_is_not_told_again(kind: str, root: Path, ledger: Ledger, git: Git) -> None:
    note(ledger, ev.REPOSITORY_CREATED)
    note(ledger, kind, milestone="first-commit")
    commit(git, root, "Mine")
    assert told(root, ledger) == []


def test_pull_requests_belong_to_whoever_committed_them(root: Path, ledger: Ledger, git: Git) -> None:
    note(ledger, ev.REPOSITORY_CREATED)
    note(ledger, ev.MILESTONE_RECORDED, milestone="first-commit")
    heads = [commit(git, root, "Mine"), commit(git, root, "Theirs", *SOMEBODY)]
    opened = [PullRequest(n, "t", "b", "main", head, "eng-author", NOW) for n, head in enumerate(heads, start=1)]
    merged = replace(opened[1], state=PullRequestState.MERGED, merged_at=NOW + timedelta(1), merge_commit="c")
    assert told(root, ledger, [opened[0], merged]) == [
        ("change.created", ME),
        ("change.created", "eng-author"),
        ("change.merged", "eng-author"),
    ]


def test_pull_requests_are_recorded_once_and_then_only_read(root: Path, ledger: Ledger) -> None:
    project = walk_of(root, ledger).project
    pull = PullRequest(1, "t", "b", "main", "0" * 40, "eng-author", NOW, PullRequestState.MERGED, NOW, "c")
    added = record_pull_requests(ledger, project, [pull])
    assert [event.type for event in added] == [ev.CHANGE_CREATED, ev.CHANGE_MERGED]
    before = ledger.path.read_bytes()
    assert record_pull_requests(ledger, project, [pull]) == []
    assert ledger.path.read_bytes() == before


def test_commands_at_the_same_moment_record_a_pull_request_once(root: Path, ledger: Ledger) -> None:
    project = walk_of(root, ledger).project
    pull = PullRequest(1, "t", "b", "main", "0" * 40, "eng-author", NOW)
    with ThreadPoolExecutor(6) as pool:
        added = list(pool.map(lambda _: record_pull_requests(ledger, project, [pull]), range(6)))
    assert sorted(len(each) for each in added) == [0] * 5 + [1]
    assert len(ledger.events("prj-1")) == 1
