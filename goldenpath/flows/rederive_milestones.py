"""Rederive milestones from the repositories and forges on this machine, and hold the ledger against them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import repo, state
from goldenpath.core.errors import GoldenpathError
from goldenpath.core.milestones import MILESTONES, reached
from goldenpath.core.model import PullRequestState
from goldenpath.flows.find_project import read_identity
from goldenpath.flows.record_pull_requests import is_mine
from goldenpath.forges import local

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.milestones import Reached
    from goldenpath.core.model import Evidence, PullRequest


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
    """The milestones that repositories and forges can show. `unseen` projects of the ledger are not on this machine."""

    milestones: tuple[Rederived, ...]
    projects: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def claims_more(self) -> tuple[str, ...]:
        """The milestones that the ledger claims and the world does not show."""
        return tuple(each.milestone for each in self.milestones if each.verdict is Verdict.NOT_SHOWN)


def rederive_milestones(settings: Settings, ledger: Ledger) -> Rederivation:
    """What this engineer's milestones are held against the world. Nothing is written."""
    engineer = ledger.known_engineer()
    history = ledger.events_of(engineer)
    projects = sorted({str(event.data["project"]) for event in history if event.data.get("project")})
    roots = {project: _root(settings, project) for project in projects}
    shown = _shown(settings, [root for root in roots.values() if root])
    unseen = tuple(project for project, root in roots.items() if root is None)
    known = reached(history, engineer)
    told = tuple(
        _held(name, known.get(name), shown, is_all_seen=not unseen) for name in MILESTONES if name in _SHOWABLE
    )
    return Rederivation(told, tuple(str(root) for root in roots.values() if root), unseen)


def _held(name: str, claim: Reached | None, shown: Mapping[str, datetime], *, is_all_seen: bool) -> Rederived:
    seen_at = shown.get(name)
    if claim and seen_at:
        verdict = Verdict.SHOWN
    elif claim:
        verdict = Verdict.NOT_SHOWN if is_all_seen else Verdict.UNSEEN
    else:
        verdict = Verdict.LACKING if seen_at else Verdict.NEITHER
    return Rederived(name, claim.at if claim else None, claim.learned if claim else None, seen_at, verdict)


def _root(settings: Settings, project: str) -> Path | None:
    """Where a project is on this machine: the first of the folders in which it was seen that still holds it."""
    for place in state.places(settings, project):
        try:
            if read_identity(Path(place))[0] == project:
                return Path(place)
        except GoldenpathError:
            continue
    return None


_SHOWABLE = frozenset(
    {"started", "project-created", "first-commit", "first-pr-opened", "first-pr-merged", "tenth-pr-merged"}
)
"""The milestones that a repository or a forge can show; of the others only a step's checks can tell."""


def _shown(settings: Settings, roots: Iterable[Path]) -> dict[str, datetime]:
    made: list[datetime] = []
    committed: list[datetime] = []
    opened: list[datetime] = []
    merged: list[datetime] = []
    for root in roots:
        first, *rest = _own_commits(root) or [None]
        made += [first] if first else []
        committed += [moment for moment in rest if moment]
        for pull in _own_pulls(settings, root):
            opened.append(pull.opened_at)
            if pull.state is PullRequestState.MERGED and pull.merged_at:
                merged.append(pull.merged_at)
    nth = {
        "started": (made, 1),
        "project-created": (made, 1),
        "first-commit": (committed, 1),
        "first-pr-opened": (opened, 1),
        "first-pr-merged": (merged, 1),
        "tenth-pr-merged": (merged, 10),
    }
    return {name: sorted(moments)[count - 1] for name, (moments, count) in nth.items() if len(moments) >= count}


def _own_commits(root: Path) -> list[datetime | None]:
    """When each commit was made, in order; None in the place of somebody else's, or of a first one that is not here."""
    person = repo.identity(root)
    if person is None:
        return []
    is_shallow = repo.asks(root, "rev-parse", "--is-shallow-repository") != "false"
    lines = repo.asks(root, "log", "--no-merges", "--reverse", "--topo-order", "--format=%ct %ae", "HEAD") or ""
    commits = [
        (datetime.fromtimestamp(int(each.split(" ", 1)[0]), UTC), each.split(" ", 1)[1]) for each in lines.splitlines()
    ]
    own = [moment if email == person.email else None for moment, email in commits]
    return [None, *own] if is_shallow else own


def _own_pulls(settings: Settings, root: Path) -> list[PullRequest]:
    forge = local.find(settings.forge, root)
    return [pull for pull in local.pull_requests(forge) if is_mine(root, pull)] if forge else []
