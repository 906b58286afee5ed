"""Origins: where the versions of a template are, and each of them as a Template."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import BUNDLE, bundled_folder, releases_of
from goldenpath.adapters.store import keeping, refs, sources, tags, trees
from goldenpath.core.addresses import short_name, without_credentials
from goldenpath.core.errors import TemplateError
from goldenpath.core.model import Template
from goldenpath.core.releases import UNVERSIONED
from goldenpath.flows.load_path import load_path

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the versions of a template are: its bare repository in the store. `present` is the commit of a state."""

    name: str
    source: str
    repository: Path
    is_bundled: bool = False
    present: str = ""


def bundled_origin(settings: Settings, name: str) -> Origin:
    """A bundled template, every released version of it and its present state in the store. Raises TemplateError."""
    folder, source = bundled_folder() / name, f"{sources.SCHEME}{name}.git"
    if (folder / BUNDLE).is_file():
        repository = keeping.keep_bundle(settings.store, name, folder / BUNDLE)
        present = refs.refs_of(folder / BUNDLE).get("refs/heads/main", "")
        return Origin(name, source, repository, is_bundled=True, present=present)
    kept = keeping.keep_present(settings.store, name, folder, version_of(folder), releases_of(name))
    return Origin(name, source, kept.repository, is_bundled=True, present=kept.commit)


def cloned_origin(settings: Settings, url: str) -> Origin:
    """A git repository that is fetched now, if it answers. Raises TemplateError when it was never fetched."""
    shown = without_credentials(url)
    return Origin(short_name(shown), shown, keeping.keep_clone(settings.store, url))


def stored_origin(settings: Settings, source: str) -> Origin | None:
    """What the store has of a source, without asking anybody; None when it has nothing."""
    shown = without_credentials(source)
    repository = sources.repository_of(settings.store, shown)
    return Origin(short_name(shown), shown, repository) if repository.is_dir() and tags.head(repository) else None


def folder_state(settings: Settings, name: str, folder: Path) -> Template:
    """The present state of a folder, which the store keeps as `name`. Raises TemplateError when it can't be read."""
    kept = keeping.keep_state(settings.store, name, folder, version_of(folder))
    found = Template(folder.name, f"{sources.SCHEME}{name}.git", kept.version, kept.commit, kept.tree)
    return replace(found, why_prerelease=kept.why_prerelease)


def newest_of(settings: Settings, origin: Origin) -> Template:
    """The present state where there is one, else the newest tagged version, else the head of the default branch."""
    newest = None if origin.present else next(tags.versions(origin.repository), None)
    commit = newest.commit if newest else origin.present or tags.head(origin.repository)
    recorded = tags.recorded(origin.repository, commit).removeprefix("v")
    version = newest.tag.removeprefix("v") if newest else recorded
    return _exported(settings, origin, version, commit, recorded)


def at_version(settings: Settings, origin: Origin, version: str) -> Template:
    """A version as a project records it. Raises TemplateError when the origin has none such."""
    commit = tags.resolve(origin.repository, version)
    if not commit:
        known = ", ".join(each.tag for each in tags.versions(origin.repository))
        raise TemplateError(f"{origin.source} has no version {version}", hint=f"it has: {known or 'no tagged version'}")
    return _exported(settings, origin, version, commit, version)


def version_of(folder: Path) -> str:
    """The version that a template's path.md names. Raises TemplateError when it can't be read."""
    path = load_path(folder)
    return path.version if path else UNVERSIONED


def _exported(settings: Settings, origin: Origin, version: str, commit: str, recorded: str) -> Template:
    tree = trees.export(settings.store, origin.repository, commit)
    trees.note_version(origin.repository, recorded, commit)
    return Template(origin.name, origin.source, version, commit, tree, is_bundled=origin.is_bundled)
