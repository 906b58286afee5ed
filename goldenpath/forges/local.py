"""The local forge: a bare repository per project in one folder of this machine.

Pull request N is `refs/pull/N/head` and `refs/pull/N/facts` (a JSON blob); merging puts a merge commit on `main`.
Everything that changes changes in one ref transaction, so that a pull request is merged whole or not at all.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.repo import ALONE, GitError, asks, git, remote_url
from goldenpath.core.errors import ForgeError
from goldenpath.core.model import PullRequest, PullRequestState
from goldenpath.forges.pull_refs import LAST, NOTHING, move, numbers, read_facts, ref, resolve, write_facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.core.model import Json, Person

TARGET = "main"
_ATTEMPTS = 20
"""How often an opening is tried while others open theirs."""


@dataclass(frozen=True, slots=True)
class LocalForge:
    """One project's bare repository on the local forge."""

    repository: Path

    @property
    def url(self) -> str:
        """What git uses as the address of `origin`."""
        return str(self.repository)


def create(folder: Path, name: str, project: Path) -> LocalForge:
    """Make the bare repository `name` in the forge's folder, with the project's `main`, and name it `origin`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    scratch = Path(tempfile.mkdtemp(dir=folder, prefix=".making-"))
    forge = LocalForge(folder / f"{name}.git")
    try:
        hidden = ("--config", "transfer.hideRefs=!refs", "--config", "receive.hideRefs=refs/pull")
        git(scratch, "clone", "--quiet", "--bare", "--no-hardlinks", *hidden, "--", str(project), ".", **ALONE)
        git(scratch, "remote", "remove", "origin")
        scratch.rename(forge.repository)
        git(project, "remote", "add", "origin", forge.url)
        git(project, "push", "--quiet", "--set-upstream", "origin", TARGET, **ALONE)
    except BaseException:
        for made in (scratch, forge.repository):
            shutil.rmtree(made, ignore_errors=True)
        raise
    return forge


def find(folder: Path, project: Path) -> LocalForge | None:
    """The repository on the forge in `folder` that is the `origin` of a project, or None."""
    url = remote_url(project).removeprefix("file://")
    if not url:
        return None
    repository = Path(url)
    if repository.is_absolute() and repository.resolve().parent == folder.resolve() and repository.is_dir():
        return LocalForge(repository)
    return None


def pull_requests(forge: LocalForge) -> list[PullRequest]:
    """All pull requests, oldest first."""
    known = numbers(forge.repository)
    return [read_facts(forge.repository, number) for number in sorted(known) if "facts" in known[number]]


def follow_branches(forge: LocalForge, pulls: Sequence[PullRequest]) -> None:
    """Move `refs/pull/N/head` of what is open to where its branch is now."""
    for number in (pull.number for pull in pulls if pull.state is PullRequestState.OPEN):
        facts, head = (resolve(forge.repository, ref(number, name)) for name in ("facts", "head"))
        now = read_facts(forge.repository, number)
        if now.state is PullRequestState.OPEN and now.head != head:
            moves = [(ref(number, "facts"), facts, facts), (ref(number, "head"), now.head, head or NOTHING)]
            with contextlib.suppress(GitError):  # somebody else moved it meanwhile
                move(forge.repository, moves)


def branch_head(forge: LocalForge, branch: str) -> str:
    """The commit that a branch has on the forge; empty when it is not there."""
    return resolve(forge.repository, f"refs/heads/{branch}^{{commit}}")


def count_commits(forge: LocalForge, branch: str) -> int:
    """How many commits a branch of the forge has that `main` lacks."""
    return int(git(forge.repository, "rev-list", "--count", f"refs/heads/{TARGET}..refs/heads/{branch}"))


def has_commit(forge: LocalForge, pull: PullRequest, commit: str) -> bool:
    """Whether a commit is part of a pull request or of what it builds on."""
    return asks(forge.repository, "merge-base", "--is-ancestor", commit, pull.head) is not None


def is_on_main(forge: LocalForge, pull: PullRequest) -> bool:
    """Whether `main` has everything of a pull request."""
    return asks(forge.repository, "merge-base", "--is-ancestor", pull.head, f"refs/heads/{TARGET}") is not None


def open_pull_request(forge: LocalForge, *, branch: str, title: str, author: str, now: datetime) -> PullRequest:
    """A new pull request for a pushed branch. Raises ForgeError when one is open for it already.

    Of several at the same moment one gets in; the others look again, so that each gets a number of its own.
    """
    head = branch_head(forge, branch)
    refused = ""
    for _ in range(_ATTEMPTS):
        last = resolve(forge.repository, LAST) or NOTHING
        refuse_second(forge, branch)
        number = 1 + max(numbers(forge.repository), default=0)
        pull = PullRequest(number, title, branch, TARGET, head, author, now)
        facts = write_facts(forge.repository, pull, {})
        moves = [(LAST, facts, last), (ref(number, "facts"), facts, NOTHING), (ref(number, "head"), head, NOTHING)]
        try:
            move(forge.repository, moves)
        except GitError as error:
            refused = error.said
            continue
        return pull
    raise ForgeError(f"the forge refused: {refused}", hint="look at it: goldenpath doctor")


def refuse_second(forge: LocalForge, branch: str) -> None:
    """Raise ForgeError when a pull request is open for the branch."""
    for pull in pull_requests(forge):
        if pull.branch == branch and pull.state is PullRequestState.OPEN:
            raise ForgeError(
                f"pull request #{pull.number} is open for {branch} already",
                hint="go on with: goldenpath pr merge",
            )


def refuse_merged(pull: PullRequest) -> None:
    """Raise ForgeError when a pull request is merged."""
    if pull.state is PullRequestState.MERGED:
        raise ForgeError(
            f"pull request #{pull.number} is merged already", hint=f"bring it here: git switch {TARGET} && git pull"
        )


def check_out_merged(forge: LocalForge, pull: PullRequest, *, folder: Path, person: Person) -> str:
    """A clean checkout, in an empty folder, of what `main` would be after the merge; the merge commit's id.

    The forge has the commit then, on no branch. Raises ForgeError naming the files when the two sides conflict.
    """
    git(folder, "clone", "--quiet", "--no-local", "--branch", TARGET, forge.url, ".")
    git(folder, "config", "user.name", person.name)
    git(folder, "config", "user.email", person.email)
    if asks(folder, "merge-base", "--is-ancestor", f"origin/{pull.branch}", "HEAD") is not None:
        raise _lost(forge, pull)
    message = f"Merge pull request #{pull.number} from {pull.branch}\n\n{pull.title}"
    try:
        git(folder, "merge", "--quiet", "--no-ff", "-m", message, f"origin/{pull.branch}")
    except GitError as error:
        files = git(folder, "diff", "--name-only", "--diff-filter=U").splitlines()
        reason = f"it conflicts with {TARGET} in {', '.join(files)}" if files else error.said
        raise ForgeError(
            f"pull request #{pull.number} can't be merged: {reason}",
            hint=f"git fetch origin && git merge origin/{TARGET}, put it right, commit, push, then merge again",
        ) from error
    git(forge.repository, "fetch", "--quiet", "--no-write-fetch-head", str(folder), "HEAD")
    return git(folder, "rev-parse", "HEAD")


def merge(forge: LocalForge, pull: PullRequest, *, commit: str, review: dict[str, Json], now: datetime) -> PullRequest:
    """Take a reviewed merge commit onto `main`. Raises ForgeError when `main` or the pull request moved meanwhile."""
    base, head = git(forge.repository, "rev-parse", f"{commit}^1", f"{commit}^2").split()
    merged = replace(pull, head=head, state=PullRequestState.MERGED, merged_at=now, merge_commit=commit)
    more: dict[str, Json] = {"merged_by": "pull request", "review": review}
    moves = [(f"refs/heads/{TARGET}", commit, base), (ref(pull.number, "merge"), commit, "")]
    _take(forge, merged, more=more, moves=moves)
    return merged


def settle(forge: LocalForge, pull: PullRequest, *, now: datetime) -> PullRequest:
    """Note that a pull request is merged which somebody pushed to `main`, with the commit that brought it there.

    When that was is known from the commit only, which is not trusted to be before the opening or after `now`.
    """
    commit = _commit_that_brought(forge, pull.head)
    seconds = int(git(forge.repository, "show", "--no-patch", "--format=%ct", commit))
    at = min(now, max(pull.opened_at, datetime.fromtimestamp(seconds, UTC)))
    merged = replace(pull, state=PullRequestState.MERGED, merged_at=at, merge_commit=commit)
    _take(forge, merged, more={"merged_by": "push", "review": {"kind": "none"}}, moves=[])
    return merged


def _commit_that_brought(forge: LocalForge, head: str) -> str:
    """The oldest commit of `main`'s own line that has `head`."""
    target = f"refs/heads/{TARGET}"
    above = {head, *git(forge.repository, "rev-list", "--ancestry-path", f"{head}..{target}").splitlines()}
    line = git(forge.repository, "rev-list", "--first-parent", target).splitlines()
    return [commit for commit in line if commit in above][-1]


def _take(forge: LocalForge, merged: PullRequest, *, more: dict[str, Json], moves: list[tuple[str, str, str]]) -> None:
    facts = ref(merged.number, "facts")
    before = resolve(forge.repository, facts)
    refuse_merged(read_facts(forge.repository, merged.number))
    blob = write_facts(forge.repository, merged, more)
    try:
        move(forge.repository, [*moves, (ref(merged.number, "head"), merged.head, ""), (facts, blob, before)])
    except GitError as error:
        raise _lost(forge, merged) from error


def _lost(forge: LocalForge, pull: PullRequest) -> ForgeError:
    refuse_merged(read_facts(forge.repository, pull.number))
    return ForgeError(
        f"pull request #{pull.number} was not merged: {TARGET} moved meanwhile", hint="type the same again"
    )
