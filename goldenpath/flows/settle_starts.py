"""Settle starts that were killed between the project and the ledger: their events count when the project is there."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings


def held_folder(settings: Settings) -> Path:
    """Where the events of starts are kept that are under way."""
    return settings.state / "held"


def settle_starts(settings: Settings) -> None:
    """Put the events of a killed start into the spool when its project is where it was to be, and drop them else."""
    folder = held_folder(settings)
    try:
        if not os.listdir(folder):  # noqa: PTH208 - at every command
            return
    except OSError:
        return
    from goldenpath.adapters.ledger.holding import settle

    settle(folder, settings.spool, lambda project: _is_there(settings, project))


def _is_there(settings: Settings, project: str) -> bool:
    from goldenpath.adapters import state

    return any(_is_project(Path(root), project) for root in state.places(settings, project))


def _is_project(root: Path, project: str) -> bool:
    from goldenpath.core.errors import TemplateError
    from goldenpath.flows.find_project import read_identity

    try:
        return read_identity(root)[0] == project
    except TemplateError:
        return False
