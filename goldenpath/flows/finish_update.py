"""Finish an update: commit it, or notice that the engineer did, and write it into the ledger."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from goldenpath.adapters import checkout, trees
from goldenpath.adapters.repo import asks
from goldenpath.core import events as ev
from goldenpath.core.errors import FilesInTheWayError, MachineError, UsageError
from goldenpath.core.updating import OPENS, Finished
from goldenpath.flows import unfinished_update
from goldenpath.flows.find_project import ANSWERS, find_rendered, has_identity, read_identity
from goldenpath.flows.plan_update import find_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from goldenpath.adapters.checkout import Place
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.events import Event
    from goldenpath.core.model import Json
    from goldenpath.core.updating import Unfinished


def continue_update(ledger: Ledger, folder: Path) -> Finished:
    """Commit the unfinished update, unless the engineer did so, and write it into the ledger.

    Raises UsageError when there is none, FilesInTheWayError while a conflict is open.
    """
    _, place = find_place(folder)
    _unfinished(place)
    with unfinished_update.alone(place):
        update = _unfinished(place)
        if not unfinished_update.is_committed(place, update):
            _refuse_taken_back(place, update)
            _refuse_open(place, update)
            unfinished_update.refuse_locked(place)
            _commit(place, update)
        return _settled(ledger, place, update)


def settle_update(ledger: Ledger, folder: Path) -> Finished | None:
    """The update that the engineer has committed since, now in the ledger; None when there is none."""
    root = find_rendered(folder)
    if root is None:
        return None
    place = checkout.place_of(root)
    if place is None or unfinished_update.read(place) is None:
        return None
    with unfinished_update.alone(place):
        update = unfinished_update.read(place)
        if update is None or not unfinished_update.is_committed(place, update):
            return None
        return _settled(ledger, place, update)


def _unfinished(place: Place) -> Unfinished:
    update = unfinished_update.read(place)
    if update is None:
        raise UsageError("no update is unfinished here", hint="begin one: goldenpath update")
    if update.is_applying:
        raise FilesInTheWayError(
            f"the update to {update.title} was interrupted before it was whole",
            hint="bring the project back, then try again: goldenpath update --abort",
        )
    return update


def _refuse_taken_back(place: Place, update: Unfinished) -> None:
    """Raise UsageError, and forget the update, when nothing of it is left."""
    if unfinished_update.is_given_up(place, update):
        unfinished_update.forget(place)
        raise UsageError(
            f"the update to {update.title} was taken back, so there is nothing to commit",
            hint="begin it again: goldenpath update",
        )


def _refuse_open(place: Place, update: Unfinished) -> None:
    """Raise FilesInTheWayError while files hold conflict markers, or nobody said which side stays."""
    unmerged = set(checkout.unmerged(place))
    marked = [name for name in update.marked if _has_markers(place.top / name)]
    undecided = unmerged - set(update.marked)
    left = sorted({*marked, *undecided})
    if left:
        raise FilesInTheWayError(
            f"{len(left)} in conflict: {', '.join(left[:5])}",
            hint="take the markers out of the file, or say what stays: `git add FILE` or `git rm FILE`",
        )


def _has_markers(file: Path) -> bool:
    try:
        return _opens_conflict(file.read_bytes())
    except OSError:
        return False


def _opens_conflict(content: bytes) -> bool:
    return any(OPENS.fullmatch(line) for line in content.splitlines())


def _is_staged_with_markers(place: Place, name: str) -> bool:
    """Whether it was staged before the markers were taken out: a commit would have them still."""
    staged = asks(place.top, "cat-file", "blob", f":{name}")
    return staged is not None and _opens_conflict(staged.encode(errors="surrogateescape"))


def _commit(place: Place, update: Unfinished) -> None:
    from goldenpath.adapters.repo import GitError, identity

    if identity(place.root) is None:
        raise UsageError(
            "git does not know who you are",
            hint="say so: git config user.name 'NAME' && git config user.email EMAIL",
        )
    unmerged = set(checkout.unmerged(place))
    resolved = [name for name in update.marked if name in unmerged or _is_staged_with_markers(place, name)]
    try:
        if resolved:
            place.git("add", "--", *resolved)
        if update.below:
            _commit_below(place, update)
        else:
            place.git("commit", "--quiet", "--message", _subject(update))
    except GitError as error:
        raise MachineError(f"git refused: {error}", hint="commit it yourself: git commit") from error


def _commit_below(place: Place, update: Unfinished) -> None:
    """Commit what is staged of the project; what is staged elsewhere stays staged. Raises GitError."""
    ours = place.git("write-tree", f"--prefix={update.below}")
    with trees.workshop(place.top, keeps=True) as shop:
        whole = trees.below(shop, f"{place.head}^{{tree}}", update.below, ours)
    commit = place.git("commit-tree", whole, "-p", place.head, "-m", _subject(update))
    place.git("update-ref", "-m", f"commit: {_subject(update)}", "HEAD", commit, place.head)


def _subject(update: Unfinished) -> str:
    if update.source_before and update.before == update.after:
        return f"Take {update.template} {update.after} from {update.source}"
    return f"Update from {update.template} {update.before} to {update.after}"


def _settled(ledger: Ledger, place: Place, update: Unfinished) -> Finished:
    """Write the update into the ledger, once, and forget that it was unfinished.

    Nothing is written about a project that has no identity.
    """
    root = place.top / update.below
    project = update.project or (read_identity(root)[0] if has_identity(root) else "")
    answers = f"{update.below}{ANSWERS}"
    commit, time = place.git("log", "-1", "--format=%H %cI", "HEAD", "--", answers).split()
    facts: dict[str, Json] = {
        "project": project,
        "template": update.source,
        "before": update.before,
        "version": update.after,
        "commit": commit,
        "conflicts": len(update.open),
    }
    draft = ev.Draft(ev.PROJECT_UPDATED, project, datetime.fromisoformat(time), facts, update.event)

    def unless_known(history: Sequence[Event]) -> list[ev.Draft]:
        return [] if any(event.id == update.event for event in history) else [draft]

    if project:
        ledger.append_once(project, unless_known)
    unfinished_update.forget(place)
    return Finished(project, str(root), update.template, update.before, update.after, commit, update.source_before)
