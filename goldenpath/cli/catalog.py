"""`list`, `show`, `catalog list`: what can be started."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.model import GoldenPath
    from goldenpath.flows.list_paths import Catalog, PathPage


def list_(json: Json = False) -> None:
    """List the paths that can be started."""
    from goldenpath.flows.list_paths import list_paths

    session = Session("list", json)
    paths = list_paths()
    if json:
        keys = ("id", "title", "summary", "version", "owner", "support", "audience", "minutes", "teaches")
        session.emit(
            "data",
            [{**{key: getattr(path, key) for key in keys}, "steps": len(path.steps)} for path in paths],
        )
        return
    session.show(paths, _show_list)


def _show_list(screen: Screen, paths: Sequence[GoldenPath]) -> None:
    rows = [[path.id, path.summary, f"{path.minutes} min", path.owner, path.version] for path in paths]
    screen.table(["path", "what you build", "takes", "owner", "version"], rows)
    screen.line()
    screen.line(
        "next: ",
        ("goldenpath show PATH", "command"),
        " for more, ",
        ("goldenpath start PATH", "command"),
        " to begin",
    )


def show(
    path: Annotated[str, typer.Argument(metavar="PATH", help="A path's name.", autocompletion=path_names)],
    json: Json = False,
) -> None:
    """Show a path: steps, needs, questions."""
    from goldenpath.flows.list_paths import show_path

    session = Session("show", json)
    session.show(show_path(path), _show_page)


def _show_page(screen: Screen, page: PathPage) -> None:
    path = page.path
    screen.line((path.title, "strong"), (f"  {path.id} {path.version}", "faint"))
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
    screen.line(f"asks for {names}")
    screen.line("next: ", (f"goldenpath start {path.id}", "command"))


def catalogs(json: Json = False) -> None:
    """List where paths come from."""
    from goldenpath.flows.list_paths import list_catalogs

    session = Session("catalog list", json)
    session.show(list_catalogs(), _show_catalogs)


def _show_catalogs(screen: Screen, found: Sequence[Catalog]) -> None:
    screen.table(["catalog", "from", "paths"], [[each.name, each.kind, ", ".join(each.paths)] for each in found])
