"""Fetch a template from a catalog: what is offered now, or the version that a project's answers file records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.catalog_file import read_catalogs
from goldenpath.adapters.store import tags
from goldenpath.adapters.store.sources import SCHEME
from goldenpath.core.addresses import without_credentials
from goldenpath.core.catalogs import full_name, split_source
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.flows.offers import read_shelf_of
from goldenpath.flows.origins import at_version, folder_state, stored_origin
from goldenpath.flows.take_catalog import refuse_moved, take_again, take_catalog
from goldenpath.flows.trust import is_source_known

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.catalogs import Catalog
    from goldenpath.core.model import Template
    from goldenpath.flows.offers import Offer


def source_of(catalog: Catalog, template: str) -> str:
    """What the answers file of a project names: an address, or a name in the store; never a path of one machine."""
    return f"{catalog.url}#{template}" if catalog.url else f"{SCHEME}{full_name(catalog.name, template)}.git"


def offered_template(settings: Settings, offer: Offer) -> Template:
    """What a catalog offers, from the store: offline. Raises TemplateError."""
    source = source_of(offer.catalog, offer.template)
    if offer.catalog.folder:
        return _from_folder(settings, source, offer.folder)
    if not _has(settings, source, offer.version) and not take_again(settings, offer.catalog.url):
        raise _gone(offer.catalog)
    return _from_store(settings, source, offer.version)


def named_template(settings: Settings, source: str) -> Template:
    """The newest version of `URL#NAME`, fetched now, because the person named it. Raises UsageError, ForgeError."""
    url, name = split_source(source)
    taken = take_catalog(settings, url)
    refuse_moved(taken, name)
    shelf = taken.shelf
    shelved = next((each for each in shelf if each.name == name and not each.wrong), None)
    if shelved is None:
        known = ", ".join(each.name for each in shelf if not each.wrong) or "none"
        raise UsageError(f"{without_credentials(url)} has no template `{name}`", hint=f"it has: {known}")
    return _from_store(settings, without_credentials(source), shelved.version)


def recorded_template(settings: Settings, source: str, version: str, *, may_fetch: bool) -> Template:
    """The version of a catalog's template that a project records. Raises TemplateError when this machine can't get it.

    Raises UsageError when its address is of no catalog, and nobody said that it may be asked.
    """
    if _has(settings, source, version):
        return _from_store(settings, source, version)
    url, name = split_source(source)
    if not name:
        return _of_folder(settings, source, version)
    shown = without_credentials(url)
    if take_again(settings, shown) and _has(settings, source, version):
        return _from_store(settings, source, version)
    if not may_fetch and not is_catalog_known(settings, source):
        raise UsageError(
            f"this machine has no template {without_credentials(source)} at {version}, and {shown} is no catalog of it",
            hint=f"look at the address; when you trust it: goldenpath catalog add {shown}",
        )
    take_catalog(settings, url)
    return _from_store(settings, source, version)


def is_catalog_known(settings: Settings, source: str) -> bool:
    """Whether the address in a source `URL#NAME` may be asked: it is a catalog's, or the person started from it."""
    url, shown = without_credentials(split_source(source)[0]), without_credentials(source)
    is_listed = any(catalog.url == url for catalog in read_catalogs(settings))
    return is_listed or any(is_source_known(settings, each) for each in (shown, url))


def _has(settings: Settings, source: str, version: str) -> bool:
    origin = stored_origin(settings, source)
    return origin is not None and bool(tags.resolve(origin.repository, version))


def _of_folder(settings: Settings, source: str, version: str) -> Template:
    """From the folder of a catalog, when it holds the version that a project records."""
    catalog_name, _, template = source.removeprefix(SCHEME).removesuffix(".git").partition("/")
    offer = _offer_in(settings, catalog_name, template)
    if offer is not None:
        _from_folder(settings, source, offer.folder)
    if offer is not None and _has(settings, source, version):
        return _from_store(settings, source, version)
    where = f"the folder {offer.catalog.folder} holds another version" if offer else "it came from a folder"
    raise TemplateError(
        f"this machine has no template {source} at {version}: {where}",
        hint=f"go on where it was started, or, with that folder: goldenpath catalog add FOLDER --name {catalog_name}",
    )


def _offer_in(settings: Settings, catalog_name: str, template: str) -> Offer | None:
    catalogs = [each for each in read_catalogs(settings) if each.name == catalog_name and each.folder]
    offers = [offer for each in catalogs for offer in read_shelf_of(settings, each).offers]
    return next((offer for offer in offers if offer.template == template and not offer.wrong), None)


def _from_folder(settings: Settings, source: str, folder: Path) -> Template:
    return folder_state(settings, source.removeprefix(SCHEME).removesuffix(".git"), folder)


def _from_store(settings: Settings, source: str, version: str) -> Template:
    """Raises TemplateError when the store has no such version."""
    origin = stored_origin(settings, source)
    if origin is None:
        raise TemplateError(f"{without_credentials(source)} is not there any more", hint="see what is: goldenpath list")
    return at_version(settings, origin, version)


def _gone(catalog: Catalog) -> TemplateError:
    return TemplateError(
        f"catalog {catalog.name} is not on this machine any more",
        hint=f"fetch it again: goldenpath catalog fetch {catalog.name}",
    )
