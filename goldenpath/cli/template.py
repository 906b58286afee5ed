"""`goldenpath template lint`: what is wrong with templates, and how to put it right."""

from __future__ import annotations

from typing import Annotated

import typer

from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError, TemplateError


def lint(
    template: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME|FOLDER|URL]...",
            help="Names of paths, folders or git addresses; without any, templates/*/ here, else all bundled ones.",
            autocompletion=path_names,
        ),
    ] = None,
    base: Annotated[
        str | None, typer.Option(metavar="REV", help="Also ask for a new version of what changed since this revision.")
    ] = None,
    no_warnings: Annotated[bool, typer.Option("--no-warnings", help="Leave warnings out.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Let a warning fail, too.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules, and lint nothing.")] = False,
    json: Json = False,
) -> None:
    """Find what is wrong with templates and their paths, without running anything."""
    from goldenpath.cli.fault_page import annotate, show_lot, show_rules
    from goldenpath.flows.lint_template import lint_templates, list_rules

    session = Session("template lint", json)
    if rules:
        session.show({"rules": list_rules()}, lambda screen, found: show_rules(screen, found["rules"]))
        return
    work = lint_templates(session.settings, template or [], base=base, with_warnings=not no_warnings)
    lot = session.screen.follow(work)
    session.show(lot, show_lot)
    annotate(session.screen, lot)
    if lot.unreadable:
        raise typer.Exit(TemplateError.exit_code)
    if lot.errors or (strict and lot.warnings):
        raise typer.Exit(ChecksFailedError.exit_code)
