"""`milestones`, `record`, `ledger path | log | verify | export`: what is known about an engineer's way."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import milestone_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.cli.statistics import refuse_without_stats, show_statistics
from goldenpath.core.errors import LedgerError, UsageError
from goldenpath.core.times import parse_given, span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.adapters.ledger import Audit
    from goldenpath.cli.screen import Screen
    from goldenpath.core.events import Event
    from goldenpath.flows.tell_milestones import MilestoneLine


def milestones(
    stats: Annotated[
        bool, typer.Option("--stats", help="How long everybody took to a first and a tenth merged pull request.")
    ] = False,
    tutorial: Annotated[bool, typer.Option("--tutorial", help="Count pull requests of tutorials, too.")] = False,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="TIME", help="What was known then, such as 2026-11-22; now by default.")
    ] = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the statistics as a page, with a plot.")
    ] = None,
    json: Json = False,
) -> None:
    """Show the milestones that you reached.

    With --stats: how long everybody took of whom this ledger tells. Nobody is named.
    """
    from goldenpath.flows.tell_milestones import tell_milestones

    session = Session("milestones", json)
    if stats:
        show_statistics(session, as_of, html, with_tutorial=tutorial)
        return
    refuse_without_stats(given={"--tutorial": tutorial, "--as-of": bool(as_of), "--html": html is not None})
    session.show(tell_milestones(session.ledger()), _show_milestones)


def _show_milestones(screen: Screen, lines: Sequence[MilestoneLine]) -> None:
    for line in lines:
        if line.at is None:
            screen.line(("  · ", "faint"), f"{line.milestone:<18}", (f"not reached: {line.meaning}", "faint"))
            continue
        after = f", {span(line.after_s)} after the start" if line.after_s else ""
        known = "only said, not verified" if line.learned == "said" else f"known from: {line.learned}"
        screen.line(
            ("  ✓ ", "good"),
            (f"{line.milestone:<18}", "strong"),
            f"{line.at.astimezone():%Y-%m-%d %H:%M}{after}",
            (f"  {known}", "faint"),
        )
    following = next((line.milestone for line in lines if line.at is None), "")
    screen.line()
    screen.line(f"next: {following}" if following else "All of them.")


def record(
    milestone: Annotated[
        str, typer.Argument(metavar="MILESTONE", help="The milestone that was reached.", autocompletion=milestone_names)
    ],
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When, such as 2026-11-22T09:30; now by default.")
    ] = "",
    url: Annotated[str, typer.Option("--url", metavar="URL", help="Where it can be seen.")] = "",
    json: Json = False,
) -> None:
    """Record a milestone as said, not as verified."""
    from goldenpath.flows.find_project import find_root, read_identity
    from goldenpath.flows.tell_milestones import record_milestone

    session = Session("record", json)
    moment = parse_given(at, session.now()) if at else session.now()
    root = find_root(Path.cwd())
    project = read_identity(root)[0] if root else ""
    event = record_milestone(session.ledger(), milestone, at=moment, url=url, project=project)
    session.show({"milestone": milestone, "at": event.time, "event": event.id}, _show_recorded)


def _show_recorded(screen: Screen, report: dict[str, object]) -> None:
    screen.line(
        ("✓ ", "good"),
        f"{report['milestone']} is recorded as said. See: ",
        ("goldenpath milestones", "command"),
    )


def path(json: Json = False) -> None:
    """Print where the ledger is."""
    session = Session("ledger path", json)
    session.show({"path": session.settings.ledger}, lambda screen, report: screen.line(str(report["path"])))


def log(json: Json = False) -> None:
    """Show the events, oldest first."""
    session = Session("ledger log", json)
    session.show(session.ledger().events(), _show_log)


def _show_log(screen: Screen, events: Sequence[Event]) -> None:
    from goldenpath.core.events import short_type

    if not events:
        screen.line("The ledger is empty. Begin with: ", ("goldenpath start backend", "command"))
    for event in events:
        what = (
            event.data.get("step")
            or event.data.get("milestone")
            or event.data.get("name")
            or event.data.get("number")
            or ""
        )
        when = event.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        screen.line((when, "faint"), f"  {short_type(event.type):<22} {what!s:<24} ", (event.subject, "faint"))


def verify(json: Json = False) -> None:
    """Verify that no event was changed or lost."""
    from goldenpath.adapters.ledger import audit

    session = Session("ledger verify", json)
    found = audit(session.ledger())
    if not found.is_sound:
        shown = "; ".join(found.problems[:3])
        raise LedgerError(f"the ledger is damaged: {shown}", hint=f"keep a copy: cp '{session.settings.ledger}' .")
    session.show(found, _show_audit)


def _show_audit(screen: Screen, found: Audit) -> None:
    writers = f"{len(found.heads)} writer{'' if len(found.heads) == 1 else 's'}"
    screen.line(("✓ ", "good"), f"{found.events} events by {writers}, every chain is whole")
    for writer, head in found.heads.items():
        screen.line((f"  {writer} ends with {head[:16]}", "faint"))


def export(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="By default stdout.")] = None,
    json: Json = False,
) -> None:
    """Export the events as CloudEvents.

    One JSON object a line; no name or address is in them.
    """
    from goldenpath.adapters.state import write_whole
    from goldenpath.flows.export_ledger import export_lines

    session = Session("ledger export", json)
    lines = export_lines(session.ledger())
    if file is None and json:
        raise UsageError("--json needs a file for the events", hint="goldenpath ledger export FILE --json")
    if file is None:
        sys.stdout.writelines(lines)
        return
    try:
        write_whole(file.absolute(), "".join(lines))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}", hint="name a file that can be written") from error
    session.show({"file": file.absolute(), "events": len(lines)}, _show_exported)


def _show_exported(screen: Screen, report: dict[str, object]) -> None:
    screen.line(("✓ ", "good"), f"{report['events']} events are in {report['file']}")
