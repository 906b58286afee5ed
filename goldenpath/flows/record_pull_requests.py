"""Record what the forge knows about pull requests and the ledger does not: they were opened, they were merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.core import events as ev
from goldenpath.core.model import PullRequestState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.model import Json, Project, PullRequest


def record_pull_requests(ledger: Ledger, project: Project, pulls: Sequence[PullRequest]) -> list[ev.Event]:
    """The events that were appended; none when the ledger knows it all, and then it is only read."""
    if not _missing(ledger.events(project.id), project, pulls):
        return []
    return ledger.append_once(project.id, lambda history: pull_request_drafts(history, project, pulls))


def pull_request_drafts(history: Sequence[ev.Event], project: Project, pulls: Sequence[PullRequest]) -> list[ev.Draft]:
    """The events that a project's history lacks, oldest first. What others committed is not this engineer's."""
    drafts = [_draft(kind, pull, project) for kind, pull in _missing(history, project, pulls)]
    return sorted(drafts, key=lambda draft: draft.time)


def _missing(
    history: Sequence[ev.Event], project: Project, pulls: Sequence[PullRequest]
) -> list[tuple[str, PullRequest]]:
    known = {(event.type, event.data.get("project"), event.data.get("number")) for event in history}
    happened = [(ev.CHANGE_CREATED, pull) for pull in pulls]
    happened += [(ev.CHANGE_MERGED, pull) for pull in pulls if pull.state is PullRequestState.MERGED]
    return [(kind, pull) for kind, pull in happened if (kind, project.id, pull.number) not in known]


def _draft(kind: str, pull: PullRequest, project: Project) -> ev.Draft:
    """`tutorial` marks pull requests that were made along a path; who names no engineer is the ledger's own."""
    about: dict[str, Json] = {
        "project": project.id,
        **({} if is_mine(project.root, pull) else {"engineer": pull.author}),
        "number": pull.number,
        "forge": "local",
        "tutorial": bool(project.path_id),
    }
    if kind == ev.CHANGE_CREATED:
        return ev.Draft.about(kind, pull.opened_at, about)
    return ev.Draft.about(kind, pull.merged_at or pull.opened_at, {**about, "commit": pull.merge_commit})


def is_mine(root: Path, pull: PullRequest) -> bool:
    """Whether the last commit of a pull request is by who commits in this repository."""
    person = repo.identity(root)
    author = repo.asks(root, "log", "-1", "--format=%ae", pull.head)
    return person is not None and author == person.email
