"""Where an update comes from: whether that may be asked, what is new there, and moving a project to another source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters import state
from goldenpath.adapters.settings import home_expanded
from goldenpath.adapters.store import keeping, sources, tags
from goldenpath.core import events as ev
from goldenpath.core.addresses import is_address, unabbreviated, without_credentials
from goldenpath.core.catalogs import split_source
from goldenpath.core.errors import ForgeError, TemplateError, UsageError
from goldenpath.flows.catalog_template import is_catalog_known
from goldenpath.flows.fetch_template import template_of
from goldenpath.flows.origins import stored_origin
from goldenpath.flows.take_catalog import refuse_moved, take_catalog
from goldenpath.flows.trust import is_source_known

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Project, Template

_NAMING = frozenset({ev.REPOSITORY_CREATED, ev.PROJECT_UPDATED})


def other_source(settings: Settings, ledger: Ledger, project: Project) -> str:
    """The source that the ledger has for a project, when its answers file names another one that nobody allowed.

    Empty when they agree, or the ledger knows nothing of it.
    """
    if not project.id:
        return ""
    named = [event for event in ledger.events(project.id) if event.type in _NAMING and event.data.get("template")]
    known = str(max(named, key=lambda event: event.time).data["template"]) if named else ""
    is_same = known in {"", _shown(project.source)}
    return "" if is_same or state.is_trusted(settings, _move(project)) else known


def allow_other_source(settings: Settings, project: Project) -> None:
    """Keep that a project may come from the source that its answers file names now."""
    state.trust(settings, _move(project))


def _move(project: Project) -> str:
    return f"source of {project.id}:{_shown(project.source)}"


def _shown(source: str) -> str:
    return without_credentials(source.removeprefix("git+"))


def is_asked_for(settings: Settings, source: str, wanted: str) -> bool:
    """Whether an update has to ask an address: the source is one, and the wanted version is not here."""
    if source.startswith(sources.SCHEME) or not is_address(split_source(source.removeprefix("git+"))[0]):
        return False
    origin = stored_origin(settings, _shown(source)) if wanted else None
    return origin is None or not tags.resolve(origin.repository, wanted.removeprefix("v"))


def may_ask(settings: Settings, source: str) -> bool:
    """Whether the person started from a source, named it before, or has it in a catalog."""
    shown = _shown(source)
    return is_catalog_known(settings, shown) if split_source(shown)[1] else is_source_known(settings, shown)


def allow_asking(settings: Settings, source: str) -> None:
    """Keep that a source may be asked."""
    state.trust(settings, f"source:{_shown(source)}")


def ask_source(settings: Settings, source: str) -> str:
    """Fetch what is new at an address; why that failed where the store can do without, else empty.

    Raises ForgeError when nobody answers and nothing of it is here, TemplateError for a version that was moved.
    """
    source = source.removeprefix("git+")
    url, template = split_source(source)
    try:
        if template:
            refuse_moved(take_catalog(settings, url), template)
        else:
            keeping.fetch_clone(settings.store, source)
    except ForgeError as error:
        if stored_origin(settings, _shown(source)) is None:
            raise
        return error.message
    return ""


def named_source(text: str) -> str:
    """The address that a person means, a folder of this machine with a repository included. Raises UsageError."""
    source = unabbreviated(text.removeprefix("git+"))
    if text.startswith((".", "/", "~")):
        source = home_expanded(text).resolve().as_uri()
    if not is_address(split_source(source)[0]):
        raise UsageError(
            f"{without_credentials(text)} is no address that git may be given",
            hint="write it like https://HOST/NAME.git",
        )
    return source


def refuse_other_content(settings: Settings, before: Template, source: str) -> None:
    """Raise TemplateError when the version that a project stands at is another one at the source that it moves to."""
    after = template_of(settings, source, before.version, may_fetch=True)
    if after.commit != before.commit:
        raise TemplateError(
            f"{after.source} has another {before.version} than {before.source}: "
            f"commit {after.commit[:10]} there, {before.commit[:10]} here",
            hint="publish the very same versions there: goldenpath template publish --to URL-PREFIX",
        )
