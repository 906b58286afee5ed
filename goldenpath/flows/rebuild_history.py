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

    from goldenpath.core.model import PullRequest
    from goldenpath.flows.open_walk import Walk


def rebuild_history(walk: Walk, pulls: Sequence[PullRequest] | None, engineer: str) -> list[ev.Draft]:
    """The events that the ledger lacks, oldest first. What others committed is not counted as this engineer's."""
    drafts = [*_creation(walk, engineer)]
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


def _is_mine(root: Path, pull: PullRequest) -> bool:
    person = repo.identity(root)
    author = repo.asks(root, "log", "-1", "--format=%ae", pull.head)
    return person is not None and author == person.email


def _has(walk: Walk, kind: str, number: int) -> bool:
    return any(event.type == kind and event.data.get("number") == number for event in walk.history)
