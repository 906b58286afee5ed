"""The local forge: a bare repository per project in one folder of this machine.

Pull request N is `refs/pull/N/head` and `refs/pull/N/facts` (a JSON blob); merging puts a merge commit on `main`.
Everything that changes changes in one ref transaction, so that a pull request is merged whole or not at all.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.repo import GitError, asks, git, remote_url
from goldenpath.core.errors import ForgeError
from goldenpath.core.model import PullRequest, PullRequestState
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from goldenpath.core.model import Json, Person

TARGET = "main"
_NOTHING = "0" * 40


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
    try:
        git(scratch, "init", "--quiet", "--bare", f"--initial-branch={TARGET}")
        git(scratch, "fetch", "--quiet", str(project), f"{TARGET}:{TARGET}")
        forge = LocalForge(folder / f"{name}.git")
        scratch.rename(forge.repository)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise
    git(project, "remote", "add", "origin", forge.url)
    git(project, "fetch", "--quiet", "origin")
    git(project, "branch", "--quiet", f"--set-upstream-to=origin/{TARGET}", TARGET)
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
    found: list[PullRequest] = []
    for line in git(forge.repository, "for-each-ref", "--format=%(refname)", "refs/pull").splitlines():
        match = re.fullmatch(r"refs/pull/(\d+)/facts", line)
        if match:
            found.append(_read(forge, int(match[1])))
    return sorted(found, key=lambda pull: pull.number)


def branch_head(forge: LocalForge, branch: str) -> str:
    """The commit that a branch has on the forge; empty when it is not there."""
    return asks(forge.repository, "rev-parse", "--verify", "--quiet", f"refs/heads/{branch}^{{commit}}") or ""


def count_commits(forge: LocalForge, branch: str) -> int:
    """How many commits a branch of the forge has that `main` lacks."""
    return int(git(forge.repository, "rev-list", "--count", f"refs/heads/{TARGET}..refs/heads/{branch}"))


def open_pull_request(forge: LocalForge, *, branch: str, title: str, author: str, now: datetime) -> PullRequest:
    """A new pull request for a pushed branch. Numbers are given once: two at the same moment get two."""
    head = branch_head(forge, branch)
    number = 1 + max((pull.number for pull in pull_requests(forge)), default=0)
    while True:
        pull = PullRequest(number, title, branch, TARGET, head, author, now)
        try:
            _move(
                forge,
                [
                    (f"refs/pull/{number}/facts", _blob(forge, _facts(pull)), _NOTHING),
                    (f"refs/pull/{number}/head", head, _NOTHING),
                ],
            )
        except GitError as error:
            if asks(forge.repository, "rev-parse", "--verify", "--quiet", f"refs/pull/{number}/facts") is None:
                raise ForgeError(f"the forge refused: {error.said}", hint="look at it: goldenpath doctor") from error
            number += 1
            continue
        return pull


def check_out_merged(forge: LocalForge, pull: PullRequest, folder: Path, person: Person) -> str:
    """A clean checkout, in an empty folder, of what `main` would be after the merge; the merge commit's id.

    Raises ForgeError naming the files when the two sides conflict.
    """
    git(folder, "clone", "--quiet", "--no-local", "--branch", TARGET, forge.url, ".")
    git(folder, "config", "user.name", person.name)
    git(folder, "config", "user.email", person.email)
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
    return git(folder, "rev-parse", "HEAD")


def merge(
    forge: LocalForge, pull: PullRequest, *, checkout: Path, review: dict[str, Json], now: datetime
) -> PullRequest:
    """Take the merge commit of a reviewed checkout onto `main`. Raises ForgeError when `main` moved meanwhile."""
    commit = git(checkout, "rev-parse", "HEAD")
    base, head = git(checkout, "rev-parse", "HEAD^1", "HEAD^2").split()
    git(forge.repository, "fetch", "--quiet", "--force", str(checkout), f"HEAD:refs/pull/{pull.number}/merge")
    merged = PullRequest(
        pull.number, pull.title, pull.branch, pull.target, head, pull.author, pull.opened_at,
        PullRequestState.MERGED, now, commit,
    )  # fmt: skip
    facts = f"refs/pull/{pull.number}/facts"
    try:
        _move(forge, [
            (f"refs/heads/{TARGET}", commit, base),
            (f"refs/pull/{pull.number}/head", head, ""),
            (facts, _blob(forge, {**_facts(merged), "review": review}), git(forge.repository, "rev-parse", facts)),
        ])  # fmt: skip
    except GitError as error:
        raise ForgeError(
            f"pull request #{pull.number} was not merged: {TARGET} moved meanwhile",
            hint="type the same again",
        ) from error
    return merged


def _move(forge: LocalForge, refs: list[tuple[str, str, str]]) -> None:
    lines = [f"update {ref} {new} {old}".rstrip() for ref, new, old in refs]
    git(forge.repository, "update-ref", "--stdin", text="\n".join(["start", *lines, "prepare", "commit", ""]))


def _blob(forge: LocalForge, facts: dict[str, Json]) -> str:
    return git(
        forge.repository,
        "hash-object",
        "-w",
        "--stdin",
        text=json.dumps(facts, indent=1, sort_keys=True) + "\n",
    )


def _facts(pull: PullRequest) -> dict[str, Json]:
    return {
        "number": pull.number,
        "title": pull.title,
        "branch": pull.branch,
        "target": pull.target,
        "head": pull.head,
        "author": pull.author,
        "opened_at": stamp(pull.opened_at),
        "state": pull.state.value,
        "merged_at": stamp(pull.merged_at) if pull.merged_at else None,
        "merge_commit": pull.merge_commit,
    }


def _read(forge: LocalForge, number: int) -> PullRequest:
    text = git(forge.repository, "cat-file", "blob", f"refs/pull/{number}/facts")
    try:
        facts = json.loads(text)
        state = PullRequestState(facts["state"])
        head = branch_head(forge, facts["branch"]) if state is PullRequestState.OPEN else ""
        return PullRequest(
            number=number,
            title=facts["title"],
            branch=facts["branch"],
            target=facts["target"],
            head=head or facts["head"],
            author=facts["author"],
            opened_at=parse_stamp(facts["opened_at"]),
            state=state,
            merged_at=parse_stamp(facts["merged_at"]) if facts["merged_at"] else None,
            merge_commit=facts["merge_commit"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ForgeError(
            f"{forge.repository}: refs/pull/{number}/facts can't be read: {error!r}",
            hint=f"look at it: git -C {forge.repository} cat-file blob refs/pull/{number}/facts",
        ) from error
