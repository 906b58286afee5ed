"""Whether a project's template has a newer version, as far as this machine knows: no network, and no git."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import bundled_folder, bundled_names, releases_of
from goldenpath.adapters.reading import read_text
from goldenpath.adapters.store.refs import commit_at, refs_of, tag_names
from goldenpath.adapters.store.sources import SCHEME, name_of, repository_of
from goldenpath.core.addresses import without_credentials
from goldenpath.core.errors import TemplateError
from goldenpath.core.pathfile import FILE
from goldenpath.core.releases import numbers, version_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from goldenpath.adapters.settings import Settings

_BRANCH = "refs/heads/main"
_TAG = "refs/tags/v"


def newer_version(settings: Settings, source: str, version: str) -> str:
    """The newest version that a project at `version` may go to; empty when none is known that is newer.

    A pre-release is newer for a project that stands at one. What a folder holds by now is not looked up.
    """
    source = without_credentials(source.removeprefix("git+"))
    try:
        name = name_of(source)
        if source.startswith(SCHEME) and name in bundled_names():
            return _newest(_bundled(name), version)
    except (OSError, TemplateError):
        return ""
    repository = repository_of(settings.store, source)
    if source.startswith(SCHEME):
        return _state(repository, version)
    return _newest(tag_names(repository), version)


def _bundled(name: str) -> list[str]:
    """Its releases; while there is none, what its path.md says."""
    bundle = releases_of(name)
    if bundle.is_file():
        return [ref.removeprefix(_TAG) for ref in refs_of(bundle) if ref.startswith(_TAG)]
    folder = bundled_folder() / name
    return [version_in(read_text(folder / FILE, folder, hint="goldenpath template lint"))]


def _state(repository: Path, version: str) -> str:
    """The state of a folder that was kept last, when it is another one than the project's."""
    head = commit_at(repository, _BRANCH)
    tags = (tag for tag in tag_names(repository) if head and commit_at(repository, f"refs/tags/{tag}") == head)
    return next((tag.removeprefix("v") for tag in tags if tag.removeprefix("v") != version), "")


def _newest(names: Iterable[str], version: str) -> str:
    others = {name.removeprefix("v") for name in names} - {version}
    if not others or not version:
        return ""
    plain = {name: numbers(name) for name in (version, *others)}
    if all(plain.values()):
        newest = max(others, key=lambda name: plain[name])
        return newest if plain[newest] > plain[version] else ""
    from packaging.version import InvalidVersion, Version  # 15 ms

    try:
        now = Version(version)
    except InvalidVersion:
        return ""
    found = []
    for name in others:
        try:
            found.append((Version(name), name))
        except InvalidVersion:
            continue
    newer = [each for each in found if each[0] > now and (now.is_prerelease or not each[0].is_prerelease)]
    return max(newer, default=(now, ""))[1]
