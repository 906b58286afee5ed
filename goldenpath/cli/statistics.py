"""`milestones --stats`: how long everybody in the ledger took to their first and tenth merged pull request."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from goldenpath.core.errors import FilesInTheWayError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.cli.screen import Screen
    from goldenpath.cli.session import Session
    from goldenpath.core.survival import Share
    from goldenpath.flows.tell_statistics import Statistic, Statistics

_BAR = 20


def show_statistics(session: Session, as_of: str, page: Path | None, *, with_tutorial: bool) -> None:
    """Tell, and write the page when there is to be one. Raises UsageError and FilesInTheWayError."""
    from goldenpath.adapters.ledger.starts_and_merges import starts_and_merges
    from goldenpath.flows.tell_statistics import tell_statistics

    moment = _moment(as_of, session.now()) if as_of else session.now()
    if page is not None:
        _refuse_other_files(page)
    history = starts_and_merges(session.strict_ledger)
    report = tell_statistics(history, moment, with_tutorial=with_tutorial)
    if page is not None:
        report = replace(report, page=_write(page, report))
    session.show(report, _show)


def refuse_without_stats(*, given: dict[str, bool]) -> None:
    """Raise UsageError when an option was given that means nothing without `--stats`."""
    option = next((name for name, is_given in given.items() if is_given), None)
    if option:
        raise UsageError(f"{option} is about statistics", hint=f"goldenpath milestones --stats {option}")


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"--as-of: {text!r} is not a time", hint="write it like 2026-11-22T09:30") from error
    if moment > now:
        raise UsageError(f"--as-of: {text} lies in the future", hint="leave it out for what is known now")
    return moment


def _refuse_other_files(page: Path) -> None:
    """A page may take the place of a page, and of nothing else: FILE may be the ledger, mistyped."""
    from goldenpath.cli.statistics_page import FIRST_LINE

    try:
        with page.open("rb") as file:
            begin = file.read(len(FIRST_LINE)).decode("utf-8", "replace")
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{page}: {error.strerror}", hint="name a file that can be written") from error
    if begin.lower() != FIRST_LINE:
        raise FilesInTheWayError(f"{page} is there and is no HTML page", hint="name another file")


def _write(page: Path, report: Statistics) -> str:
    from goldenpath.adapters.durable import write_whole
    from goldenpath.cli.statistics_page import statistics_page

    try:
        write_whole(page.absolute(), statistics_page(report))
    except OSError as error:
        raise UsageError(f"{page}: {error.strerror}", hint="name a file that can be written") from error
    return str(page.absolute())


def _show(screen: Screen, report: Statistics) -> None:
    from goldenpath.cli import statistics_words as words

    screen.line((words.scope(report), "faint"))
    for line in words.left_out(report):
        screen.line((line, "faint"))
    for told in report.statistics:
        screen.line()
        screen.line((words.TITLES[told.milestone], "strong"))
        screen.line(f"  {words.counts(told)}")
        _show_estimate(screen, told)
    screen.line()
    screen.line((words.HOW, "faint"))
    if report.page:
        screen.line(("✓ ", "good"), f"the page is in {report.page}")


def _show_estimate(screen: Screen, told: Statistic) -> None:
    from goldenpath.cli import statistics_words as words

    if told.median is None:
        screen.line(f"  no estimate: {told.withheld}")
        return
    screen.line("  median: ", (words.median(told.median), "strong"))
    screen.line()
    screen.table([*words.HEADS, ""], [[*words.cells(share), _bar(share)] for share in told.table])


def _bar(share: Share) -> str:
    """In letters that every terminal has; nothing where nothing was observed."""
    if share.share is None:
        return ""
    return ("#" * round(share.share * _BAR)).ljust(_BAR, ".")
