"""`list` and `show`: what can be started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.catalog import warn
from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.cli.screen import Screen
    from goldenpath.flows.list_paths import Listed, Listing, PathPage

_NOTHING = {"title": "", "summary": "", "owner": "", "support": "", "audience": "", "minutes": 0, "teaches": ()}
"""What a template has to say that has no path."""


def list_(json: Json = False) -> None:
    """List the paths that can be started."""
    from goldenpath.flows.list_paths import list_paths

    session = Session("list", json)
    listing = list_paths(session.settings)
    if json:
        session.emit("data", [_row(each) for each in listing.templates])
    else:
        _show_list(session.screen, listing)
    for place in listing.unread:
        warn(session.screen, place.wrong, place.hint)


def _row(each: Listed) -> Mapping[str, object]:
    path = each.path
    told = {key: getattr(path, key) for key in _NOTHING} if path else _NOTHING
    about = {"name": each.name, "catalog": each.catalog, "version": each.version, "wrong": each.wrong}
    plain = each.name.rpartition("/")[2]
    return {"id": path.id if path else plain, **told, **about, "steps": len(path.steps) if path else 0}


def _show_list(screen: Screen, listing: Listing) -> None:
    heads = ["path", "what you build", "takes", "owner", "version"]
    rows = [_cells(each) for each in listing.templates]
    if listing.has_more:
        heads.append("catalog")
        rows = [[*row, each.catalog] for row, each in zip(rows, listing.templates, strict=True)]
    screen.table(heads, rows)
    screen.line()
    screen.line(
        "next: ",
        ("goldenpath show PATH", "command"),
        " for more, ",
        ("goldenpath start PATH", "command"),
        " to begin",
    )


def _cells(each: Listed) -> list[str]:
    if each.path is None:
        return [each.name, f"✗ {each.wrong}" if each.wrong else "a template without a path", "-", "-", each.version]
    return [each.name, each.path.summary, f"{each.path.minutes} min", each.path.owner, each.version]


def show(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A path's name.", autocompletion=path_names)],
    json: Json = False,
) -> None:
    """Show a path: steps, needs, questions."""
    from goldenpath.flows.list_paths import show_path

    session = Session("show", json)
    session.show(show_path(session.settings, path), _show_page)


def _show_page(screen: Screen, page: PathPage) -> None:
    path = page.path
    if path is None:
        screen.line((page.name, "strong"), (f"  {page.version}", "faint"))
        screen.line("A template without a path: a project, and no steps.")
    else:
        screen.line((path.title, "strong"), (f"  {page.name} {page.version}", "faint"))
        screen.line(path.summary)
        screen.line(f"For: {path.audience}")
        screen.line(f"Takes about {path.minutes} min. Owner: {path.owner}. Ask in {path.support}.")
        screen.line(f"You learn: {', '.join(path.teaches)}")
        screen.line()
        for number, step in enumerate(path.steps, start=1):
            screen.line(f"  {number}  {step.title}", (f"  {step.minutes} min", "faint"))
        screen.line()
        for need in path.needs:
            screen.line(f"needs {need.tool} {need.version}".rstrip(), (f"  {need.fix}", "faint"))
    names = ", ".join(question.name for question in page.questions)
    screen.line(f"asks for {names}" if names else "asks for nothing")
    screen.line("next: ", (f"goldenpath start {page.name}", "command"))
