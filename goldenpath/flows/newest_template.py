"""The newest version of what a project's answers file names as its template."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import bundled_names
from goldenpath.adapters.store import sources, tags
from goldenpath.adapters.store.folders import folder_of
from goldenpath.core.addresses import is_address, without_credentials
from goldenpath.core.catalogs import split_source
from goldenpath.core.errors import GoldenpathError, MachineError, TemplateError, UsageError
from goldenpath.flows.origins import at_version, bundled_origin, cloned_origin, folder_state, newest_of, stored_origin

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Template
    from goldenpath.flows.origins import Origin


def newest_template(
    settings: Settings, source: str, *, version: str = "", want: str = "", may_fetch: bool = False
) -> Template:
    """The newest version of a source, or the one that is wanted. `version` is the one that a project stands at.

    Nothing but a folder's state is newer than a release and no release itself, unless the project stands at such a
    one; who stands between two releases stays there. Nobody is asked on a network unless `may_fetch`. Raises
    TemplateError for a version that is not there, UsageError for a source that was never fetched, MachineError for a
    folder that is gone, ForgeError.
    """
    source, want = source.removeprefix("git+"), want.removeprefix("v")
    name = sources.name_of(source)
    folder = _folder_of(settings, source)
    if folder is not None:
        return _from_folder(settings, name, folder, want)
    origin = _origin(settings, source, may_fetch=may_fetch)
    if want:
        return at_version(settings, origin, want)
    newest = _release(origin, version)
    if newest and tags.is_ahead(origin.repository, version, newest):
        return at_version(settings, origin, version)
    return at_version(settings, origin, newest) if newest else newest_of(settings, origin)


def versions_of(settings: Settings, source: str) -> list[str]:
    """The versions of a source that are known without asking anybody, newest first; none when none is known."""
    try:
        source = source.removeprefix("git+")
        origin = _bundled(settings, source) or stored_origin(settings, source)
    except GoldenpathError:
        return []
    return [each.tag.removeprefix("v") for each in tags.versions(origin.repository)] if origin else []


def _origin(settings: Settings, source: str, *, may_fetch: bool) -> Origin:
    bundled = _bundled(settings, source)
    if bundled is not None:
        return bundled
    shown = without_credentials(source)
    if source.startswith(sources.SCHEME) or not is_address(source):
        raise TemplateError(
            f"the project names {shown!r} as its template, and this machine has none such",
            hint="it came from a folder of another machine: go on there, or start again from its git address",
        )
    if may_fetch:
        return _fetched(settings, source)
    origin = stored_origin(settings, source)
    if origin is None:
        raise UsageError(
            f"this machine has no template {shown}, and nobody said that it may be fetched",
            hint="look at the address; when you trust it: goldenpath check --trust",
        )
    return origin


def _bundled(settings: Settings, source: str) -> Origin | None:
    name = sources.name_of(source)
    is_bundled = source.startswith(sources.SCHEME) and name in bundled_names()
    return bundled_origin(settings, name) if is_bundled else None


def _fetched(settings: Settings, source: str) -> Origin:
    from goldenpath.flows.take_catalog import take_catalog

    url, template = split_source(source)
    if not template:
        return cloned_origin(settings, source)
    take_catalog(settings, url)
    origin = stored_origin(settings, source)
    if origin is None:
        raise TemplateError(
            f"{without_credentials(url)} has no template {template}", hint="see what it has: goldenpath catalog list"
        )
    return origin


def _folder_of(settings: Settings, source: str) -> Path | None:
    name = sources.name_of(source)
    is_ours = source.startswith(sources.SCHEME) and name not in bundled_names()
    return folder_of(settings.store, name) if is_ours else None


def _from_folder(settings: Settings, name: str, folder: Path, want: str) -> Template:
    if want:
        origin = stored_origin(settings, f"{sources.SCHEME}{name}.git")
        if origin is not None and tags.resolve(origin.repository, want):
            return at_version(settings, origin, want)
    if not any((folder / file).is_file() for file in ("copier.yml", "copier.yaml")):
        raise MachineError(
            f"the template's folder {folder} is not there any more, or no template",
            hint=f"bring it back, or name a version: goldenpath update --to {_some(settings, name)}",
        )
    state = folder_state(settings, name, folder)
    if want not in {"", state.version}:
        raise TemplateError(f"{folder} has no version {want}", hint=f"it has: {_some(settings, name)}")
    return state


def _some(settings: Settings, name: str) -> str:
    return ", ".join(versions_of(settings, f"{sources.SCHEME}{name}.git")) or "VERSION"


def _release(origin: Origin, version: str) -> str:
    """The newest release; empty when the newest state is meant: the project stands at one, or nothing is released."""
    from packaging.version import InvalidVersion, Version

    try:
        may_be_state = bool(version) and Version(version).is_prerelease
    except InvalidVersion:
        may_be_state = False
    found = [each for each in tags.versions(origin.repository) if may_be_state or not each.version.is_prerelease]
    if not found or (may_be_state and origin.present):
        return ""
    newest = max(found, key=lambda each: each.version)
    return newest.tag.removeprefix("v")
