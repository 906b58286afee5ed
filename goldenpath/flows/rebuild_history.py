"""Rebuild what the ledger lacks and the world still shows: the first commit, and pull requests on the forge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.core import events as ev
from goldenpath.core.model import Evidence, PullRequestState
from goldenpath.flows.merge_pull_request import merged_event
from goldenpath.flows.open_pull_request import opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from goldenpath.core.model import Json, PullRequest
    from goldenpath.flows.open_walk import Walk


def rebuild_history(walk: Walk, pulls: Sequence[PullRequest] | None, engineer: str) -> list[ev.Draft]:
    """The events that the ledger lacks, oldest first. What others committed is not counted as this engineer's."""
    drafts = [*_creation(walk, engineer), *_first_commit(walk, engineer)]
    for pull in pulls or ():
        owner = engineer if _is_mine(walk.project.root, pull) else pull.author
        if not _has(walk, ev.CHANGE_CREATED, pull.number):
            drafts.append(opened(pull, walk.project, owner))
        if pull.state is PullRequestState.MERGED and not _has(walk, ev.CHANGE_MERGED, pull.number):
            drafts.append(merged_event(pull, walk.project, owner))
    return sorted(drafts, key=lambda draft: draft.time)


def _creation(walk: Walk, engineer: str) -> list[ev.Draft]:
    root = walk.project.root
    if any(event.type == ev.REPOSITORY_CREATED for event in walk.history):
        return []
    if repo.asks(root, "rev-parse", "--is-shallow-repository") != "false":
        return []
    first = repo.asks(root, "log", "--max-parents=0", "--reverse", "--format=%H %ct %ae", "HEAD") or ""
    commit, seconds, email = (first.splitlines() or [""])[0].split(" ", 2) if first else ("", "", "")
    person = repo.identity(root)
    if not commit or person is None or person.email != email:
        return []
    data = {
        "project": walk.project.id,
        "engineer": engineer,
        "path": walk.path.id,
        "template": walk.project.source,
        "version": walk.project.version,
        "commit": commit,
        "name": root.name,
        "learned": Evidence.HISTORY.value,
    }
    return [ev.Draft(ev.REPOSITORY_CREATED, walk.project.id, datetime.fromtimestamp(int(seconds), UTC), {**data})]


def _first_commit(walk: Walk, engineer: str) -> list[ev.Draft]:
    """The engineer's first commit after the one that the project began with, when no event tells of it."""
    root, person = walk.project.root, repo.identity(walk.project.root)
    if person is None or any(event.data.get("milestone") == "first-commit" for event in walk.history):
        return []
    if any(event.type in {ev.CHANGE_CREATED, ev.STEP_COMPLETED} for event in walk.history):
        return []
    lines = repo.asks(root, "log", "--no-merges", "--min-parents=1", "--reverse", "--format=%ct %ae", "HEAD") or ""
    mine = [line.split(" ", 1)[0] for line in lines.splitlines() if line.split(" ", 1)[-1] == person.email]
    if not mine:
        return []
    data: dict[str, Json] = {
        "project": walk.project.id,
        "engineer": engineer,
        "milestone": "first-commit",
        "learned": Evidence.HISTORY.value,
    }
    return [ev.Draft(ev.MILESTONE_RECORDED, walk.project.id, datetime.fromtimestamp(int(mine[0]), UTC), data)]


def _is_mine(root: Path, pull: PullRequest) -> bool:
    person = repo.identity(root)
    author = repo.asks(root, "log", "-1", "--format=%ae", pull.head)
    return person is not None and author == person.email


def _has(walk: Walk, kind: str, number: int) -> bool:
    return any(event.type == kind and event.data.get("number") == number for event in walk.history)
