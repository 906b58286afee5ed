"""Merge a pull request after an automatic review: the project's own checks on the merged tree, in a clean checkout."""

from __future__ import annotations

import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import repo, shell
from goldenpath.adapters.bytecode import take_over
from goldenpath.core.errors import ForgeError, MachineError
from goldenpath.core.model import PullRequestState
from goldenpath.core.times import stamp
from goldenpath.flows.open_pull_request import current_pull_requests, forge_of
from goldenpath.flows.record_pull_requests import record_pull_requests
from goldenpath.forges import local

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Json, Project, PullRequest
    from goldenpath.forges.local import LocalForge

MOST_SECONDS = 900.0
"""How long one of the project's own checks may take."""
_LIBRARIES = ".venv"
"""Of them the review compiles only what the project has not. Its own files are compiled anew, as everybody's are."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One of the project's own checks in the automatic review."""

    command: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Merged:
    """A pull request that was merged, and the automatic review that came first; none of what was pushed to main."""

    pull: PullRequest
    review: tuple[Reviewed, ...]
    was_pushed: bool = False


@dataclass(frozen=True, slots=True)
class MergeOrder:
    """What to merge: a number (by default the open one of the branch), and the checks that have to pass."""

    project: Project
    number: int | None
    checks: Sequence[Sequence[str]]


def merge_pull_request(
    settings: Settings, ledger: Ledger, *, order: MergeOrder, clock: Callable[[], datetime]
) -> Generator[str, None, Merged]:
    """Yields what is being done; returns what was merged. Raises ForgeError when it conflicts or is not green.

    What somebody pushed to `main` meanwhile is merged, and noted as that.
    """
    project = order.project
    forge = forge_of(settings, project)
    pull = _wanted(current_pull_requests(forge, ledger, project), repo.branch(project.root), order.number)
    if local.is_on_main(forge, pull):
        merged = Merged(local.settle(forge, pull, now=clock()), (), was_pushed=True)
    else:
        _must_be_pushed(forge, project, pull)
        merged = yield from _merge(forge, pull, order=order, clock=clock)
    record_pull_requests(ledger, project, [merged.pull])
    return merged


def _merge(
    forge: LocalForge, pull: PullRequest, *, order: MergeOrder, clock: Callable[[], datetime]
) -> Generator[str, None, Merged]:
    person = repo.identity(order.project.root)
    if person is None:
        raise MachineError("git does not know who you are", hint="git config --global user.email you@example.org")
    with tempfile.TemporaryDirectory(prefix="goldenpath-review-") as scratch:
        checkout = Path(scratch) / order.project.root.name
        checkout.mkdir()
        yield f"Merging #{pull.number} into a clean checkout"
        commit = local.check_out_merged(forge, pull, folder=checkout, person=person)
        compiled = Path(scratch) / "bytecode"
        take_over(order.project.root / _LIBRARIES, compiled, to=checkout / _LIBRARIES)
        review = yield from _review(pull, checkout, order.checks, compiled)
    now = clock()
    facts: dict[str, Json] = {"kind": "automatic", "at": stamp(now), "checks": [each.command for each in review]}
    return Merged(local.merge(forge, pull, commit=commit, review=facts, now=now), review)


def _wanted(pulls: Sequence[PullRequest], branch: str, number: int | None) -> PullRequest:
    wanted = _only_open(pulls, branch) if number is None else number
    pull = next((pull for pull in pulls if pull.number == wanted), None)
    if pull is None:
        raise ForgeError(f"there is no pull request #{wanted}", hint="see them: goldenpath pr list")
    local.refuse_merged(pull)
    return pull


def _only_open(pulls: Sequence[PullRequest], branch: str) -> int:
    """The number of the open pull request of the branch, or of the only open one."""
    waiting = [pull for pull in pulls if pull.state is PullRequestState.OPEN]
    mine = [pull for pull in waiting if pull.branch == branch] or waiting
    if not mine:
        raise ForgeError("no pull request is open", hint="open one: goldenpath pr open")
    if len(mine) > 1:
        names = ", ".join(f"#{pull.number}" for pull in mine)
        hint = f"name one of {names}: goldenpath pr merge {mine[0].number}"
        raise ForgeError("there are several open pull requests", hint=hint)
    return mine[0].number


def _must_be_pushed(forge: LocalForge, project: Project, pull: PullRequest) -> None:
    branch = pull.branch
    if not local.branch_head(forge, branch):
        raise ForgeError(f"the branch {branch} is no longer on the forge", hint=f"push it: git push -u origin {branch}")
    here = repo.asks(project.root, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")
    if not here or local.has_commit(forge, pull, here):
        return
    if repo.asks(project.root, "merge-base", "--is-ancestor", pull.head, here) is None:
        raise ForgeError(
            f"{branch} has commits here that are not pushed, and others on the forge that are not here",
            hint=f"bring both together: git fetch origin && git merge origin/{branch} && git push origin {branch}",
        )
    raise ForgeError(f"{branch} has commits here that are not pushed", hint=f"push them: git push origin {branch}")


def _review(
    pull: PullRequest, checkout: Path, checks: Sequence[Sequence[str]], compiled: Path
) -> Generator[str, None, tuple[Reviewed, ...]]:
    done: list[Reviewed] = []
    for argv in checks:
        command = shlex.join(argv)
        yield f"Automatic review: {command}"
        ran = shell.run(argv, folder=checkout, timeout_s=MOST_SECONDS, PYTHONPYCACHEPREFIX=str(compiled))
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
