"""List what can be started, and where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.releases import UNVERSIONED
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.load_path import load_path
from goldenpath.flows.offers import OURS, find_offer, known_names, names_of, read_shelves
from goldenpath.flows.read_questions import read_questions
from goldenpath.flows.take_catalog import take_again

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import GoldenPath
    from goldenpath.core.questions import Question
    from goldenpath.flows.offers import Offer, Shelf


@dataclass(frozen=True, slots=True)
class Place:
    """A catalog, and the names of its paths. `place` is its address or folder; `wrong` says why none can be read."""

    name: str
    kind: str
    paths: tuple[str, ...]
    place: str = ""
    wrong: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A template that is listed: the name to type, and its path if it has one; `wrong` says why it can't be started."""

    name: str
    catalog: str
    version: str
    path: GoldenPath | None = None
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """What can be started, sorted by name, and the catalogs that can't be read."""

    templates: tuple[Listed, ...]
    unread: tuple[Place, ...]

    @property
    def has_more(self) -> bool:
        """Whether there is more than the bundled catalog."""
        return any(each.catalog != OURS.name for each in self.templates)


@dataclass(frozen=True, slots=True)
class PathPage:
    """A path, if the template has one, and the questions of the template."""

    path: GoldenPath | None
    questions: tuple[Question, ...]
    name: str
    catalog: str
    version: str


def list_paths(settings: Settings) -> Listing:
    """The templates that can be started by name. Raises UsageError when the list of catalogs is damaged."""
    shelves = read_shelves(settings)
    listed = [_listed(settings, name, offer) for name, offer in names_of(shelves).items()]
    return Listing(
        tuple(sorted((each for each in listed if each is not None), key=lambda each: each.name)),
        tuple(_place(shelf, ()) for shelf in shelves if shelf.wrong),
    )


def _listed(settings: Settings, name: str, offer: Offer) -> Listed | None:
    """One line of the list; none for a bundled template without a path."""
    if offer.wrong:
        return Listed(name, offer.catalog.name, offer.version, wrong=offer.wrong)
    try:
        path = load_path(readable(settings, offer).folder)
    except TemplateError as error:
        return Listed(name, offer.catalog.name, offer.version, wrong=f"can't be read: {error.message}")
    if path is None and offer.catalog == OURS:
        return None
    return Listed(name, offer.catalog.name, offer.version or (path.version if path else UNVERSIONED), path)


def readable(settings: Settings, offer: Offer) -> Offer:
    """The same offer, its folder made again when somebody cleared the store of it."""
    if offer.commit and not offer.folder.is_dir():
        take_again(settings, offer.catalog.url)
    return offer


def show_path(settings: Settings, name: str) -> PathPage:
    """One path, in full. Raises UsageError when there is none of that name, TemplateError for a broken one."""
    offer = find_offer(settings, name)
    if offer is None:
        near = did_you_mean(name, known_names(settings))
        raise UsageError(f"there is no path called `{name}`", hint=f"{near} see all: goldenpath list")
    folder = readable(settings, offer).folder
    path = load_path(folder)
    version = offer.version or (path.version if path else UNVERSIONED)
    return PathPage(path, read_questions(folder).questions, name, offer.catalog.name, version)


def list_catalogs(settings: Settings) -> list[Place]:
    """The places that paths come from."""
    shelves = read_shelves(settings)
    names = names_of(shelves)
    return [
        _place(shelf, tuple(name for name, offer in names.items() if offer.catalog == shelf.catalog))
        for shelf in shelves
    ]


def _place(shelf: Shelf, paths: Sequence[str]) -> Place:
    catalog = shelf.catalog
    return Place(catalog.name, catalog.kind, tuple(paths), catalog.place, shelf.wrong, shelf.hint)
