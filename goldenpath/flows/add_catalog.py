"""Add a catalog: from its address or folder to templates that can be started; it is there whole or not at all."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.catalog_file import changing_catalogs, read_catalogs
from goldenpath.adapters.store.catalogs import COPIER_FILES, drop_mirror, is_fetched, mirror_of
from goldenpath.core.addresses import is_address, without_credentials
from goldenpath.core.catalogs import BUNDLED, FOLDER, NAMES_ARE, Catalog, is_catalog_name, usual_name
from goldenpath.core.errors import UsageError
from goldenpath.flows.offers import names_of, read_shelf_of, read_shelves
from goldenpath.flows.take_catalog import take_catalog

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from goldenpath.adapters.settings import Settings


@dataclass(frozen=True, slots=True)
class Refusal:
    """A template that can't be started, or a version of it, and what is wrong with it."""

    template: str
    wrong: str


@dataclass(frozen=True, slots=True)
class Added:
    """A catalog that is listed now. `paths` are names to type."""

    name: str
    kind: str
    place: str
    paths: tuple[str, ...]
    refused: tuple[Refusal, ...]
    is_new: bool


def add_catalog(settings: Settings, place: str, name: str) -> Generator[str, None, Added]:
    """Yields what is being done. `name` may be empty: then it is called after its owner, or itself.

    Raises UsageError for what is no catalog, and for a name that is taken; ForgeError when an address does not answer.
    When it raises, nothing of the catalog is kept.
    """
    catalog = _catalog(place, name)
    known = _known(read_catalogs(settings), catalog, is_named=bool(name))
    refused: dict[str, str] = {}
    if catalog.url:
        yield f"Fetching {catalog.url}"
        is_kept = known or is_fetched(mirror_of(settings.store, catalog.url))
        try:
            refused = take_catalog(settings, place).refused
            _refuse_empty(settings, catalog)
        except BaseException:
            if not is_kept:
                drop_mirror(settings.store, catalog.url)
            raise
    else:
        _refuse_empty(settings, catalog)
    with changing_catalogs(settings) as catalogs:
        listed = _known(catalogs, catalog, is_named=bool(name))
        if listed is None:
            catalogs.append(catalog)
    return _added(settings, listed or catalog, refused, is_new=listed is None)


def _catalog(place: str, name: str) -> Catalog:
    """What is to be added; nothing was looked at yet but the folder. Raises UsageError."""
    shown = without_credentials(place)
    if is_address(place) and "#" not in place:
        catalog = Catalog(name, url=shown)
    elif "://" in place or is_address(place):
        raise UsageError(
            f"{shown} is no address of a catalog", hint="write it like https://HOST/OWNER/NAME.git, without `#`"
        )
    else:
        catalog = Catalog(name, folder=_folder(place))
    usual = replace(catalog, name=name or usual_name(catalog.place))
    if usual.name == BUNDLED:
        raise UsageError(
            f"`{BUNDLED}` is the catalog that comes with goldenpath", hint="call it otherwise: --name NAME"
        )
    if not is_catalog_name(usual.name):
        raise UsageError(f"`{usual.name}` is no name for a catalog", hint=f"--name NAME, of {NAMES_ARE}")
    return usual


def _folder(place: str) -> str:
    try:
        folder = Path(os.path.normpath(Path(place).expanduser().absolute()))
        folder_is_there = folder.is_dir()
    except (OSError, RuntimeError, ValueError):
        folder_is_there = False
    if not folder_is_there:
        raise UsageError(
            f"{place} is no folder, and no address", hint=f"name a folder that has {FOLDER}/, or https://HOST/NAME.git"
        )
    return str(folder)


def _known(catalogs: Sequence[Catalog], wanted: Catalog, *, is_named: bool) -> Catalog | None:
    """The catalog of the same place that is listed already, if there is one. Raises UsageError when a name is taken."""
    same = next((each for each in catalogs if each.place == wanted.place), None)
    if same is not None and is_named and same.name != wanted.name:
        raise UsageError(
            f"{same.place} is a catalog already, called `{same.name}`",
            hint=f"to call it otherwise: goldenpath catalog remove {same.name}, and add it again",
        )
    taken = next((each for each in catalogs if each.name == wanted.name and each.place != wanted.place), None)
    if same is None and taken is not None:
        raise UsageError(
            f"there is a catalog `{taken.name}` already: {taken.place}", hint="call it otherwise: --name NAME"
        )
    return same


def _refuse_empty(settings: Settings, catalog: Catalog) -> None:
    shelf = read_shelf_of(settings, catalog)
    if shelf.wrong:
        raise UsageError(shelf.wrong, hint=shelf.hint)
    if any(not offer.wrong for offer in shelf.offers):
        return
    first = next((f": {offer.template} {offer.wrong}" for offer in shelf.offers), "")
    is_one = bool(catalog.folder) and any((Path(catalog.folder) / name).is_file() for name in COPIER_FILES)
    is_one_hint = f"it is a template itself: goldenpath start {catalog.place}"
    raise UsageError(
        f"{catalog.place} holds no template{first}",
        hint=is_one_hint if is_one else f"a catalog has folders in {FOLDER}/, each with a copier.yml",
    )


def _added(settings: Settings, catalog: Catalog, refused: Mapping[str, str], *, is_new: bool) -> Added:
    names = names_of(read_shelves(settings))
    own = {name: offer for name, offer in names.items() if offer.catalog == catalog}
    wrong = {**refused, **{offer.template: offer.wrong for offer in own.values() if offer.wrong}}
    return Added(
        name=catalog.name,
        kind=catalog.kind,
        place=catalog.place,
        paths=tuple(name for name, offer in own.items() if not offer.wrong),
        refused=tuple(Refusal(template, wrong[template]) for template in sorted(wrong)),
        is_new=is_new,
    )
