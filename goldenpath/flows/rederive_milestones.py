"""Rederive milestones from the repositories and forges on this machine, and hold the ledger against them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import repo, state
from goldenpath.core.errors import GoldenpathError
from goldenpath.core.milestone_names import MILESTONES
from goldenpath.core.milestones import reached
from goldenpath.core.model import PullRequestState
from goldenpath.flows.find_project import find_root, read_identity
from goldenpath.flows.record_pull_requests import is_mine
from goldenpath.forges import local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.milestones import Reached
    from goldenpath.core.model import PullRequest
    from goldenpath.core.outcomes import Evidence


_OF_COMMITS = {"started": 1, "project-created": 1, "first-commit": 1}
_OF_PULLS = {"first-pr-opened": 1, "first-pr-merged": 1, "tenth-pr-merged": 10}
_SHOWABLE = {**_OF_COMMITS, **_OF_PULLS}
"""The milestones that a repository or a forge can show, and how many moments each takes; of the others only a step's
checks can tell."""


class Verdict(StrEnum):
    """What the world says to a milestone: it shows it, it does not, it can't be seen here, or the ledger lacks it."""

    SHOWN = "shown"
    NOT_SHOWN = "not shown"
    UNSEEN = "can't be seen"
    LACKING = "not in the ledger"
    NEITHER = "not reached"


@dataclass(frozen=True, slots=True)
class Rederived:
    """A milestone as the ledger claims it, and as the repositories and forges on this machine show it."""

    milestone: str
    claimed_at: datetime | None
    learned: Evidence | None
    shown_at: datetime | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Rederivation:
    """The milestones that repositories and forges can show, and in which folders was looked.

    `unseen` projects of the ledger are not on this machine. `claims_more` are the milestones that the ledger claims and
    the world does not show.
    """

    milestones: tuple[Rederived, ...]
    projects: tuple[str, ...]
    unseen: tuple[str, ...]
    claims_more: tuple[str, ...]


def rederive_milestones(settings: Settings, ledger: Ledger, folder: Path) -> Rederivation:
    """What this engineer's milestones are held against the world. Nothing is written.

    The projects are those that the ledger knows, looked for where they were seen before, and the one around `folder`.
    """
    engineer = ledger.known_engineer()
    history = ledger.events_of(engineer)
    here = find_root(folder)
    around = {_id(here): here} if here else {}
    projects = {str(event.data["project"]) for event in history if event.data.get("project")} | around.keys()
    roots = {project: _root(settings, project) or around.get(project) for project in sorted(projects - {""})}
    addresses = {value for kind, value in ledger.people().get(engineer, []) if kind == "email"}
    views = {project: _view(settings, root, engineer, addresses) for project, root in roots.items()}
    known = reached(history, engineer)
    told = tuple(_held(name, known.get(name), views) for name in MILESTONES if name in _SHOWABLE)
    return Rederivation(
        milestones=told,
        projects=tuple(str(root) for root in roots.values() if root),
        unseen=tuple(project for project, root in roots.items() if root is None),
        claims_more=tuple(each.milestone for each in told if each.verdict is Verdict.NOT_SHOWN),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What one project shows, by milestone, and what it would show if there were more."""

    moments: Mapping[str, Sequence[datetime]] = field(default_factory=dict)
    sees_commits: bool = False
    sees_pulls: bool = False

    def would_show(self, name: str) -> bool:
        """Whether what is not seen here did not happen here."""
        return self.sees_commits if name in _OF_COMMITS else self.sees_pulls


def _held(name: str, claim: Reached | None, views: Mapping[str, _View]) -> Rederived:
    moments = sorted(moment for view in views.values() for moment in view.moments.get(name, ()))
    seen_at = moments[_SHOWABLE[name] - 1] if len(moments) >= _SHOWABLE[name] else None
    if claim and seen_at:
        verdict = Verdict.SHOWN
    elif claim:
        is_of_one = _SHOWABLE[name] == 1 and claim.project in views
        asked = [views[claim.project]] if is_of_one else views.values()
        verdict = Verdict.NOT_SHOWN if all(view.would_show(name) for view in asked) else Verdict.UNSEEN
    else:
        verdict = Verdict.LACKING if seen_at else Verdict.NEITHER
    return Rederived(name, claim.at if claim else None, claim.learned if claim else None, seen_at, verdict)


def _root(settings: Settings, project: str) -> Path | None:
    """Where a project is on this machine: the first of the folders in which it was seen that still holds it."""
    places = map(Path, state.places(settings, project))
    return next((place for place in places if _id(place) == project), None)


def _id(root: Path) -> str:
    """The id of the project in a folder; empty when there is none any more, or it can't be read."""
    try:
        return read_identity(root)[0]
    except GoldenpathError:
        return ""


def _view(settings: Settings, root: Path | None, engineer: str, addresses: set[str]) -> _View:
    if root is None:
        return _View()
    person = repo.identity(root)
    own = addresses | ({person.email} if person else set())
    made, committed = _first_own_commit(root, own), _own_commits(root, own)
    forge = local.find(settings.forge, root)
    pulls = [pull for pull in (local.pull_requests(forge) if forge else ()) if _is_own(root, pull, engineer)]
    merged = [pull.merged_at for pull in pulls if pull.state is PullRequestState.MERGED and pull.merged_at]
    moments = {
        "started": made or [],
        "project-created": made or [],
        "first-commit": committed or [],
        "first-pr-opened": [pull.opened_at for pull in pulls],
        "first-pr-merged": merged,
        "tenth-pr-merged": merged,
    }
    sees_commits = bool(own) and made is not None and committed is not None
    return _View(moments, sees_commits, sees_pulls=forge is not None or not repo.remote_url(root))


def _first_own_commit(root: Path, own: set[str]) -> list[datetime] | None:
    """When the project's first commit was made, if it is theirs.

    None where it can't be told: a shallow clone has not got it, and a larger repository around it began with another.
    """
    known = repo.asks(root, "rev-parse", "--is-shallow-repository", "--show-prefix") or ""
    if known.split() != ["false"]:
        return None
    lines = repo.asks(root, "log", "--max-parents=0", "--reverse", "--format=%ct %ae", "HEAD")
    return None if lines is None else _moments(lines.splitlines()[:1], own)


def _own_commits(root: Path, own: set[str]) -> list[datetime] | None:
    """When each later commit was made, on whatever branch it is; None when the history can't be read."""
    everywhere = ("HEAD", "--branches", "--remotes")
    lines = repo.asks(root, "log", "--no-merges", "--min-parents=1", "--format=%ct %ae", *everywhere)
    return None if lines is None else _moments(lines.splitlines(), own)


def _moments(lines: Sequence[str], own: set[str]) -> list[datetime]:
    """From lines that have a commit's time and its author's address."""
    parted = [line.partition(" ") for line in lines]
    return [datetime.fromtimestamp(int(seconds), UTC) for seconds, _, address in parted if address in own]


def _is_own(root: Path, pull: PullRequest, engineer: str) -> bool:
    """Whether the ledger would count a pull request for this engineer."""
    return pull.author == engineer or is_mine(root, pull)
