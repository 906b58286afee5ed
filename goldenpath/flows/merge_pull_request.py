"""Merge a pull request after an automatic review: the project's own checks on the merged tree, in a clean checkout."""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import repo, shell
from goldenpath.core import events as ev
from goldenpath.core.errors import ForgeError, MachineError
from goldenpath.core.model import PullRequestState
from goldenpath.core.times import stamp
from goldenpath.flows.open_pull_request import about_pull, forge_of
from goldenpath.forges import local

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from datetime import datetime

    from goldenpath.adapters.ledger import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json, Project, PullRequest
    from goldenpath.forges.local import LocalForge

MOST_SECONDS = 900.0
"""How long one of the project's own checks may take."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One of the project's own checks in the automatic review."""

    command: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Merged:
    """A pull request that was merged, and the automatic review that came first."""

    pull: PullRequest
    review: tuple[Reviewed, ...]


def merge_pull_request(
    settings: Settings,
    ledger: Ledger,
    project: Project,
    number: int | None,
    checks: Sequence[Sequence[str]],
    clock: Callable[[], datetime],
) -> Generator[str, None, Merged]:
    """Yields what is being done; returns what was merged. Raises ForgeError when it conflicts or is not green."""
    forge = forge_of(settings, project)
    pull = _wanted(forge, project, number)
    person = repo.identity(project.root)
    if person is None:
        raise MachineError("git does not know who you are", hint="git config --global user.email you@example.org")
    with tempfile.TemporaryDirectory(prefix="goldenpath-review-") as scratch:
        checkout = Path(scratch) / project.root.name
        checkout.mkdir()
        yield f"Merging #{pull.number} into a clean checkout"
        local.check_out_merged(forge, pull, checkout, person)
        review = yield from _review(pull, checkout, checks)
        now = clock()
        facts: dict[str, Json] = {"kind": "automatic", "at": stamp(now), "checks": [each.command for each in review]}
        merged = local.merge(forge, pull, checkout=checkout, review=facts, now=now)
    ledger.append([merged_event(merged, project, ledger.engineer())])
    return Merged(merged, review)


def merged_event(pull: PullRequest, project: Project, engineer: str) -> ev.Draft:
    """The event of a pull request that was merged."""
    data = {**about_pull(pull, project, engineer), "commit": pull.merge_commit}
    return ev.Draft(ev.CHANGE_MERGED, project.id, pull.merged_at or pull.opened_at, data)


def _wanted(forge: LocalForge, project: Project, number: int | None) -> PullRequest:
    pulls = local.pull_requests(forge)
    branch = repo.branch(project.root)
    waiting = [pull for pull in pulls if pull.state is PullRequestState.OPEN]
    if number is None:
        mine = [pull for pull in waiting if pull.branch == branch] or waiting
        if len(mine) == 1:
            number = mine[0].number
        else:
            names = ", ".join(f"#{pull.number}" for pull in mine)
            hint = (
                f"name one of {names}: goldenpath pr merge {mine[0].number}" if mine else "open one: goldenpath pr open"
            )
            raise ForgeError("there are several open pull requests" if mine else "no pull request is open", hint=hint)
    pull = next((pull for pull in pulls if pull.number == number), None)
    if pull is None:
        raise ForgeError(f"there is no pull request #{number}", hint="see them: goldenpath pr list")
    if pull.state is PullRequestState.MERGED:
        raise ForgeError(f"pull request #{number} is merged already", hint="bring it here: git switch main && git pull")
    _must_be_pushed(forge, project, pull)
    return pull


def _must_be_pushed(forge: LocalForge, project: Project, pull: PullRequest) -> None:
    if not local.branch_head(forge, pull.branch):
        raise ForgeError(
            f"the branch {pull.branch} is no longer on the forge",
            hint=f"push it: git push -u origin {pull.branch}",
        )
    here = repo.asks(project.root, "rev-parse", "--verify", "--quiet", f"refs/heads/{pull.branch}")
    if here and repo.git(project.root, "rev-list", "--count", here, f"^{pull.head}") != "0":
        raise ForgeError(
            f"{pull.branch} has commits here that are not pushed",
            hint=f"push them: git push origin {pull.branch}",
        )


def _review(
    pull: PullRequest, checkout: Path, checks: Sequence[Sequence[str]]
) -> Generator[str, None, tuple[Reviewed, ...]]:
    done: list[Reviewed] = []
    for argv in checks:
        command = shlex.join(argv)
        yield f"Automatic review: {command}"
        ran = shell.run(argv, folder=checkout, timeout_s=MOST_SECONDS)
        if ran is None:
            raise MachineError(f"the review needs {argv[0]}, which is not here", hint=f"install {argv[0]}")
        if ran.exit != 0:
            how = f"ended with {ran.exit}" if ran.exit is not None else f"did not end within {MOST_SECONDS:g} s"
            raise ForgeError(
                f"pull request #{pull.number} is not green: `{command}` {how} on the merged tree\n{ran.output[-2000:]}",
                hint=f"put it right on {pull.branch}, commit, git push, then: goldenpath pr merge",
            )
        done.append(Reviewed(command, ran.seconds))
    return tuple(done)
