"""`status`, `next`, `hint`, `skip`, `goto`: moving along a path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import step_names
from goldenpath.cli.options import Json
from goldenpath.cli.session import Session
from goldenpath.core.outcomes import StepStatus
from goldenpath.core.times import span

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.flows.give_hint import Hint
    from goldenpath.flows.tell_news import News
    from goldenpath.flows.tell_status import Status, StepLine

_MARKS = {StepStatus.DONE: ("✓", "good"), StepStatus.SKIPPED: ("-", "warn"), StepStatus.OPEN: ("·", "faint")}


def status(json: Json = False) -> None:
    """Where am I, what is next, how long so far."""
    from goldenpath.flows.tell_status import tell_status

    session = Session("status", json)
    session.show(tell_status(session.settings, session.walk(), session.now()), _show_status)


def _show_status(screen: Screen, report: Status) -> None:
    screen.line((report.title, "strong"), (f"  {report.path} {report.version}", "faint"))
    screen.line((report.root, "faint"))
    screen.line()
    for line in report.steps:
        mark, style = ("→", "strong") if line.is_current else _MARKS[line.status]
        title = (line.title, "strong") if line.is_current else line.title
        screen.line("  ", (mark, style), f" {line.number} ", title, (f"  {line.id}{_remark(line)}", "faint"))
    screen.line()
    skipped = f", and {report.minutes_skipped} min skipped" if report.minutes_skipped else ""
    so_far = f"{span(report.elapsed_s)} since you began" if report.started_at else "not begun in this ledger"
    screen.line(
        f"{report.done} of {len(report.steps)} steps done, {so_far}, about {report.minutes_left} min to go{skipped}"
    )
    if report.done == len(report.steps):
        screen.line("You have walked the whole path. See: ", ("goldenpath milestones", "command"))
    elif report.current:
        screen.line(
            "next: ",
            ("goldenpath next", "command"),
            " to read the step, ",
            ("goldenpath check", "command"),
            " when it is done",
        )
    else:
        screen.line("next: ", ("goldenpath goto STEP", "command"), " to come back to what you skipped")
    if report.unfinished:
        screen.line()
        screen.line(("update: ", "warn"), f"the one to {report.unfinished} is not committed")
        screen.line(
            "        ", ("goldenpath update --continue", "command"), " or ", ("goldenpath update --abort", "command")
        )
    elif report.newer:
        _show_news(screen, report.newer)


def _show_news(screen: Screen, news: News) -> None:
    brings = f", which brings: {'; '.join(news.steps)}" if news.steps else ""
    screen.line()
    screen.line(("new: ", "strong"), f"version {news.version}{brings}")
    screen.line("     see what it would change: ", ("goldenpath update --dry-run", "command"))


def _remark(line: StepLine) -> str:
    if line.is_regressed:
        return ", was done and is open again"
    if line.status is StepStatus.SKIPPED:
        return ", skipped"
    return f", {line.minutes} min" if line.status is StepStatus.OPEN else ""


def next_step(json: Json = False) -> None:
    """Read the current step."""
    from goldenpath.cli.step_page import page_of, show_step

    session = Session("next", json)
    walk = session.walk()
    if walk.progress.current is None:
        nothing = {"step": None, "number": None, "page": "Every step is behind you."}
        session.show(nothing, _show_end)
        return
    if json:
        step = walk.step()
        session.emit("data", {"step": step, "number": walk.number(step.id), "page": page_of(walk, step)})
        return
    show_step(session.screen, walk, None, is_paged=True)
    session.screen.line()
    session.screen.line(
        "When it is done: ",
        ("goldenpath check", "command"),
        "   When you are stuck: ",
        ("goldenpath hint", "command"),
    )


def _show_end(screen: Screen, report: dict[str, str | None]) -> None:
    screen.line(report["page"] or "", " See: ", ("goldenpath milestones", "command"))


def hint(json: Json = False) -> None:
    """One more hint for the current step."""
    from goldenpath.flows.give_hint import give_hint

    session = Session("hint", json)
    session.show(give_hint(session.ledger, session.walk(), session.now()), _show_hint)


def _show_hint(screen: Screen, report: Hint) -> None:
    if not report.given:
        screen.line(f"Step {report.step} has no hints; its text is all there is: ", ("goldenpath next", "command"))
        return
    for number, text in enumerate(report.given, start=1):
        screen.line((f"{number} of {report.of}  ", "faint"), text)
    after = ("goldenpath solution", "command") if report.is_last else ("goldenpath hint", "command")
    screen.line("Still stuck? ", after)


def skip(json: Json = False) -> None:
    """Leave the current step for later."""
    from goldenpath.flows.skip_step import skip_step

    session = Session("skip", json)
    skipped = skip_step(session.ledger, session.walk(), session.now())
    current = session.walk().progress.current or ""
    session.show({"skipped": skipped, "current": current}, _show_skip)


def _show_skip(screen: Screen, report: dict[str, str]) -> None:
    screen.line(
        "Skipped ",
        (report["skipped"], "strong"),
        "; come back with ",
        (f"goldenpath goto {report['skipped']}", "command"),
    )
    screen.line("next: ", ("goldenpath next" if report["current"] else "goldenpath status", "command"))


def goto(
    step: Annotated[
        str,
        typer.Argument(
            metavar="STEP", help="The step's id or number, as `status` shows them.", autocompletion=step_names
        ),
    ],
    json: Json = False,
) -> None:
    """Move to another step; nothing else changes."""
    from goldenpath.flows.goto_step import goto_step

    session = Session("goto", json)
    there = goto_step(session.ledger, session.walk(), step, session.now())
    session.show({"current": there.id, "title": there.title}, _show_goto)


def _show_goto(screen: Screen, report: dict[str, str]) -> None:
    screen.line("You are at ", (report["title"], "strong"), ". Read it: ", ("goldenpath next", "command"))
