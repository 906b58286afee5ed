"""Fetch catalogs: bring their mirrors up to date, and say what is new."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.catalog_file import read_catalogs
from goldenpath.core.errors import ForgeError, TemplateError
from goldenpath.flows.offers import read_shelf_of
from goldenpath.flows.remove_catalog import find_catalog
from goldenpath.flows.take_catalog import take_catalog

if TYPE_CHECKING:
    from collections.abc import Generator

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.catalogs import Catalog


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one catalog. `news` are versions that were not here before; a folder needs no fetching.

    `trouble` says why it is not up to date, and `hint` what to do; what was here before still is.
    """

    name: str
    kind: str
    place: str
    news: tuple[str, ...] = ()
    trouble: str = ""
    hint: str = ""


def fetch_catalogs(settings: Settings, name: str) -> Generator[str, None, list[Fetched]]:
    """Fetch one catalog, or with an empty name all of them. Yields what is being done.

    Raises UsageError when there is none of that name. Of the only one it raises what is wrong: ForgeError when it
    does not answer, TemplateError for a tag that was moved.
    """
    wanted = [find_catalog(settings, name)] if name else read_catalogs(settings)
    found: list[Fetched] = []
    for catalog in wanted:
        yield f"Fetching {catalog.place}" if catalog.url else f"Looking at {catalog.place}"
        try:
            found.append(_fetch(settings, catalog))
        except (ForgeError, TemplateError) as error:
            if len(wanted) == 1:
                raise
            told = Fetched(catalog.name, catalog.kind, catalog.place, trouble=error.message, hint=error.hint)
            found.append(told)
    return found


def _fetch(settings: Settings, catalog: Catalog) -> Fetched:
    if not catalog.url:
        shelf = read_shelf_of(settings, catalog)
        if shelf.wrong:
            raise TemplateError(shelf.wrong, hint=shelf.hint)
        return Fetched(catalog.name, catalog.kind, catalog.place)
    taken = take_catalog(settings, catalog.url)
    if taken.refused:
        template, why = next(iter(taken.refused.items()))
        raise TemplateError(
            f"{catalog.name}/{template}: {why}", hint=f"tell the owner of {catalog.place}; all else is up to date"
        )
    return Fetched(catalog.name, catalog.kind, catalog.place, taken.news)
