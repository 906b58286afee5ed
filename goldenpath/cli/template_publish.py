"""`goldenpath template publish`: templates on a forge, for plain Copier, bots and colleagues."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError, ForgeError

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.core.publishing import Publication, Published


def publish(
    to: Annotated[
        str, typer.Option("--to", metavar="URL-PREFIX", help="Each goes to URL-PREFIX/NAME.git; a folder will do.")
    ],
    template: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME|FOLDER]...",
            help="Names of paths, or folders; without any, all bundled ones.",
            autocompletion=path_names,
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be pushed; push nothing.")] = False,
    json: Json = False,
) -> None:
    """Push every released version of templates to a forge.

    From there plain Copier and bots start and update projects, too. What is there is never replaced.
    """
    from goldenpath.flows.publish_template import publish_templates
    from goldenpath.flows.shadow_settings import shadow_settings

    session = Session("template publish", json)
    with tempfile.TemporaryDirectory(prefix="goldenpath-dry-run-") if dry_run else nullcontext() as scratch:
        settings = shadow_settings(session.settings, Path(scratch)) if scratch else session.settings
        work = publish_templates(settings, template or [], to, is_rehearsal=dry_run)
        done = session.screen.follow(work)
    session.show(done, _show)
    if done.failed:
        is_refused = len(done.failed) == len(done.templates) and all(each.is_refused for each in done.failed)
        raise typer.Exit((ForgeError if is_refused else ChecksFailedError).exit_code)


def _show(screen: Screen, done: Publication) -> None:
    for each in done.templates:
        if each.trouble:
            screen.line(("✗ ", "bad"), (each.template, "strong"), f": {each.trouble}")
            screen.line("    → ", each.hint)
        else:
            _show_published(screen, each, is_rehearsal=done.is_rehearsal)
    screen.line()
    if done.is_rehearsal:
        screen.line("nothing was pushed: it was a rehearsal")
        return
    first = next((each for each in done.templates if not each.trouble), None)
    if first is not None:
        screen.line("start from it:  ", (f"goldenpath start {first.address}", "command"))
        screen.line("or by Copier:   ", (f"copier copy {first.address} FOLDER", "command"))


def _show_published(screen: Screen, each: Published, *, is_rehearsal: bool) -> None:
    screen.line(("✓ ", "good"), (each.template, "strong"), f" → {each.address}")
    if each.is_made:
        screen.line("    an empty repository ", "would be made" if is_rehearsal else "was made", " there")
    if each.pushed:
        screen.line("    would be pushed: " if is_rehearsal else "    pushed: ", ", ".join(each.pushed))
    if each.there:
        screen.line("    there already: ", ", ".join(each.there))
    screen.line(f"    main is {each.main}")
