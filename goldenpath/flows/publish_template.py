"""Publish templates: push what the store has of each to a forge, for plain Copier, bots and colleagues."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import publishing
from goldenpath.adapters.bundled import bundled_names
from goldenpath.adapters.publishing import MAIN
from goldenpath.adapters.settings import home_expanded
from goldenpath.adapters.store import sources, tags
from goldenpath.core.addresses import is_address, without_credentials
from goldenpath.core.catalogs import is_template_name
from goldenpath.core.errors import ForgeError, GoldenpathError, TemplateError, UsageError
from goldenpath.core.publishing import Publication, Published
from goldenpath.flows.fetch_template import fetch_template
from goldenpath.flows.origins import bundled_origin

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from goldenpath.adapters.settings import Settings
    from goldenpath.adapters.store.tags import Tagged

_ESCAPES = re.compile(rb"%([0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class _Stored:
    """A template in the store: its name, its repository, and its releases, newest first, pre-releases after them."""

    name: str
    repository: Path
    releases: tuple[Tagged, ...]


def publish_templates(
    settings: Settings, what: Sequence[str], to: str, *, is_rehearsal: bool
) -> Generator[str, None, Publication]:
    """Push the releases of each template to `to/NAME.git`, or say what would be. Yields what is being done.

    One that fails keeps no other back; of the only one it raises why. Raises UsageError for what is no template, or no
    place; then nothing is pushed.
    """
    place = _place(to)
    stored = [_stored(settings, each) for each in what or bundled_names()]
    twice = [name for name, count in Counter(each.name for each in stored).items() if count > 1]
    if twice:
        raise UsageError(f"two templates are called {twice[0]}", hint="publish them to two places")
    done: list[Published] = []
    for template in stored:
        address = f"{place}/{template.name}.git"
        yield f"{'Asking' if is_rehearsal else 'Publishing to'} {without_credentials(address)}"
        try:
            done.append(_publish(template, address, is_rehearsal=is_rehearsal))
        except GoldenpathError as error:
            if len(stored) == 1:
                raise
            done.append(_failed(template, address, error))
    return Publication(without_credentials(place), is_rehearsal, tuple(done))


def _failed(template: _Stored, address: str, error: GoldenpathError) -> Published:
    return Published(
        template.name,
        without_credentials(address),
        trouble=error.message,
        hint=error.hint,
        is_refused=isinstance(error, ForgeError),
    )


def _place(to: str) -> str:
    """The address below which the repositories are. Raises UsageError when it is no address and no folder."""
    place = to.rstrip("/") if not to.endswith(":") else to
    if place.startswith("file://"):
        folder = _unescaped(place.removeprefix("file://"))
        return _address_of(Path(folder) if folder.startswith("/") else None, to)
    if is_address(f"{place}/x.git"):
        return place
    if "://" not in to and (to.startswith((".", "/", "~")) or Path(to).is_dir()):
        return _address_of(home_expanded(to), to)
    raise UsageError(
        f"{without_credentials(to)} is no address that git may be given, and no folder",
        hint="write it like https://HOST/GROUP, git@HOST:GROUP or ./FOLDER",
    )


def _address_of(folder: Path | None, to: str) -> str:
    if folder is None:
        raise UsageError(f"{to} names no folder of this machine", hint="write it like file:///FOLDER")
    return folder.resolve().as_uri()


def _unescaped(text: str) -> str:
    return _ESCAPES.sub(lambda found: bytes([int(found[1], 16)]), text.encode()).decode(errors="surrogateescape")


def _stored(settings: Settings, what: str) -> _Stored:
    """What the store has of a template. Raises UsageError for what can't be published."""
    if is_address(what) or "://" in what:
        raise UsageError(
            f"{without_credentials(what)} is an address already",
            hint="name a template or a folder: see goldenpath list",
        )
    if what in bundled_names():
        name, repository = what, bundled_origin(settings, what).repository
    else:
        template = fetch_template(settings, what)
        name, repository = template.name, sources.repository_of(settings.store, template.source)
    if not is_template_name(name):
        raise UsageError(
            f"no repository can be called {name!r}", hint="rename the template's folder: letters and digits"
        )
    return _Stored(name, repository, tuple(_releases(repository)))


def _releases(repository: Path) -> list[Tagged]:
    return [each for each in tags.versions(repository) if not each.version.is_devrelease]


def _publish(template: _Stored, address: str, *, is_rehearsal: bool) -> Published:
    if not template.releases:
        raise TemplateError(
            f"{template.name} has no release yet: what is here of it is a pre-release",
            hint="commit its folder with a `version` of its own in path.md, then publish again",
        )
    folder = Path(_unescaped(address.removeprefix("file://"))) if publishing.is_local(address) else None
    is_made = folder is not None and publishing.is_unmade(folder)
    there = {} if is_made else publishing.refs_at(template.repository, address)
    _refuse_other(template, address, there)
    missing = [each for each in template.releases if f"refs/tags/{each.tag}" not in there]
    refs = {f"refs/tags/{each.tag}": each.commit for each in reversed(missing)}
    newest = _newest(template, there)
    with_main = {**refs, **_main(template, address, there)} if newest == template.releases[0].tag else refs
    if not is_rehearsal and with_main:
        if folder is not None and is_made:
            publishing.make_bare(folder)
        publishing.push(template.repository, address, with_main)
    return Published(
        template.name,
        without_credentials(address),
        pushed=tuple(_version(each.tag) for each in missing),
        there=tuple(_version(each.tag) for each in template.releases if each not in missing),
        main=_version(newest),
        is_made=is_made,
    )


def _refuse_other(template: _Stored, address: str, there: Mapping[str, str]) -> None:
    """Raise ForgeError when a version is there with another commit."""
    for each in template.releases:
        other = there.get(f"refs/tags/{each.tag}", each.commit)
        if other != each.commit:
            raise ForgeError(
                f"{without_credentials(address)} has another {each.tag}: "
                f"it is commit {other[:10]} there, and {each.commit[:10]} here",
                hint="a version that people have stays as it is: give the new content a new version",
            )


def _newest(template: _Stored, there: Mapping[str, str]) -> str:
    """The tag of the newest release, here or there."""
    from packaging.version import InvalidVersion, Version

    found = {each.tag: each.version for each in template.releases}
    for ref in there:
        tag = ref.removeprefix("refs/tags/")
        try:
            found.setdefault(tag, Version(tag))
        except InvalidVersion:
            continue
    known = {tag: version for tag, version in found.items() if not version.is_devrelease}
    return max(known, key=lambda tag: (not known[tag].is_prerelease, known[tag], tag in found))


def _main(template: _Stored, address: str, there: Mapping[str, str]) -> dict[str, str]:
    """What `main` has to become for the newest release; nothing when it has that.

    The releases are commits without a past, so a commit ahead of both is made. Raises ForgeError when `main` is no
    release: somebody works there.
    """
    newest, before = template.releases[0], there.get(MAIN)
    if before in {None, newest.commit}:
        return {} if before else {MAIN: newest.commit}
    with publishing.fetched(template.repository, address) as trees:
        now = trees.get(MAIN, "")
        if now == publishing.tree_of(template.repository, newest.commit):
            return {}
        released = {tree for ref, tree in trees.items() if ref != MAIN}
        if now not in released | {publishing.tree_of(template.repository, each.commit) for each in template.releases}:
            raise ForgeError(
                f"{without_credentials(address)}: its branch main is at {before[:10] if before else ''}, "
                "which is no release of the template",
                hint="publish into a repository of its own; whatever is on that branch would be hidden",
            )
        message = f"{template.name} {_version(newest.tag)}"
        return {MAIN: publishing.ahead_of(template.repository, before or "", newest.commit, message)}


def _version(tag: str) -> str:
    return tag.removeprefix("v")
