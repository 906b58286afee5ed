"""Settle production: what a deploy that was killed has left is put away, and the live release has the traffic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.production import building, edge
from goldenpath.adapters.production import program_files as files
from goldenpath.core.production import PARTS, SLOTS

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from goldenpath.core.production import Production

KEPT = frozenset({"data", "edge", "live"})
"""What stands in a service's folder beside its releases."""


def settle_production(folder: Path, production: Production, parts: Collection[str] = PARTS) -> None:
    """Make what is on disk what is remembered; the supervisor takes it in afterwards. Raises OSError.

    `parts` are those that this machine has.
    """
    wanted = {*parts, *(each.program for each in production.services.values())}
    for name in files.known_programs(folder) - wanted:
        files.drop_program(folder, name)
    for service in production.services.values():
        place = folder / "services" / service.name
        if service.slot in SLOTS:
            edge.point(place, [service.slot])
        forget_releases(place, {release.id for release in service.releases})


def forget_releases(place: Path, kept: set[str]) -> None:
    """Drop the folders of releases that are not kept."""
    for each in place.iterdir() if place.is_dir() else ():
        if each.name not in kept | KEPT:
            building.drop(each)
