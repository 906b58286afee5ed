"""`goldenpath prod logs`: what the programs of production print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import program_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.core.errors import UsageError
from goldenpath.core.visible import visible_line

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.read_logs import LogLine


def logs(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[SERVICE|PART]", help="By default everything, by program.", autocompletion=program_names
        ),
    ] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is printed; Ctrl-C ends it.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many lines of each.")] = 20,
    json: Json = False,
) -> None:
    """Show the last lines of a service's log, or of a part's."""
    from goldenpath.flows.read_logs import follow_logs, read_logs

    if follow and json:
        raise UsageError("-f and --json don't go together", hint="leave one of the two out")
    session = Session("prod logs", json)
    found = read_logs(session.settings, name, lines)
    session.show(found, _show_lines)
    if follow:
        for line in follow_logs(session.settings, name):
            _show_lines(session.screen, [line])


def _show_lines(screen: Screen, found: list[LogLine]) -> None:
    for line in found:
        screen.line((f"{line.program}  ", "faint"), visible_line(line.text.expandtabs()))
