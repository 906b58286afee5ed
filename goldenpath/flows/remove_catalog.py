"""Remove a catalog from the list. What was started from it goes on: the store keeps its versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.catalog_file import changing_catalogs, read_catalogs
from goldenpath.core.catalogs import BUNDLED, Catalog
from goldenpath.core.errors import UsageError
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings


def remove_catalog(settings: Settings, name: str) -> Catalog:
    """Remove it; what it was. Raises UsageError when there is none of that name."""
    catalog = find_catalog(settings, name)
    with changing_catalogs(settings) as catalogs:
        if catalog in catalogs:
            catalogs.remove(catalog)
    return catalog


def find_catalog(settings: Settings, name: str) -> Catalog:
    """The catalog that the person added under a name. Raises UsageError when there is none."""
    if name == BUNDLED:
        raise UsageError(f"`{BUNDLED}` comes with goldenpath", hint="see which ones you added: goldenpath catalog list")
    catalogs = {each.name: each for each in read_catalogs(settings)}
    if name not in catalogs:
        near = did_you_mean(name, catalogs) if catalogs else "none was added yet;"
        raise UsageError(f"there is no catalog called `{name}`", hint=f"{near} see all: goldenpath catalog list")
    return catalogs[name]
