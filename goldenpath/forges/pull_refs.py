"""How a bare repository keeps pull requests: number N is `refs/pull/N/*`, and one transaction moves all that moves."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from goldenpath.adapters.repo import asks, git
from goldenpath.core.errors import ForgeError
from goldenpath.core.model import PullRequest, PullRequestState
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from goldenpath.core.model import Json

NOTHING = "0" * 40
"""What a ref that must not be there yet is moved from."""
LAST = "refs/pull/last"
"""The facts of the pull request that was opened last; every opening moves it, so that openings come one by one."""


def ref(number: int, name: str) -> str:
    """The `head`, `facts` or `merge` of a pull request."""
    return f"refs/pull/{number}/{name}"


def resolve(repository: Path, name: str) -> str:
    """The object that a ref names; empty when it is not there."""
    return asks(repository, "rev-parse", "--verify", "--quiet", name) or ""


def numbers(repository: Path) -> dict[int, set[str]]:
    """Every number that was given, with the names of its refs."""
    found: dict[int, set[str]] = {}
    for line in git(repository, "for-each-ref", "--format=%(refname)", "refs/pull").splitlines():
        match = re.fullmatch(r"refs/pull/(\d+)/(\w+)", line)
        if match:
            found.setdefault(int(match[1]), set()).add(match[2])
    return found


def move(repository: Path, moves: Sequence[tuple[str, str, str]]) -> None:
    """Move all of these refs (name, new, old) or none; an empty old is any. Raises GitError when one is elsewhere."""
    lines = [f"update {name} {new} {old}".rstrip() for name, new, old in moves]
    git(repository, "update-ref", "--stdin", text="\n".join(["start", *lines, "prepare", "commit", ""]))


def write_facts(repository: Path, pull: PullRequest, more: Mapping[str, Json]) -> str:
    """The blob that says what is known of a pull request, and `more`; nothing names it yet."""
    facts: dict[str, Json] = {
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
        **more,
    }
    text = json.dumps(facts, indent=1, sort_keys=True) + "\n"
    return git(repository, "hash-object", "-w", "--stdin", text=text)


def read_facts(repository: Path, number: int) -> PullRequest:
    """A pull request; the head of an open one is where its branch is, or was when it was last seen."""
    name = ref(number, "facts")
    text = git(repository, "cat-file", "blob", name)
    try:
        facts = json.loads(text)
        state = PullRequestState(facts["state"])
        head = _current_head(repository, number, facts["branch"]) if state is PullRequestState.OPEN else ""
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
            f"{repository}: {name} can't be read: {error!r}",
            hint=f"look at it: git -C {repository} cat-file blob {name}",
        ) from error


def _current_head(repository: Path, number: int, branch: str) -> str:
    return resolve(repository, f"refs/heads/{branch}^{{commit}}") or resolve(repository, ref(number, "head"))
