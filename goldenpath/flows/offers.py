"""What the catalogs offer, and under which names: read from files alone, so that it is fast, and works offline."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import bundled_folder, bundled_names
from goldenpath.adapters.catalog_file import read_catalogs
from goldenpath.adapters.store.catalogs import COPIER_FILES, mirror_of, read_shelf
from goldenpath.core.catalogs import BUNDLED, FOLDER, Catalog, full_name, is_template_name
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from goldenpath.adapters.settings import Settings

OURS = Catalog(BUNDLED)
"""The catalog that comes with us."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A template that a catalog offers.

    `folder` is where it can be read; `version` and `commit` are known of one from a git repository; `wrong` says why
    it can't be started.
    """

    catalog: Catalog
    template: str
    folder: Path
    version: str = ""
    commit: str = ""
    wrong: str = ""

    @property
    def full_name(self) -> str:
        """The name that holds whatever else there is; a bundled one has its plain name."""
        return self.template if self.catalog == OURS else full_name(self.catalog.name, self.template)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one catalog offers; `wrong` says why nothing of it can be read, and `hint` what to do."""

    catalog: Catalog
    offers: tuple[Offer, ...] = ()
    wrong: str = ""
    hint: str = ""


def read_shelves(settings: Settings) -> list[Shelf]:
    """What every catalog offers, the bundled one first. Raises UsageError when the list of catalogs is damaged."""
    bundled = tuple(Offer(OURS, name, bundled_folder() / name) for name in bundled_names())
    return [Shelf(OURS, bundled), *(read_shelf_of(settings, each) for each in read_catalogs(settings))]


def read_shelf_of(settings: Settings, catalog: Catalog) -> Shelf:
    """What one catalog offers."""
    return _in_store(settings, catalog) if catalog.url else _in_folder(catalog)


def names_of(shelves: Sequence[Shelf]) -> dict[str, Offer]:
    """Every template by the name that is shown: the plain one where only one has it, or where the bundled one has."""
    offers = [offer for shelf in shelves for offer in shelf.offers]
    ours = {offer.template for offer in offers if offer.catalog == OURS}
    times = Counter(offer.template for offer in offers)
    return {_name(offer, is_plain=offer.template not in ours and times[offer.template] == 1): offer for offer in offers}


def _name(offer: Offer, *, is_plain: bool) -> str:
    return offer.template if is_plain and is_template_name(offer.template) else offer.full_name


def find_offer(settings: Settings, name: str) -> Offer | None:
    """What is called so, plainly or in full; None when nothing is. Raises UsageError when two have the plain name.

    Raises TemplateError for one that can't be started.
    """
    if name in bundled_names():
        return Offer(OURS, name, bundled_folder() / name)
    shelves = read_shelves(settings)
    offers = [offer for shelf in shelves for offer in shelf.offers]
    found = [offer for offer in offers if name in {offer.full_name, offer.template}]
    if len(found) > 1:
        both = " and ".join(f"`{offer.full_name}`" for offer in found)
        raise UsageError(
            f"several catalogs have a `{name}`: {both}", hint=f"say which one: goldenpath start {found[0].full_name}"
        )
    if found and found[0].wrong:
        raise TemplateError(f"{found[0].full_name} {found[0].wrong}", hint="tell the owner of the catalog")
    if not found:
        _refuse_unknown(shelves, name)
    return found[0] if found else None


def _refuse_unknown(shelves: Sequence[Shelf], name: str) -> None:
    """Raise UsageError for what no catalog of that name has, unless it is a folder."""
    shelf = next((each for each in shelves if name.startswith(f"{each.catalog.name}/")), None)
    if shelf is None or Path(name).is_dir():
        return
    if shelf.wrong:
        raise UsageError(shelf.wrong, hint=shelf.hint)
    near = did_you_mean(name, [offer.full_name for offer in shelf.offers])
    raise UsageError(f"there is no path called `{name}`", hint=f"{near} see all: goldenpath list")


def known_names(settings: Settings) -> list[str]:
    """Every name that can be typed, the plain and the full ones."""
    named: Mapping[str, Offer] = names_of(read_shelves(settings))
    return list(dict.fromkeys([*named, *(offer.full_name for offer in named.values())]))


def _in_store(settings: Settings, catalog: Catalog) -> Shelf:
    shelved = read_shelf(mirror_of(settings.store, catalog.url))
    if shelved is None:
        wrong = f"catalog {catalog.name} is not on this machine any more"
        return Shelf(catalog, wrong=wrong, hint=f"fetch it again: goldenpath catalog fetch {catalog.name}")
    trees = settings.store / "trees"
    offers = (Offer(catalog, s.name, trees / s.commit, s.version, s.commit, s.wrong) for s in shelved)
    return Shelf(catalog, tuple(offers))


def _in_folder(catalog: Catalog) -> Shelf:
    root = Path(catalog.folder)
    again = f"bring it back, or: goldenpath catalog remove {catalog.name}"
    if not root.is_dir():
        return Shelf(catalog, wrong=f"catalog {catalog.name}: the folder {root} is gone", hint=again)
    try:
        return Shelf(catalog, tuple(_read_folder(catalog, Path(os.path.realpath(root)))))
    except OSError as error:
        wrong = f"catalog {catalog.name}: {error.filename} can't be read: {error.strerror}"
        return Shelf(catalog, wrong=wrong, hint="look at its rights")


def _read_folder(catalog: Catalog, root: Path) -> Iterator[Offer]:
    """Raises OSError."""
    templates = root / FOLDER
    if not templates.is_dir() or not Path(os.path.realpath(templates)).is_relative_to(root):
        return
    for folder in sorted(templates.iterdir()):
        real = Path(os.path.realpath(folder))
        if folder.is_symlink() and not real.is_relative_to(root):
            yield Offer(catalog, folder.name, folder, wrong="is a link that leaves its catalog")
        elif any((folder / name).is_file() for name in COPIER_FILES):
            wrong = "" if is_template_name(folder.name) else "has a name that no template can have"
            yield Offer(catalog, folder.name, real, wrong=wrong)
