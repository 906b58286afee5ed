"""Abort an update: the project is again as its last commit has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.errors import UsageError
from goldenpath.flows import unfinished_update
from goldenpath.flows.plan_update import find_place

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.checkout import Place
    from goldenpath.core.updating import Unfinished


def find_unfinished(folder: Path) -> tuple[Place, Unfinished]:
    """The update that can be aborted. Raises UsageError when there is none, or it is committed."""
    _, place = find_place(folder)
    update = unfinished_update.read(place)
    if update is None:
        raise UsageError("no update is unfinished here", hint="begin one: goldenpath update")
    if unfinished_update.is_committed(place, update):
        raise UsageError(
            f"the update to {update.template} {update.after} is committed already",
            hint="undo the commit: git revert HEAD; write it into the ledger: goldenpath update --continue",
        )
    return place, update


def abort_update(place: Place) -> None:
    """Bring the project back, unless somebody did so meanwhile.

    Raises MachineError, or FilesInTheWayError, when that fails; it can be tried again.
    """
    with unfinished_update.alone(place):
        update = unfinished_update.read(place)
        if update is not None:
            unfinished_update.undo(place, update)
