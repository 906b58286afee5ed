"""The repository is as it should be: its branch, commits, tags, author, and what is pushed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.checks.verdict import blind, option, pattern, unknown, verdict, whole, wrong
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"name", "at_least", "since"})


def look(check: Check, world: World) -> Finding:
    """Ask git for one aspect of the repository."""
    aspect = _aspect(check, "git")
    if repo.asks(world.root, "rev-parse", "--verify", "HEAD") is None:
        return blind(expected="a git repository with a commit", found="there is none here")
    return _ASPECTS[aspect](check, world)


def _aspect(check: Check, key: str) -> str:
    aspect = option(check, key)
    if aspect not in _ASPECTS:
        raise wrong(check, f"{aspect!r} is nothing that is known about a repository: {did_you_mean(aspect, _ASPECTS)}")
    return aspect


READS: Mapping[str, Read] = {"git": _aspect, "name": pattern, "at_least": whole}


def _clean(_check: Check, world: World) -> Finding:
    changes = repo.changes(world.root)
    found = f"{len(changes)} not committed: " + ", ".join(line[3:] for line in changes[:4]) if changes else "all is"
    return verdict(holds=not changes, expected="everything is committed", found=found)


def _branch(check: Check, world: World) -> Finding:
    current = repo.branch(world.root)
    holds = pattern(check, "name").fullmatch(current) is not None
    return verdict(
        holds=holds,
        expected=f"you are on a branch like {option(check, 'name')!r}",
        found=f"you are on {current or 'no branch'}",
    )


def _commits(check: Check, world: World) -> Finding:
    since, least = option(check, "since"), whole(check, "at_least", 1)
    expected = f"at least {least} commit{'s' if least > 1 else ''}" + (f" since {since}" if since else "")
    if since and repo.asks(world.root, "rev-parse", "--verify", f"{since}^{{commit}}") is None:
        return unknown(expected, f"git knows no {since}", f"bring it here: git fetch origin {since}")
    span = [f"{since}..HEAD"] if since else ["HEAD"]
    count = int(repo.git(world.root, "rev-list", "--count", *span))
    return verdict(holds=count >= least, expected=expected, found=f"{count} commit{'' if count == 1 else 's'}")


def _pushed(_check: Check, world: World) -> Finding:
    current = repo.branch(world.root)
    expected = f"{current or 'the branch'} is on origin as it is here"
    if not current:
        return verdict(holds=False, expected=expected, found="you are on no branch")
    if not repo.remote_url(world.root):
        return unknown(expected, "there is no remote called origin", "add one: git remote add origin URL")
    try:
        there = repo.git(world.root, "ls-remote", "origin", f"refs/heads/{current}").split("\t")[0]
    except repo.GitError as error:
        return unknown(expected, f"origin does not answer: {error.said}", "look at it: git remote -v")
    here = repo.git(world.root, "rev-parse", "HEAD")
    found = "it is" if there == here else f"origin has {there[:10] or 'no such branch'}, here is {here[:10]}"
    return verdict(holds=there == here, expected=expected, found=found)


def _tag(check: Check, world: World) -> Finding:
    tags = repo.git(world.root, "tag", "--list").split()
    found = [tag for tag in tags if pattern(check, "name").fullmatch(tag)]
    return verdict(
        holds=bool(found),
        expected=f"a tag like {option(check, 'name')!r}",
        found=", ".join(found or tags) or "no tag",
    )


def _author(_check: Check, world: World) -> Finding:
    person = repo.identity(world.root)
    if person is None:
        return unknown(
            "the last commit is yours", "git does not know who you are", "git config --global user.email ..."
        )
    email = repo.git(world.root, "log", "-1", "--format=%ae")
    return verdict(holds=email == person.email, expected="the last commit is yours", found=f"it is by {email}")


_ASPECTS: Mapping[str, Callable[[Check, World], Finding]] = {
    "clean": _clean,
    "branch": _branch,
    "commits": _commits,
    "pushed": _pushed,
    "tag": _tag,
    "author": _author,
}
