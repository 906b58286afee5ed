"""`goldenpath check`: is the step done, and if not, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import step_names
from goldenpath.cli.options import Json, NoInput, Trust
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError, MachineError, UsageError
from goldenpath.core.model import Outcome
from goldenpath.core.progress import StepStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.flows.check_step import Checked, Checking, CheckReport, Examiner

_MARKS = {Outcome.PASSED: ("✓", "good"), Outcome.FAILED: ("✗", "bad"), Outcome.UNKNOWN: ("?", "warn")}
_EXITS = {
    Outcome.PASSED: 0,
    Outcome.FAILED: ChecksFailedError.exit_code,
    Outcome.UNKNOWN: MachineError.exit_code,
}


def check(
    step: Annotated[
        str | None, typer.Argument(metavar="STEP", help="Another step than the current one.", autocompletion=step_names)
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Check every step anew; reopen what regressed.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Check again whenever a file changes.")] = False,
    answer: Annotated[
        str | None, typer.Option("--answer", metavar="TEXT", help="The answer to a step's question.")
    ] = None,
    trust: Trust = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """See whether the step is done.

    Each check says what it expected, what it found, and how to put it right.
    Exit 1: it is not done. Exit 4: it can't be known here.
    """
    if watch and json:
        raise UsageError("--watch and --json don't go together", hint="run without --watch, as often as you like")
    if everything and step:
        raise UsageError("--all checks every step, and you named one", hint="leave one of the two out")
    session = Session("check", json, no_input)
    if watch:
        _watch(session, step, everything=everything, answer=answer, is_trusting=trust)
        return
    report = _once(session, step, everything=everything, answer=answer, is_trusting=trust)
    raise typer.Exit(_EXITS[report.outcome])


def _once(
    session: Session, step: str | None, *, everything: bool, answer: str | None, is_trusting: bool
) -> CheckReport:
    from goldenpath.adapters.state import note_place
    from goldenpath.cli.consent import allow_project
    from goldenpath.flows.check_step import Examiner, check_all, check_step

    walk = session.walk()
    allow_project(session, walk, is_yes=is_trusting)
    note_place(session.settings, walk.project.id, walk.project.root)
    who = Examiner(session.settings, session.ledger(), walk, _asker(session, answer), session.now)
    report = _follow(session, who, check_all(who) if everything else check_step(who, step), everything=everything)
    session.show(report, lambda screen, shown: _show_end(screen, who, shown, everything=everything))
    return report


def _asker(session: Session, answer: str | None) -> Callable[[str, Sequence[str]], str | None]:
    def ask(question: str, choices: Sequence[str]) -> str | None:
        if answer is not None:
            return answer
        if not session.can_ask:
            return None
        from goldenpath.cli.ask import ask_choice

        return ask_choice(session.screen, question, choices)

    return ask


def _follow(
    session: Session, who: Examiner, work: Generator[Checking | Checked, None, CheckReport], *, everything: bool
) -> CheckReport:
    """Show each check as soon as it is known; with `everything`, only those of steps that were done before."""
    shown = _Shown(session, who, only_done=everything)
    try:
        while True:
            shown.take(next(work))
    except StopIteration as end:
        report: CheckReport = end.value
        return report
    finally:
        session.screen.wait("")


@dataclass(slots=True)
class _Shown:
    """The checks on the screen so far."""

    session: Session
    who: Examiner
    only_done: bool
    heading: str = ""

    def take(self, news: Checking | Checked) -> None:
        from goldenpath.flows.check_step import Checking

        screen = self.session.screen
        if isinstance(news, Checking):
            if not news.asks:
                screen.wait(f"{news.step}: check {news.number} of {news.of}")
            return
        screen.wait("")
        is_hidden = self.only_done and self.who.walk.progress.steps[news.step].status is not StepStatus.DONE
        if self.session.is_json or is_hidden:
            return
        if self.heading != news.step:
            self.heading = news.step
            screen.line((self.who.walk.step(news.step).title, "strong"), (f"  {news.step}", "faint"))
        _show_checked(screen, news)


def _show_checked(screen: Screen, checked: Checked) -> None:
    finding = checked.finding
    optional = " (optional)" if checked.is_optional else ""
    screen.line("  ", _MARKS[finding.outcome], f" {finding.expected}{optional}")
    if finding.outcome is Outcome.PASSED:
        return
    found = finding.found.replace("\n", "\n           ")
    screen.line("    found: ", found)
    if finding.fix:
        screen.line("    ", ("to do: ", "strong"), finding.fix)


def _show_end(screen: Screen, who: Examiner, report: CheckReport, *, everything: bool) -> None:
    screen.line()
    if everything:
        _show_all(screen, who, report)
    elif report.outcome is Outcome.PASSED:
        result = report.results[0]
        screen.line(("✓ ", "good"), (f"{who.walk.step(result.step).title}: done", "strong"))
    elif report.outcome is Outcome.FAILED:
        screen.line(
            "Not yet. A hint: ",
            ("goldenpath hint", "command"),
            "   Then again: ",
            ("goldenpath check", "command"),
        )
    else:
        screen.line("That can't be known here yet; see above what is missing.")
    if report.is_path_completed:
        screen.line("You have walked the whole path. See: ", ("goldenpath milestones", "command"))
    elif report.outcome is Outcome.PASSED and report.next_step:
        screen.line("next: ", (who.walk.step(report.next_step).title, "strong"), "  ", ("goldenpath next", "command"))


def _show_all(screen: Screen, who: Examiner, report: CheckReport) -> None:
    results = {result.step: result for result in report.results}
    for step in who.walk.steps:
        result = results.get(step.id)
        if result is None:
            screen.line("  ", ("·", "faint"), f" {step.title}", ("  not done", "faint"))
        else:
            change = f"  {result.change}" if result.change else "  holds" if result.outcome is Outcome.PASSED else ""
            screen.line("  ", _MARKS[result.outcome], f" {step.title}", (change, "strong"))
    done = sum(result.outcome is Outcome.PASSED for result in report.results)
    screen.line(f"{done} of {len(who.walk.steps)} steps hold.")


def _watch(session: Session, step: str | None, *, everything: bool, answer: str | None, is_trusting: bool) -> None:
    from goldenpath.adapters.watching import wait_for_change

    root = session.walk().project.root
    while True:
        report = _once(session, step, everything=everything, answer=answer, is_trusting=is_trusting)
        if report.outcome is Outcome.PASSED:
            return
        session.screen.note(("Watching the project's files. Enter checks at once, Ctrl-C ends.", "faint"))
        wait_for_change(Path(root))
