"""Taking tags in: a version stays what it was, and a tag that was moved to other content is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.adapters.locking import alone
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from packaging.version import Version

_INCOMING = "refs/goldenpath/incoming"
_WITHDRAWN = "refs/goldenpath/withdrawn"
_OF_A_TEMPLATE = re.compile(r".*[-/](?=v\d)")
"""`backend-v1.2.0`: a version of one template in a repository of several."""
_MAIN = "refs/heads/main"


def take_tag(repository: Path, shown: str, tag: str, commit: str) -> None:
    """Let a tag stand on a commit. Raises TemplateError when it stands on other content."""
    from goldenpath.adapters.repo import git

    known = _peeled(repository, "refs/tags")
    _refuse_moved(repository, shown, known, {tag: commit})
    if tag not in known:
        git(repository, "update-ref", f"refs/tags/{tag}", commit)


def take_refs(repository: Path, shown: str, address: str, main: str, *, is_mirror: bool = False) -> None:
    """Fetch the tags that `address` has, and its `main` as our branch `main`: all of it, or nothing.

    Tags that a mirrored repository has withdrawn are no version any more, and are still found by name. Raises
    TemplateError for a version whose tag was moved to other content, GitError when git can't fetch.
    """
    import secrets

    from goldenpath.adapters.repo import git

    place = f"{_INCOMING}/{secrets.token_hex(8)}"
    options = ("fetch", "--quiet", "--force", "--no-tags", "--no-write-fetch-head")
    try:
        git(repository, *options, "--", address, f"refs/tags/*:{place}/tags/*", f"{main}:{place}/main")
        with alone(repository / "goldenpath-tags.lock"):
            _take(repository, shown, place, is_mirror=is_mirror)
    finally:
        _forget(repository, place)


def _take(repository: Path, shown: str, place: str, *, is_mirror: bool) -> None:
    """Let our tags and our `main` stand where those below `place` do. Raises TemplateError."""
    incoming, known = _peeled(repository, f"{place}/tags"), _peeled(repository, "refs/tags")
    _refuse_moved(repository, shown, _peeled(repository, _WITHDRAWN) | known, incoming)
    gone = known.keys() - incoming.keys() if is_mirror else set()
    _update(
        repository,
        {f"refs/tags/{tag}": f"{place}/tags/{tag}" for tag in incoming}
        | {f"{_WITHDRAWN}/{tag}": f"refs/tags/{tag}" for tag in gone}
        | {_MAIN: f"{place}/main"},
        [f"refs/tags/{tag}" for tag in gone],
    )


def withdrawn(tag: str) -> str:
    """Where a tag is kept that its owner has taken away."""
    return f"{_WITHDRAWN}/{tag}"


def _refuse_moved(repository: Path, shown: str, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    known = {_version_of(tag): commit for tag, commit in before.items()}
    for tag in sorted(after):
        number = _version_of(tag)
        was, now = before.get(tag) or known.get(number, ""), after[tag]
        if was and number and was != now and _content(repository, was) != _content(repository, now):
            raise TemplateError(
                f"{shown}: the tag {tag} was moved to other content, from commit {was[:8]} to {now[:8]}; "
                f"what is here stays {was[:8]}",
                hint="its owner has to move the tag back, and give the new content a new version",
            )


def _version_of(tag: str) -> tuple[str, Version] | None:
    """The template and the number that a tag names, however it is spelled; None when it names no version."""
    from packaging.version import InvalidVersion, Version

    prefix = _OF_A_TEMPLATE.match(tag)
    template = prefix[0] if prefix else ""
    try:
        return (template, Version(tag.removeprefix(template))) if tag.isascii() else None
    except InvalidVersion:
        return None


def _peeled(repository: Path, below: str) -> dict[str, str]:
    """What each tag stands on, by its name."""
    from goldenpath.adapters.repo import git

    shape = f"--format=%(refname:strip={below.count('/') + 1}) %(objectname) %(*objectname)"
    lines = (line.split(" ") for line in git(repository, "for-each-ref", shape, below).split("\n") if line)
    return {tag: objects[-1] or objects[0] for tag, *objects in lines}


def _content(repository: Path, commit: str) -> str:
    from goldenpath.adapters.repo import asks

    return asks(repository, "rev-parse", "--verify", "--quiet", f"{commit}^{{tree}}") or commit


def _update(repository: Path, take: Mapping[str, str], drop: list[str]) -> None:
    """Let each name stand where the other one stands, and drop names, in one transaction."""
    from goldenpath.adapters.repo import git

    lines = git(repository, "for-each-ref", "--format=%(objectname) %(refname)", "refs").split("\n")
    ids = {name: object_id for object_id, _, name in (line.partition(" ") for line in lines)}
    wanted = {name: ids[other] for name, other in take.items()}
    orders = [f"update {name} {object_id}" for name, object_id in wanted.items() if ids.get(name) != object_id]
    orders += [f"delete {name}" for name in drop]
    if orders:
        git(repository, "update-ref", "--stdin", text="".join(f"{order}\n" for order in orders))


def _forget(repository: Path, place: str) -> None:
    from goldenpath.adapters.repo import git

    orders = git(repository, "for-each-ref", "--format=delete %(refname)", place)
    if orders:
        git(repository, "update-ref", "--stdin", text=f"{orders}\n")
