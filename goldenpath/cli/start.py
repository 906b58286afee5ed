"""`goldenpath start`: from a path's name to a project with its first step on the screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json, NoInput, Trust
from goldenpath.cli.session import Session

if TYPE_CHECKING:
    from goldenpath.cli.order import Wishes
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.plan_start import Plan
    from goldenpath.flows.start_project import Started


def start(
    path: Annotated[
        str, typer.Argument(metavar="PATH", help="A path's name, a git URL, or ./FOLDER.", autocompletion=path_names)
    ],
    destination: Annotated[
        Path | None,
        typer.Argument(metavar="DEST", help="The project's folder; by default named after the service."),
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question.")
    ] = None,
    answers: Annotated[Path | None, typer.Option("--answers", metavar="FILE", help="Answers in a YAML file.")] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing at the terminal: take defaults.")] = False,
    forge: Annotated[str, typer.Option("--forge", metavar="local|none|URL", help="What `origin` is.")] = "local",
    author: Annotated[str, typer.Option("--author", metavar="'NAME <EMAIL>'", help="Who commits.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be made; change nothing.")] = False,
    trust: Trust = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the answers of an interrupted start.")] = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Start a project and its path.

    Asks the template's questions, renders it, makes the repository with its first commit, and shows the first step.
    Without a terminal, or with --no-input, it never asks: what -d and --answers leave open takes its default, and a
    required answer that is missing is an error.
    """
    from goldenpath.adapters.rendering.process import warm_up
    from goldenpath.cli.order import Wishes

    warm_up()
    session = Session("start", json, no_input)
    wishes = Wishes(destination, data or [], answers, defaults, forge, author, trust, fresh)
    (_rehearse if dry_run else _start)(session, path, wishes)


def _start(session: Session, path: str, wishes: Wishes) -> None:
    from goldenpath.cli.order import forget_draft, take_order
    from goldenpath.flows.plan_start import plan_start
    from goldenpath.flows.start_project import start_project
    from goldenpath.flows.trust import allow_template

    begun_at = session.now()
    with session.screen.busy("Looking at the template"):
        plan = plan_start(session.settings, path)
    _tell_prerelease(session, plan)
    order = replace(take_order(session, plan, wishes), begun_at=begun_at)
    report = session.screen.follow(start_project(session.settings, session.ledger, order, session.now))
    allow_template(session.settings, order)
    forget_draft(session, plan, wishes)
    session.show(report, lambda screen, started: _show(screen, session, started))


def _rehearse(session: Session, path: str, wishes: Wishes) -> None:
    """Do all of it in a scratch folder, and show which files would be made."""
    import tempfile

    from goldenpath.cli.order import take_order
    from goldenpath.flows.plan_start import plan_start
    from goldenpath.flows.rehearse_start import rehearse_start
    from goldenpath.flows.shadow_settings import shadow_settings

    with tempfile.TemporaryDirectory(prefix="goldenpath-dry-run-") as scratch:
        elsewhere = replace(session, settings=shadow_settings(session.settings, Path(scratch)))
        plan = plan_start(elsewhere.settings, path)
        _tell_prerelease(elsewhere, plan)
        order = take_order(elsewhere, plan, wishes)
        report = rehearse_start(elsewhere.settings, order, Path(scratch) / "render")
        session.show(
            report,
            lambda screen, made: screen.line("\n".join([*made.files, "", f"would be made in {made.root}"])),
        )


def _tell_prerelease(session: Session, plan: Plan) -> None:
    template = plan.template
    if template.why_prerelease:
        session.screen.note(("note: ", "warn"), f"{template.version} is a pre-release: {template.why_prerelease}")


def _show(screen: Screen, session: Session, started: Started) -> None:
    from goldenpath.cli.step_page import show_step
    from goldenpath.flows.open_walk import open_walk

    where = {"": "no remote"}.get(started.origin, f"origin: {started.origin}")
    screen.line(("✓ ", "good"), (str(started.root), "strong"))
    screen.line(f"  {started.files} files from {started.template} {started.version}, branch main, 1 commit, {where}")
    if started.inside:
        screen.note(
            ("note: ", "warn"),
            f"it lies inside the repository {started.inside}, which will list it as untracked",
        )
    if not started.first_step:
        screen.line("  This template has no path.md, so there are no steps; the project is yours.")
        return
    screen.line()
    show_step(screen, open_walk(session.settings, session.ledger, started.root), None, is_paged=False)
    screen.line()
    _show_next(screen, started)


def _show_next(screen: Screen, started: Started) -> None:
    import shlex

    from goldenpath.adapters.settings import is_on_path, path_command

    here = Path.cwd()
    root = started.root.relative_to(here) if started.root.is_relative_to(here) else started.root
    if not is_on_path("goldenpath"):
        screen.line("Type this once in each terminal, so that it finds goldenpath and uv; then go into the project:")
        screen.line("  ", (path_command(), "command"))
    screen.line("  ", (f"cd {shlex.quote(str(root))}", "command"))
    for command, what in (
        ("goldenpath next", "read the step again"),
        ("goldenpath check", "see whether it is done"),
        ("goldenpath hint", "when you are stuck"),
    ):
        screen.line("  ", (f"{command:<18}", "command"), what)
