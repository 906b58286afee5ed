"""`goldenpath doctor`: one glance per group, and the command that mends each finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json, NoInput, Yes
from goldenpath.cli.session import Session
from goldenpath.core.errors import MachineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.flows.examine_machine import Diagnosis

_MARKS = {"fine": ("✓", "good"), "note": ("·", "warn"), "wrong": ("✗", "bad")}


def doctor(
    path: Annotated[
        str | None,
        typer.Argument(metavar="PATH", help="Also look for what this path needs.", autocompletion=path_names),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Mend what can safely be mended.")] = False,
    yes: Yes = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Find what is wrong here, and how to mend it."""
    from goldenpath.flows.examine_machine import examine_machine, mend

    session = Session("doctor", json, no_input)
    found = examine_machine(session.settings, Path.cwd(), path)
    done: list[str] = []
    fixable = [each.text for each in found if each.can_fix]
    if fix and fixable and session.confirm(f"Mend this: {'; '.join(fixable)}?", is_yes=yes):
        done = mend(session.settings, Path.cwd())
        found = examine_machine(session.settings, Path.cwd(), path)
    session.show({"findings": found, "mended": done}, lambda screen, _: _show(screen, found, done))
    if any(each.health == "wrong" for each in found):
        raise typer.Exit(MachineError.exit_code)


def _show(screen: Screen, found: Sequence[Diagnosis], done: Sequence[str]) -> None:
    group = ""
    home = str(Path.home())
    for each in found:
        if each.group != group:
            group = each.group
            screen.line((group, "strong"))
        screen.line("  ", _MARKS[each.health], f" {each.text.replace(home, '~')}")
        if each.mend:
            screen.line("    ", (each.mend.replace(home, "$HOME"), "command"))
    for text in done:
        screen.line(("mended: ", "good"), text)
