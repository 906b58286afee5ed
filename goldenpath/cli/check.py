"""`goldenpath check`: is the step done, and if not, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import step_names
from goldenpath.cli.options import Json, NoInput, Trust
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError, MachineError, UsageError
from goldenpath.core.outcomes import Outcome, StepStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.flows.examining import Checked, Checking, CheckReport, Examiner

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
    request = Request(step, everything, answer, trust)
    if watch:
        _watch(session, replace(request, is_watching=True))
        return
    raise typer.Exit(_EXITS[_once(session, request).outcome])


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    step: str | None
    is_everything: bool
    answer: str | None
    is_trusting: bool
    is_watching: bool = False


def _once(session: Session, request: Request) -> CheckReport:
    from goldenpath.adapters.state import note_place
    from goldenpath.cli.consent import allow_project
    from goldenpath.flows.check_all import check_all
    from goldenpath.flows.check_step import check_step
    from goldenpath.flows.examining import Examiner

    walk = session.walk(may_fetch=request.is_trusting)
    allow_project(session, walk, is_yes=request.is_trusting)
    note_place(session.settings, walk.project.id, walk.project.root)
    ask = _asker(session, request.answer)
    who = Examiner(session.settings, session.ledger, walk, ask, session.now, request.is_watching)
    work = check_all(who) if request.is_everything else check_step(who, request.step)
    report = _follow(session, who, work, only_done=request.is_everything)
    show_end = _show_all if request.is_everything else _show_end
    session.show(report, lambda screen, shown: show_end(screen, who, shown))
    return report


def _asker(session: Session, answer: str | None) -> Callable[[str, Sequence[str] | None], str | None]:
    def ask(question: str, choices: Sequence[str] | None) -> str | None:
        if answer is not None:
            return answer
        if not session.can_ask:
            return None
        from goldenpath.cli.ask import ask_choice

        return ask_choice(session.screen, question, choices)

    return ask


def _follow(
    session: Session, who: Examiner, work: Generator[Checking | Checked, None, CheckReport], *, only_done: bool
) -> CheckReport:
    """Show each check as soon as it is known; of steps that are not done only when they are looked at alone."""
    shown = _Shown(session, who, only_done)
    try:
        while True:
            shown.take(next(work))
    except StopIteration as end:
        report: CheckReport = end.value
        return report
    finally:
        session.screen.wait("")
        work.close()


@dataclass(slots=True)
class _Shown:
    """The checks on the screen so far."""

    session: Session
    who: Examiner
    only_done: bool
    heading: str = ""

    def take(self, news: Checking | Checked) -> None:
        from goldenpath.flows.examining import Checking

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


def _show_end(screen: Screen, who: Examiner, report: CheckReport) -> None:
    screen.line()
    if report.outcome is Outcome.PASSED:
        result = report.results[0]
        screen.line(("✓ ", "good"), (f"{who.walk.step(result.step).title}: done", "strong"))
        _show_next(screen, who, report)
    elif report.outcome is Outcome.FAILED:
        hint, again = ("goldenpath hint", "command"), ("goldenpath check", "command")
        screen.line("Not yet. A hint: ", hint, "   Then again: ", again)
    else:
        screen.line("That can't be known here yet; see above what is missing.")


def _show_next(screen: Screen, who: Examiner, report: CheckReport) -> None:
    if report.is_path_completed:
        screen.line("You have walked the whole path. See: ", ("goldenpath milestones", "command"))
    elif report.next_step:
        title = who.walk.step(report.next_step).title
        screen.line("next: ", (title, "strong"), "  ", ("goldenpath next", "command"))


_STANDINGS = {
    "": "holds",
    "completed": "completed",
    "reopened": "was done, and is open again",
    "kept": "was done; nothing of it can be looked at again",
    "open": "not done",
}


def _show_all(screen: Screen, who: Examiner, report: CheckReport) -> None:
    screen.line()
    for result in report.results:
        is_seen = result.change not in {"kept", "open"}
        mark = _MARKS[result.outcome] if is_seen else ("·", "faint")
        standing = (
            _STANDINGS[result.change] if result.outcome is not Outcome.UNKNOWN or not is_seen else "can't be known"
        )
        screen.line("  ", mark, f" {who.walk.step(result.step).title}", (f"  {standing}", "faint"))
    seen = [result for result in report.results if result.change not in {"kept", "open"}]
    holding = sum(result.outcome is Outcome.PASSED for result in seen)
    kept = sum(result.change == "kept" for result in report.results)
    screen.line(f"{holding} of {len(report.results)} steps hold" + (f", {kept} were done before." if kept else "."))
    _show_next(screen, who, report)


def _watch(session: Session, request: Request) -> None:
    from goldenpath.adapters.watching import snapshot, wait_for_change

    root = session.walk(may_fetch=request.is_trusting).project.root
    is_second = False
    while True:
        before = snapshot(root)
        if _once(session, request).outcome is Outcome.PASSED:
            return
        is_second = not is_second and snapshot(root) != before
        if is_second:
            continue  # a file was saved meanwhile; once only, since the check itself may write files
        before = snapshot(root)
        session.screen.note(("Watching the project's files. Enter checks at once, Ctrl-C ends.", "faint"))
        wait_for_change(root, before)
