"""What the shell completes: names of paths, catalogs, steps, versions, milestones, services and parts."""

from __future__ import annotations

from pathlib import Path

from goldenpath.core.visible import visible_line


def path_names(incomplete: str) -> list[str]:
    """The names of paths that begin so; only those that come with us when the list of catalogs is damaged."""
    from goldenpath.adapters.bundled import bundled_names
    from goldenpath.adapters.settings import read_settings
    from goldenpath.core.errors import GoldenpathError
    from goldenpath.flows.offers import known_names

    try:
        names = known_names(read_settings())
    except (GoldenpathError, OSError):
        names = bundled_names()
    return [visible_line(name) for name in names if name.startswith(incomplete)]


def catalog_names(incomplete: str) -> list[str]:
    """The names of catalogs that begin so."""
    from goldenpath.adapters.catalog_file import read_catalogs
    from goldenpath.adapters.settings import read_settings
    from goldenpath.core.errors import GoldenpathError

    try:
        return [each.name for each in read_catalogs(read_settings()) if each.name.startswith(incomplete)]
    except (GoldenpathError, OSError):
        return []


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


def version_names(incomplete: str) -> list[str]:
    """The versions of the project's template that are known here and begin so."""
    from goldenpath.adapters.settings import read_settings
    from goldenpath.core.errors import GoldenpathError
    from goldenpath.flows.find_project import find_rendered_project
    from goldenpath.flows.newest_template import versions_of

    try:
        known = versions_of(read_settings(), find_rendered_project(Path.cwd()).source)
    except (GoldenpathError, OSError):
        return []
    return [visible_line(version) for version in known if version.startswith(incomplete)]


def service_names(incomplete: str) -> list[str]:
    """The names of deployed services that begin so."""
    from goldenpath.adapters.production import keeping
    from goldenpath.adapters.settings import read_settings
    from goldenpath.core.errors import GoldenpathError

    try:
        known = keeping.read(read_settings().production).services
    except (GoldenpathError, OSError):
        return []
    return [name for name in known if name.startswith(incomplete)]


def program_names(incomplete: str) -> list[str]:
    """The names of deployed services and of production's parts that begin so."""
    from goldenpath.core.production import PARTS

    return [*service_names(incomplete), *(part for part in PARTS if part.startswith(incomplete))]
