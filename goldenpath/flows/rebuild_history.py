"""Rebuild what the ledger lacks and the world still shows: the first commit, and pull requests on the forge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.core import events as ev
from goldenpath.core.outcomes import Evidence
from goldenpath.core.times import EARLIEST
from goldenpath.flows.record_pull_requests import pull_request_drafts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.core.model import Json, PullRequest
    from goldenpath.flows.open_walk import Walk


def rebuild_history(walk: Walk, pulls: Sequence[PullRequest] | None) -> list[ev.Draft]:
    """The events that the ledger lacks, oldest first; none of a time that no ledger believes.

    What others committed is not counted as this engineer's.
    """
    seen = pull_request_drafts(walk.history, walk.project, pulls or ())
    found = [*_creation(walk), *_first_commit(walk), *seen]
    return sorted((draft for draft in found if draft.time >= EARLIEST), key=lambda draft: draft.time)


def _creation(walk: Walk) -> list[ev.Draft]:
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
    facts: dict[str, Json] = {
        "project": walk.project.id,
        "path": walk.path.id,
        "template": walk.project.source,
        "version": walk.project.version,
        "commit": commit,
        "name": root.name,
        "learned": Evidence.HISTORY.value,
    }
    return [ev.Draft.about(ev.REPOSITORY_CREATED, datetime.fromtimestamp(int(seconds), UTC), facts)]


def _first_commit(walk: Walk) -> list[ev.Draft]:
    """The engineer's first commit after the one that the project began with, when no event tells of it."""
    root, person = walk.project.root, repo.identity(walk.project.root)
    if person is None or any(event.data.get("milestone") == "first-commit" for event in walk.history):
        return []
    lines = repo.asks(root, "log", "--no-merges", "--min-parents=1", "--reverse", "--format=%ct %ae", "HEAD") or ""
    mine = [line.split(" ", 1)[0] for line in lines.splitlines() if line.split(" ", 1)[-1] == person.email]
    if not mine:
        return []
    facts: dict[str, Json] = {
        "project": walk.project.id,
        "milestone": "first-commit",
        "learned": Evidence.HISTORY.value,
    }
    return [ev.Draft.about(ev.MILESTONE_RECORDED, datetime.fromtimestamp(int(mine[0]), UTC), facts)]
