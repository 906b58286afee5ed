"""`milestones`, `record`: how far an engineer came, and what somebody says was reached."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import milestone_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.flows.rederive_milestones import Rederivation
    from goldenpath.flows.tell_milestones import MilestoneLine


def milestones(
    stats: Annotated[
        bool, typer.Option("--stats", help="How long everybody took to a first and a tenth merged pull request.")
    ] = False,
    rederive: Annotated[
        bool, typer.Option("--rederive", help="Hold the ledger against the repositories and forges of this machine.")
    ] = False,
    tutorial: Annotated[bool, typer.Option("--tutorial", help="Count pull requests of tutorials, too.")] = False,
    as_of: Annotated[
        str, typer.Option("--as-of", metavar="TIME", help="How it stood then, such as 2026-11-22; now by default.")
    ] = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write the statistics as a page, with a plot.")
    ] = None,
    json: Json = False,
) -> None:
    """Show the milestones that you reached.

    With --stats: how long everybody took of whom this ledger tells. Nobody is named.
    With --rederive, exit 1: the ledger claims more than the world shows.
    """
    from goldenpath.cli.statistics import refuse_without_stats, show_statistics

    session = Session("milestones", json)
    if stats and rederive:
        raise UsageError("--stats and --rederive don't go together", hint="run one after the other")
    if stats:
        show_statistics(session, as_of, html, with_tutorial=tutorial)
        return
    refuse_without_stats(given={"--tutorial": tutorial, "--as-of": bool(as_of), "--html": html is not None})
    if rederive:
        _rederive(session)
        return
    from goldenpath.flows.tell_milestones import tell_milestones

    session.show(tell_milestones(session.strict_ledger), _show_milestones)


def _show_milestones(screen: Screen, lines: Sequence[MilestoneLine]) -> None:
    from goldenpath.core.times import span

    for line in lines:
        if line.at is None:
            screen.line(("  · ", "faint"), f"{line.milestone:<18}", (f"not reached: {line.meaning}", "faint"))
            continue
        after = f", {span(line.after_s)} after the start" if line.after_s else ""
        early = ", before the start" if line.is_before_start else ""
        known = "only said, not verified" if line.learned == "said" else f"known from: {line.learned}"
        screen.line(
            ("  ✓ ", "good"),
            (f"{line.milestone:<18}", "strong"),
            f"{line.at.astimezone():%Y-%m-%d %H:%M}{after}{early}",
            (f"  {known}", "faint"),
        )
    following = next((line.milestone for line in lines if line.at is None), "")
    screen.line()
    screen.line(f"next: {following}" if following else "All of them.")
    if any(line.is_clock_doubtful for line in lines):
        screen.note(("note: ", "strong"), "this machine's clock ran backwards meanwhile; times may be wrong")


def _rederive(session: Session) -> None:
    from goldenpath.flows.rederive_milestones import rederive_milestones

    report = rederive_milestones(session.settings, session.strict_ledger, Path.cwd())
    session.show(report, _show_rederivation)
    if report.claims_more:
        raise typer.Exit(ChecksFailedError.exit_code)


_SIGNS = {
    "shown": ("  ✓ ", "good"),
    "not shown": ("  ✗ ", "bad"),
    "can't be seen": ("  ? ", "warn"),
    "not in the ledger": ("  + ", "warn"),
    "not reached": ("  · ", "faint"),
}


def _show_rederivation(screen: Screen, report: Rederivation) -> None:
    for each in report.milestones:
        claimed = f"ledger: {each.claimed_at.astimezone():%Y-%m-%d %H:%M} ({each.learned})" if each.claimed_at else ""
        shown = f"world: {each.shown_at.astimezone():%Y-%m-%d %H:%M}" if each.shown_at else ""
        told = ", ".join(filter(None, (claimed, shown)))
        verdict = f"{each.verdict:<18}" if told else each.verdict.value
        screen.line(_SIGNS[each.verdict], (f"{each.milestone:<18}", "strong"), verdict, (told, "faint"))
    screen.line()
    some = "1 project" if len(report.projects) == 1 else f"{len(report.projects)} projects"
    screen.line((f"Looked at {some} on this machine.", "faint"))
    if report.unseen:
        screen.line((f"Not on this machine: {', '.join(report.unseen)}", "faint"))
    if any(each.verdict == "can't be seen" for each in report.milestones):
        where = "in a project that is not here, in commits that a clone has not got, or on a forge elsewhere"
        screen.line((f"What can't be seen may be {where}.", "faint"))
    if report.claims_more:
        screen.line("The ledger claims more than the world shows: ", (", ".join(report.claims_more), "strong"))
    screen.line("The other milestones only a step's checks can show: ", ("goldenpath check --all", "command"))


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
    from goldenpath.core.times import parse_given
    from goldenpath.flows.find_project import find_root, read_identity
    from goldenpath.flows.record_milestone import record_milestone

    session = Session("record", json)
    moment = parse_given(at, session.now()) if at else session.now()
    root = find_root(Path.cwd())
    project = read_identity(root)[0] if root else ""
    event = record_milestone(session.strict_ledger, milestone, at=moment, url=url, project=project)
    session.show({"milestone": milestone, "at": event.time, "event": event.id}, _show_recorded)


def _show_recorded(screen: Screen, report: dict[str, object]) -> None:
    screen.line(
        ("✓ ", "good"),
        f"{report['milestone']} is recorded as said. See: ",
        ("goldenpath milestones", "command"),
    )
