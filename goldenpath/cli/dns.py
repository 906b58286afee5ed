"""`goldenpath prod dns plan | apply`: production's names, changed through octoDNS from a reviewed file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.plan_zone import ZoneReport

_SIGNS = {"create": ("+", "good"), "update": ("~", "warn"), "delete": ("-", "bad")}


def plan(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", resolve_path=True, help="A checkout of the zone. By default what is merged."),
    ] = None,
    json: Json = False,
) -> None:
    """Show what the zone's file would change, without changing it.

    Exit 1: octoDNS refuses the plan as unsafe.
    """
    from goldenpath.flows.plan_zone import plan_zone

    session = Session("prod dns plan", json)
    report = session.screen.follow(plan_zone(session.settings, folder))
    session.show(report, _show)
    if report.plan.unsafe:
        raise typer.Exit(ChecksFailedError.exit_code)


def apply(
    force: Annotated[bool, typer.Option("--force", help="Apply a plan that octoDNS calls unsafe.")] = False,
    json: Json = False,
) -> None:
    """Bring the merged zone to the name server, and let the edge serve its names."""
    from goldenpath.flows.plan_zone import apply_zone

    session = Session("prod dns apply", json)
    session.show(session.screen.follow(apply_zone(session.settings, is_forced=force)), _show)


def _show(screen: Screen, report: ZoneReport) -> None:
    for change in report.plan.changes:
        sign, style = _SIGNS[change.action]
        values = " -> ".join(", ".join(each) for each in (change.before, change.after) if each)
        screen.line((f"{sign} ", style), (f"{change.name} {change.type}", "strong"), f"  {values}")
    count = len(report.plan.changes)
    changes = "1 change" if count == 1 else f"{count} changes"
    if report.is_applied:
        screen.line(("✓ ", "good"), f"applied: {changes}" if count else "the name server has it all already")
        for name, service in report.names.items():
            screen.line(f"  {name} is served by {service}")
        for name in report.idle:
            screen.line(("note: ", "warn"), f"{name} leads to no service that is deployed")
        return
    of = report.folder or "the merged zone"
    screen.line(f"plan of {of}: {changes}" if count else f"plan of {of}: nothing to change")
    if report.plan.unsafe:
        screen.line(("✗ ", "bad"), f"octoDNS refuses it: {report.plan.unsafe}")
    elif count and not report.folder:
        screen.line("next: ", ("goldenpath prod dns apply", "command"))
