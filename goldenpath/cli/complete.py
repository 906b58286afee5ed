"""What the shell completes: names of paths and steps."""

from __future__ import annotations

from pathlib import Path


def path_names(incomplete: str) -> list[str]:
    """The names of paths that begin so."""
    from goldenpath.adapters.bundled import bundled_names

    return [name for name in bundled_names() if name.startswith(incomplete)]


def step_names(incomplete: str) -> list[str]:
    """The ids of steps of the project around the working folder that begin so."""
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import read_settings
    from goldenpath.core.errors import GoldenpathError
    from goldenpath.flows.open_walk import open_walk

    settings = read_settings()
    try:
        walk = open_walk(settings, Ledger(settings.ledger), Path.cwd())
    except GoldenpathError:
        return []
    return [step.id for step in walk.steps if step.id.startswith(incomplete)]


def milestone_names(incomplete: str) -> list[str]:
    """The milestones that begin so."""
    from goldenpath.core.milestone_names import MILESTONES

    return [name for name in MILESTONES if name.startswith(incomplete)]
