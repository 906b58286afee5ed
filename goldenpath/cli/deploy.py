"""`goldenpath prod deploy | remove`: a commit goes into production, or a service out of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import service_names
from goldenpath.cli.options import Json, NoInput, Trust, Yes
from goldenpath.cli.session import Session
from goldenpath.core.errors import UsageError

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.deploy_service import Deployed
    from goldenpath.flows.remove_service import Removed


def deploy(
    ref: Annotated[str, typer.Option("--ref", metavar="REF", help="A revision to deploy. By default HEAD.")] = "",
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Back to the release that was live before this one.")
    ] = False,
    trust: Trust = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Deploy the project around you to production on this machine.

    The release is built from the commit, started beside the one that is live, and gets the traffic once it is ready.
    Exit 1: it was turned away, and the one before stays live.
    """
    from goldenpath.cli.consent import allow_deploying
    from goldenpath.flows.deploy_service import Deploying, deploy_service, roll_back
    from goldenpath.flows.find_project import find_project

    if ref and rollback:
        raise UsageError("--ref and --rollback don't go together", hint="leave one of the two out")
    session = Session("prod deploy", json, no_input)
    project = find_project(Path.cwd())
    allow_deploying(session, project, is_yes=trust)
    order = Deploying(session.settings, project, session.now, ref)
    work = roll_back if rollback else deploy_service
    session.show(session.screen.follow(work(session.ledger, order)), _show_deployed)


def _show_deployed(screen: Screen, deployed: Deployed) -> None:
    back = " again" if deployed.is_rollback else ""
    phases = ", ".join(f"{name} {seconds:.1f}" for name, seconds in deployed.phases.items())
    screen.line(
        ("✓ ", "good"),
        (deployed.service, "strong"),
        f" is live{back} as {deployed.commit[:10]}",
        (f"  {deployed.seconds:.1f} s: {phases}", "faint"),
    )
    if deployed.url:
        screen.line("  at ", (deployed.url, "command"))
    if deployed.before and not deployed.is_rollback:
        screen.line("  back to ", deployed.before[:10], ": ", ("goldenpath prod deploy --rollback", "command"))
    if not deployed.is_watched:
        screen.note(("warning: ", "warn"), "Prometheus does not run; it watches this once it does: goldenpath prod up")
    screen.line("next: ", ("goldenpath prod status", "command"))


def remove(
    service: Annotated[
        str | None,
        typer.Argument(
            metavar="SERVICE", help="By default that of the project around you.", autocompletion=service_names
        ),
    ] = None,
    yes: Yes = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Take a service out of production, with its releases, its data and its alert rules."""
    from goldenpath.flows.remove_service import name_service, remove_service

    session = Session("prod remove", json, no_input)
    name = name_service(session.settings, Path.cwd(), service)
    if not session.confirm(f"Take {name} out of production, with its data?", is_yes=yes):
        session.screen.note("nothing was removed")
        return
    work = remove_service(session.settings, session.ledger, name, session.now)
    session.show(session.screen.follow(work), _show_removed)


def _show_removed(screen: Screen, removed: Removed) -> None:
    screen.line(("✓ ", "good"), (removed.service, "strong"), " is not in production any more")
    for name in removed.names:
        screen.line(("note: ", "warn"), f"the zone still has {name}; take it out with a pull request to it")
