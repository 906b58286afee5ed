"""`goldenpath solution`: show what makes the step pass, or lay it over the project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import step_names
from goldenpath.cli.options import Json, NoInput, Trust, Yes
from goldenpath.cli.session import Session

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.solve_step import Solution


def solution(
    step: Annotated[
        str | None, typer.Argument(metavar="STEP", help="Another step than the current one.", autocompletion=step_names)
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Lay it over the project, and run its script.")] = False,
    yes: Yes = False,
    trust: Trust = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Show the solution of the step. It is recorded that you saw it."""
    from goldenpath.cli.consent import allow_project
    from goldenpath.flows.solve_step import apply_solution, read_solution, record_shown

    session = Session("solution", json, no_input)
    walk = session.walk()
    found = read_solution(walk, step)
    question = (
        f"Apply the solution of `{found.step}` to your files?" if apply else f"See the solution of `{found.step}`?"
    )
    if not session.confirm(question, is_yes=yes):
        session.screen.note("Nothing was shown. A smaller step: ", ("goldenpath hint", "command"))
        raise typer.Exit(1)
    if not apply:
        record_shown(session.ledger, walk, found.step, session.now())
        session.show(found, _show)
        return
    allow_project(session, walk, is_yes=trust)
    with session.screen.busy("Applying the solution"):
        printed = apply_solution(session.ledger, walk, found, session.now)
    report = {"step": found.step, "files": [name for name, _ in found.files], "printed": printed}
    session.show(
        report,
        lambda screen, _: screen.line("Applied. See whether it holds: ", ("goldenpath check", "command")),
    )


def _show(screen: Screen, found: Solution) -> None:
    if found.diff:
        screen.diff(found.diff)
    if found.script:
        screen.line(("and then, in the project's folder:", "strong"))
        screen.line(found.script.rstrip())
    screen.line()
    screen.line("Type it in yourself, and change what you like; or: ", ("goldenpath solution --apply", "command"))
