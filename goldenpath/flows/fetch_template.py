"""Fetch a template: from a bundled name, a folder or a git URL to a version in the store."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import store
from goldenpath.adapters.bundled import BUNDLE, bundled_folder, bundled_names
from goldenpath.core.addresses import is_address, short_name, without_credentials
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.model import Template
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.load_path import load_path
from goldenpath.flows.trust import is_source_known

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings

UNVERSIONED = "0.0.0"


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the versions of a template are: its bare repository in the store."""

    name: str
    source: str
    repository: Path
    is_bundled: bool = False


def fetch_template(settings: Settings, what: str) -> Template:
    """The newest version of what was named. Raises UsageError for an unknown name, TemplateError for a bad one."""
    if what in bundled_names():
        return _newest(settings, _bundled(settings, what))
    if is_address(what):
        return _newest(settings, _cloned(settings, what))
    if "://" in what:
        raise UsageError(
            f"{without_credentials(what)} is no address that git may be given",
            hint="write it like https://HOST/NAME.git",
        )
    if what.startswith((".", "/", "~")) or "/" in what:
        return _folder(settings, Path(what).expanduser().absolute())
    raise UsageError(f"there is no path called `{without_credentials(what)}`", hint=_nearest(what))


def template_of(settings: Settings, source: str, version: str, *, may_fetch: bool = False) -> Template:
    """The version that a project's answers file records, from the store when it is there.

    An answers file may be somebody else's: an address in it is asked only when the person started from it before,
    or says so now with `may_fetch`. Raises TemplateError when this machine can't get it, UsageError when it may not.
    """
    source = source.removeprefix("git+")
    is_ours = source.startswith(store.SCHEME)
    if not is_ours and not is_address(source):
        raise TemplateError(
            f"the project names {without_credentials(source)!r} as its template",
            hint="that is no address that can be fetched",
        )
    name = store.name_of(source)
    is_bundled = is_ours and name in bundled_names()
    tree = store.known_tree(settings.store, name, version)
    if tree is not None:
        short = name if is_ours else short_name(source)
        return Template(short, without_credentials(source), version, tree.name, tree, is_bundled=is_bundled)
    if is_bundled:
        return _recorded(settings, _bundled(settings, name), version)
    if is_ours:
        raise TemplateError(
            f"this machine has no template {source} at {version}",
            hint="it came from a folder of another machine: go on there, or start again from its git address",
        )
    return _from_address(settings, source, version, may_fetch=may_fetch)


def _from_address(settings: Settings, source: str, version: str, *, may_fetch: bool) -> Template:
    shown = without_credentials(source)
    repository = store.repository_of(settings.store, shown)
    if repository.is_dir() and store.resolve(repository, version):
        return _recorded(settings, _Origin(short_name(shown), shown, repository), version)
    if not may_fetch and not is_source_known(settings, shown):
        raise UsageError(
            f"this machine has no template {shown} at {version}, and nobody said that it may be fetched",
            hint="look at the address; when you trust it: goldenpath check --trust",
        )
    return _recorded(settings, _cloned(settings, source), version)


def _bundled(settings: Settings, name: str) -> _Origin:
    folder = bundled_folder() / name
    if (folder / BUNDLE).is_file():
        repository = store.keep_bundle(settings.store, name, folder / BUNDLE)
    else:
        repository = store.keep_folder(settings.store, name, folder, _version(folder)).repository
    return _Origin(name, f"{store.SCHEME}{name}.git", repository, is_bundled=True)


def _folder(settings: Settings, folder: Path) -> Template:
    if not any((folder / name).is_file() for name in ("copier.yml", "copier.yaml")):
        raise UsageError(
            f"{folder} is no template: it has no copier.yml",
            hint=f"name a path ({_known()}) or a folder with a copier.yml",
        )
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    name = f"folder/{re.sub(r'[^A-Za-z0-9._-]+', '-', folder.name)}-{digest}"
    kept = store.keep_folder(settings.store, name, folder, _version(folder))
    return Template(folder.name, f"{store.SCHEME}{name}.git", kept.version, kept.commit, kept.tree)


def _cloned(settings: Settings, url: str) -> _Origin:
    shown = without_credentials(url)
    return _Origin(short_name(shown), shown, store.keep_clone(settings.store, url))


def _newest(settings: Settings, origin: _Origin) -> Template:
    newest = next(store.versions(origin.repository), None)
    commit = newest.commit if newest else store.head(origin.repository)
    recorded = store.recorded(origin.repository, commit).removeprefix("v")
    return _exported(settings, origin, newest.tag.removeprefix("v") if newest else recorded, commit, recorded)


def _recorded(settings: Settings, origin: _Origin, version: str) -> Template:
    commit = store.resolve(origin.repository, version)
    if not commit:
        known = ", ".join(each.tag for each in store.versions(origin.repository))
        raise TemplateError(f"{origin.source} has no version {version}", hint=f"it has: {known or 'no tagged version'}")
    return _exported(settings, origin, version, commit, version)


def _exported(settings: Settings, origin: _Origin, version: str, commit: str, recorded: str) -> Template:
    tree = store.export(settings.store, origin.repository, commit)
    store.note_version(origin.repository, recorded, commit)
    return Template(origin.name, origin.source, version, commit, tree, is_bundled=origin.is_bundled)


def _version(folder: Path) -> str:
    path = load_path(folder)
    return path.version if path else UNVERSIONED


def _known() -> str:
    return ", ".join(bundled_names()) or "none is bundled"


def _nearest(what: str) -> str:
    names = bundled_names()
    if Path(what).is_dir():
        return f"for the folder of that name, type: goldenpath start ./{what}"
    return f"{did_you_mean(what, names)} see all: goldenpath list"
