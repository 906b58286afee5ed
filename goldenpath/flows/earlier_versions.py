"""Earlier versions of a template: what was released before the one at hand, and what stood at a git revision."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.adapters.store import keeping, sources, tags, trees
from goldenpath.adapters.store.folders import take_revision
from goldenpath.core.errors import UsageError
from goldenpath.core.releases import UNVERSIONED
from goldenpath.flows.origins import at_version, stored_origin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Template
    from goldenpath.flows.origins import Origin


def released_before(settings: Settings, template: Template) -> tuple[Template, ...]:
    """The released versions in the store that are older than this one, the oldest first. No pre-release is one.

    One of the same number is older where its content is another: the new content has no number of its own yet.
    """
    origin = stored_origin(settings, template.source)
    if origin is None:
        return ()
    content = _content(origin, template.commit)
    found = [tag for tag, commit in _older(origin, template.version) if _content(origin, commit) != content]
    versions = (at_version(settings, origin, tag.removeprefix("v")) for tag in reversed(found))
    return tuple(replace(each, is_bundled=template.is_bundled) for each in versions)


def _older(origin: Origin, version: str) -> Iterator[tuple[str, str]]:
    """The tags of releases up to that version, and their commits, the newest first; all of them if it is none."""
    from packaging.version import InvalidVersion, Version

    try:
        last: Version | None = Version(Version(version).base_version)
    except InvalidVersion:
        last = None
    for each in tags.versions(origin.repository):
        is_release = not each.version.is_prerelease and each.version != Version(UNVERSIONED)
        if is_release and (last is None or each.version <= last):
            yield each.tag, each.commit


def at_revisions(
    settings: Settings, template: Template, folder: Path, revisions: Sequence[str]
) -> tuple[Template, ...]:
    """The template as it was at these revisions of its repository; `folder` is where it is at hand.

    A revision that does not have it, or has the same content, is left out. Raises UsageError for no such revision.
    """
    origin = stored_origin(settings, template.source)
    if origin is None:
        return ()
    is_at_hand = not folder.is_relative_to(settings.store)
    found: list[Template] = []
    for revision in dict.fromkeys(revisions):
        then = _of_folder(settings, origin, template, folder, revision) if is_at_hand else None
        if not is_at_hand:
            then = _of_mirror(settings, origin, revision)
        if then is not None and _content(origin, then.commit) != _content(origin, template.commit):
            found.append(then)
    return tuple(found)


def _of_folder(settings: Settings, origin: Origin, template: Template, folder: Path, revision: str) -> Template | None:
    tree = take_revision(origin.repository, folder, revision)
    if not tree:
        return None
    commit = keeping.keep_revision(origin.repository, sources.name_of(template.source), tree, revision)
    return replace(
        template, version=revision, commit=commit, folder=trees.export(settings.store, origin.repository, commit)
    )


def _of_mirror(settings: Settings, origin: Origin, revision: str) -> Template:
    from goldenpath.adapters.repo import asks

    named = asks(origin.repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = named or tags.resolve(origin.repository, revision.removeprefix("v"))
    if not commit:
        raise UsageError(f"{origin.source} has no revision {revision!r}", hint="name one of its tags or commits")
    return replace(at_version(settings, origin, commit), version=revision)


def _content(origin: Origin, commit: str) -> str:
    from goldenpath.adapters.repo import git

    return git(origin.repository, "rev-parse", "--verify", f"{commit}^{{tree}}")
