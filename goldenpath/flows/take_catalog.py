"""Take a catalog: mirror its git repository, and give each of its templates a repository of its own in the store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters.locking import alone
from goldenpath.adapters.store import catalogs
from goldenpath.adapters.store.catalogs import PRESENT, Shelved
from goldenpath.adapters.store.keeping import bare
from goldenpath.adapters.store.sources import repository_of
from goldenpath.adapters.store.trees import export
from goldenpath.core.addresses import without_credentials
from goldenpath.core.errors import GoldenpathError, TemplateError
from goldenpath.core.pathfile import FILE
from goldenpath.core.releases import UNVERSIONED, prerelease, version_in

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.adapters.store.catalogs import Stand


@dataclass(frozen=True, slots=True)
class Taken:
    """What a catalog's repository offers now, and what was refused: by template, with the reason."""

    shelf: tuple[Shelved, ...]
    refused: dict[str, str]
    news: tuple[str, ...]
    """Which versions were not here before, as `NAME X.Y.Z`."""


def refuse_moved(taken: Taken, template: str) -> None:
    """Raise TemplateError when something of that template was refused."""
    if template in taken.refused:
        raise TemplateError(taken.refused[template], hint="tell its owner; what was here before stays, by its versions")


def take_catalog(settings: Settings, address: str) -> Taken:
    """Fetch a catalog's repository, and everything in it that can be started.

    Credentials in the address are used, and not kept. Raises ForgeError when git can't fetch it; then what was here
    stays. One template that is refused keeps no other out.
    """
    url = without_credentials(address)
    with alone(catalogs.mirror_of(settings.store, url).with_suffix(".lock")):
        return _take(settings.store, url, catalogs.fetch_mirror(settings.store, address))


def take_again(settings: Settings, url: str) -> bool:
    """Read a mirror that is here once more, offline, when its templates are not here any more; whether it is here."""
    mirror = catalogs.mirror_of(settings.store, url)
    if not catalogs.is_fetched(mirror):
        return False
    with alone(mirror.with_suffix(".lock")):
        _take(settings.store, url, mirror)
    return True


def _take(store: Path, url: str, mirror: Path) -> Taken:
    before = {each.name: each for each in catalogs.read_shelf(mirror) or ()}
    by_name: dict[str, list[Stand]] = {}
    for stand in catalogs.stands_in(mirror):
        by_name.setdefault(stand.template, []).append(stand)
    shelf = [Shelved(name, wrong=wrong) for name, wrong in catalogs.no_templates(mirror).items()]
    refused: dict[str, str] = {}
    news: list[str] = []
    for name, stands in sorted(by_name.items()):
        is_present = any(stand.version == PRESENT for stand in stands)
        try:
            shelved, new = _keep(store, mirror, repository_of(store, f"{url}#{name}"), stands)
            news += [f"{name} {version}" for version in new]
        except GoldenpathError as error:
            refused[name] = error.message
            known = before.get(name)
            shelved = known if known and not known.wrong else Shelved(name, wrong=f"is refused: {error.message}")
        if is_present:
            shelf.append(shelved)
    catalogs.write_shelf(mirror, shelf)
    return Taken(tuple(shelf), refused, tuple(news))


def _keep(store: Path, mirror: Path, repository: Path, stands: Sequence[Stand]) -> tuple[Shelved, list[str]]:
    """Put one template's versions into its repository: the newest one, and which are new here. Raises TemplateError."""
    name = stands[0].template
    bare(store, str(repository.relative_to(store)).removesuffix(".git"))
    known, gone = catalogs.trees_of(repository), catalogs.trees_of(repository, catalogs.WITHDRAWN)
    here = {tree for _, tree in (*known.values(), *gone.values())}
    catalogs.take_trees(mirror, repository, sorted({stand.tree for stand in stands} - here))
    named = [stand if stand.version != PRESENT else _named(mirror, stand, stands) for stand in stands]
    before = gone | known
    sound = [each for each in dict.fromkeys(named) if before.get(each.version, ("", each.tree))[1] == each.tree]
    for stand in sound:
        if stand.version not in known:
            catalogs.keep_stand(repository, stand)
    catalogs.withdraw(repository, known.keys() - {stand.version for stand in named})
    for stand in named:
        _refuse_moved(stand, before)
    now = catalogs.trees_of(repository)
    present = [new for new, old in zip(named, stands, strict=True) if old.version == PRESENT]
    newest = _newest(named, present)
    commit = now[newest.version][0]
    catalogs.point_branch(repository, now[(present or [newest])[0].version][0])
    export(store, repository, commit)
    return Shelved(name, newest.version, commit), [each.version for each in sound if each.version not in before]


def _refuse_moved(stand: Stand, before: Mapping[str, tuple[str, str]]) -> None:
    _, tree = before.get(stand.version, ("", stand.tree))
    if tree != stand.tree:
        raise TemplateError(
            f"{stand.template} {stand.version} was {tree[:8]}, and its tag stands on {stand.tree[:8]} now",
            hint=f"its owner has to give it a new version; {tree[:8]} is kept",
        )


def _named(mirror: Path, present: Stand, stands: Sequence[Stand]) -> Stand:
    """What stands on the default branch, with its version: that of the newest tag with the same tree, else its own."""
    tagged = [stand for stand in stands if stand.version != PRESENT and stand.tree == present.tree]
    if tagged:
        return _newest(tagged, [])
    return replace(present, version=prerelease(_version_in(mirror, present.tree), present.tree))


def _version_in(mirror: Path, tree: str) -> str:
    """What path.md says; 0.0.0 when it says nothing that is a version."""
    from packaging.version import InvalidVersion, Version

    said = version_in(catalogs.text_in(mirror, tree, FILE))
    try:
        return str(Version(said))
    except InvalidVersion:
        return UNVERSIONED


def _newest(stands: Sequence[Stand], present: Sequence[Stand]) -> Stand:
    """The newest release; without any, what is present, and else the newest pre-release."""
    from packaging.version import Version

    ordered = sorted(stands, key=lambda stand: Version(stand.version))
    releases = [stand for stand in ordered if not Version(stand.version).is_prerelease]
    return [*ordered, *present, *releases][-1]
