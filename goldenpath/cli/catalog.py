"""`catalog list`, `add`, `remove`, `fetch`: where paths come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import catalog_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.catalogs import Catalog
    from goldenpath.flows.add_catalog import Added
    from goldenpath.flows.fetch_catalogs import Fetched
    from goldenpath.flows.list_paths import Place


def catalogs(json: Json = False) -> None:
    """List where paths come from."""
    from goldenpath.flows.list_paths import list_catalogs

    session = Session("catalog list", json)
    session.show(list_catalogs(session.settings), _show_catalogs)


def _show_catalogs(screen: Screen, found: Sequence[Place]) -> None:
    rows = [[each.name, each.place or each.kind, ", ".join(each.paths) or "-"] for each in found]
    screen.table(["catalog", "from", "paths"], rows)
    for each in found:
        if each.wrong:
            warn(screen, each.wrong, each.hint)


def warn(screen: Screen, what: str, hint: str) -> None:
    """Two lines about something that stops nobody."""
    screen.note(("warning: ", "warn"), what)
    screen.note(("hint: ", "strong"), hint)


def add(
    place: Annotated[
        str, typer.Argument(metavar="URL|FOLDER", help="A git repository or a folder with templates/NAME/copier.yml.")
    ],
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What it is called; by default its owner, or itself.")
    ] = "",
    json: Json = False,
) -> None:
    """Add a catalog, so that its paths can be started by name.

    A repository is fetched now, and then works offline; a folder is read as it is.
    """
    from goldenpath.flows.add_catalog import add_catalog

    session = Session("catalog add", json)
    report = session.screen.follow(add_catalog(session.settings, place, name))
    session.show(report, _show_added)


def _show_added(screen: Screen, added: Added) -> None:
    screen.line(("✓ ", "good"), (added.name, "strong"), f"  {added.place}" + ("" if added.is_new else ", as before"))
    for each in added.refused:
        screen.note(("warning: ", "warn"), f"{each.template} {each.wrong}")
    for path in added.paths:
        screen.line("  ", (f"goldenpath start {path}", "command"))


def remove(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A catalog's name.", autocompletion=catalog_names)],
    json: Json = False,
) -> None:
    """Remove a catalog from the list.

    Projects that were started from it go on: the versions that are on this machine stay.
    """
    from goldenpath.flows.remove_catalog import remove_catalog

    session = Session("catalog remove", json)
    removed = remove_catalog(session.settings, name)
    told = {"name": removed.name, "kind": removed.kind, "place": removed.place}
    session.show(told, lambda screen, _: _show_removed(screen, removed))


def _show_removed(screen: Screen, removed: Catalog) -> None:
    screen.line(("✓ ", "good"), f"{removed.name} is no catalog any more")
    screen.line("  again: ", (f"goldenpath catalog add {removed.place} --name {removed.name}", "command"))


def fetch(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="One catalog; without it, all.", autocompletion=catalog_names)
    ] = "",
    json: Json = False,
) -> None:
    """Bring catalogs up to date: the only command that asks their addresses again."""
    from goldenpath.flows.fetch_catalogs import fetch_catalogs

    session = Session("catalog fetch", json)
    found = session.screen.follow(fetch_catalogs(session.settings, name))
    session.show(found, _show_fetched)
    if any(each.trouble for each in found):
        raise typer.Exit(ChecksFailedError.exit_code)


def _show_fetched(screen: Screen, found: Sequence[Fetched]) -> None:
    if not found:
        screen.line("There is nothing to fetch: no catalog was added.")
        screen.line("next: ", ("goldenpath catalog add URL", "command"))
    for each in found:
        if each.trouble:
            screen.line(("✗ ", "bad"), (each.name, "strong"), f"  {each.trouble}")
            screen.line("  ", each.hint)
            continue
        folder = "a folder, read as it is"
        news = f"new: {', '.join(each.news)}" if each.news else "nothing new"
        screen.line(("✓ ", "good"), (each.name, "strong"), f"  {news if each.kind != 'folder' else folder}")
