"""Fetch a template: from a bundled name, a folder or a git URL to a version in the store."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import bundled_names
from goldenpath.adapters.settings import home_expanded
from goldenpath.adapters.store import sources, trees
from goldenpath.core.addresses import is_address, short_name, without_credentials
from goldenpath.core.catalogs import is_catalog_name, split_source
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.core.model import Template
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows.trust import is_source_known

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings


def fetch_template(settings: Settings, what: str) -> Template:
    """The newest version of what was named. Raises UsageError for an unknown name, TemplateError for a bad one."""
    from goldenpath.flows.catalog_template import named_template, offered_template
    from goldenpath.flows.offers import find_offer
    from goldenpath.flows.origins import bundled_origin, cloned_origin, newest_of

    if what in bundled_names():
        return newest_of(settings, bundled_origin(settings, what))
    if split_source(what)[1]:
        return named_template(settings, what)
    if is_address(what):
        return newest_of(settings, cloned_origin(settings, what))
    if "://" in what:
        raise UsageError(
            f"{without_credentials(what)} is no address that git may be given",
            hint="write it like https://HOST/NAME.git",
        )
    offer = find_offer(settings, what) if not what.startswith((".", "/", "~")) else None
    if offer is not None:
        return offered_template(settings, offer)
    if what.startswith((".", "/", "~")) or "/" in what:
        return _folder(settings, home_expanded(what))
    raise UsageError(f"there is no path called `{without_credentials(what)}`", hint=_nearest(settings, what))


def template_of(settings: Settings, source: str, version: str, *, may_fetch: bool = False) -> Template:
    """The version that a project's answers file records, from the store when it is there.

    An answers file may be somebody else's: an address in it is asked only when the person started from it before,
    or says so now with `may_fetch`. Raises TemplateError when this machine can't get it, UsageError when it may not.
    """
    source = source.removeprefix("git+")
    is_ours = source.startswith(sources.SCHEME)
    if not is_ours and not is_address(source):
        raise TemplateError(
            f"the project names {without_credentials(source)!r} as its template",
            hint="that is no address that can be fetched",
        )
    name = sources.name_of(source)
    is_bundled = is_ours and name in bundled_names()
    tree = trees.known_tree(settings.store, name, version)
    if tree is not None:
        short = sources.own_name(name) if is_ours else short_name(source)
        return Template(short, without_credentials(source), version, tree.name, tree, is_bundled=is_bundled)
    return _looked_for(settings, source, version, may_fetch=may_fetch)


def _looked_for(settings: Settings, source: str, version: str, *, may_fetch: bool) -> Template:
    """What is not at hand: by git, which most commands in a project have no time to load."""
    from goldenpath.adapters.store import tags
    from goldenpath.flows.catalog_template import recorded_template
    from goldenpath.flows.origins import at_version, bundled_origin, cloned_origin, stored_origin

    is_ours, name, shown = source.startswith(sources.SCHEME), sources.name_of(source), without_credentials(source)
    if is_ours and name in bundled_names():
        return at_version(settings, bundled_origin(settings, name), version)
    if split_source(source)[1] or (is_ours and is_catalog_name(name.partition("/")[0]) and "/" in name):
        return recorded_template(settings, source, version, may_fetch=may_fetch)
    origin = stored_origin(settings, source)
    if origin is not None and tags.resolve(origin.repository, version):
        return at_version(settings, origin, version)
    if is_ours:
        raise TemplateError(
            f"this machine has no template {source} at {version}",
            hint="it came from a folder of another machine: go on there, or start again from its git address",
        )
    if not may_fetch and not is_source_known(settings, shown):
        raise UsageError(
            f"this machine has no template {shown} at {version}, and nobody said that it may be fetched",
            hint="look at the address; when you trust it: goldenpath check --trust",
        )
    return at_version(settings, cloned_origin(settings, source), version)


def _folder(settings: Settings, folder: Path) -> Template:
    from goldenpath.flows.origins import folder_state

    if not any((folder / name).is_file() for name in ("copier.yml", "copier.yaml")):
        raise UsageError(
            f"{folder} is no template: it has no copier.yml",
            hint=f"name a path ({_known()}) or a folder with a copier.yml",
        )
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    name = f"folder/{re.sub(r'[^A-Za-z0-9._-]+', '-', folder.name)}-{digest}"
    return folder_state(settings, name, folder)


def _known() -> str:
    return ", ".join(bundled_names()) or "none is bundled"


def _nearest(settings: Settings, what: str) -> str:
    from goldenpath.flows.offers import known_names

    names = known_names(settings)
    if Path(what).is_dir():
        return f"for the folder of that name, type: goldenpath start ./{what}"
    return f"{did_you_mean(what, names)} see all: goldenpath list"
