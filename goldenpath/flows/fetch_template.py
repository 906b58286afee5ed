"""Fetch a template: from a bundled name, a folder or a git URL to a version in the store."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import store
from goldenpath.adapters.bundled import BUNDLE, bundled_folder, bundled_names
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.model import Template
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.load_path import load_path

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings

_URL = re.compile(r"[a-z][a-z0-9+.-]*://|[^/\s]+@[^/\s]+:")
UNVERSIONED = "0.0.0"


def fetch_template(settings: Settings, what: str) -> Template:
    """The newest version of what was named. Raises UsageError for an unknown name, TemplateError for a bad one."""
    if what in bundled_names():
        return _bundled(settings, what, version="")
    if _URL.match(what):
        return _cloned(settings, what, version="")
    if what.startswith((".", "/", "~")) or "/" in what:
        return _folder(settings, Path(what).expanduser().absolute())
    raise UsageError(f"there is no path called `{what}`", hint=_nearest(what))


def template_of(settings: Settings, source: str, version: str) -> Template:
    """The version that a project's answers file records. Raises TemplateError when this machine can't get it."""
    name = source.removeprefix(store.SCHEME).removesuffix(".git")
    if source.startswith(store.SCHEME):
        tree = store.known_tree(settings.store, name, version)
        if tree is not None:
            return Template(name, source, version, tree.name, tree, is_bundled=name in bundled_names())
        if name in bundled_names():
            return _bundled(settings, name, version=version)
        raise TemplateError(
            f"this machine has no template {source} at {version}",
            hint="it came from a folder of another machine: go on there, or start again from its git address",
        )
    if not _URL.match(source):
        raise TemplateError(
            f"the project names {source!r} as its template", hint="that is no address that can be fetched"
        )
    return _cloned(settings, source, version=version)


def _bundled(settings: Settings, name: str, *, version: str) -> Template:
    folder = bundled_folder() / name
    if (folder / BUNDLE).is_file():
        repository = store.keep_bundle(settings.store, name, folder / BUNDLE)
    else:
        kept = store.keep_folder(settings.store, name, folder, _version(folder))
        repository = kept.repository
    source = f"{store.SCHEME}{name}.git"
    return _pick(settings, Template(name, source, version, "", repository, is_bundled=True))


def _folder(settings: Settings, folder: Path) -> Template:
    if not any((folder / name).is_file() for name in ("copier.yml", "copier.yaml")):
        raise UsageError(
            f"{folder} is no template: it has no copier.yml",
            hint=f"name a path ({_known()}) or a folder with a copier.yml",
        )
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    name = f"folder/{folder.name}-{digest}"
    kept = store.keep_folder(settings.store, name, folder, _version(folder))
    return Template(folder.name, f"{store.SCHEME}{name}.git", kept.version, kept.commit, kept.tree)


def _cloned(settings: Settings, url: str, *, version: str) -> Template:
    repository = store.keep_clone(settings.store, url)
    name = url.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    return _pick(settings, Template(name, url, version, "", repository))


def _pick(settings: Settings, wanted: Template) -> Template:
    repository = wanted.folder
    known = dict(store.versions(repository))
    version = wanted.version or next(iter(known), UNVERSIONED)
    commit = known.get(version) or (store.head(repository) if version == UNVERSIONED else "")
    if not commit:
        raise TemplateError(
            f"{wanted.source} has no version {version}",
            hint=f"it has: {', '.join(known) or 'no tagged version'}",
        )
    tree = store.export(settings.store, repository, commit)
    return Template(wanted.name, wanted.source, version, commit, tree, is_bundled=wanted.is_bundled)


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
