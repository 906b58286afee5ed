"""Statistics in words, the same in the terminal and on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.times import span

if TYPE_CHECKING:
    from goldenpath.core.survival import Median, Share
    from goldenpath.flows.tell_statistics import Statistic, Statistics

TITLES = {"first-pr-merged": "First pull request merged", "tenth-pr-merged": "Tenth pull request merged"}
HEADS = ("within", "got there", "95 % interval", "at risk")
NOT_YET = "not observed yet"
HOW = "Kaplan-Meier with log-log intervals. At risk: how many were seen to wait at least that long."
_SECONDS_A_DAY = 86_400


def scope(report: Statistics) -> str:
    """What was counted, until when."""
    tutorial = "with those of tutorials" if report.with_tutorial else "without those of tutorials"
    return f"From the start to the merge, pull requests {tutorial}; as of {report.as_of.astimezone():%Y-%m-%d %H:%M}."


def counts(told: Statistic) -> str:
    """How many are measured, and how far they are."""
    return f"{_engineers(told.engineers)}: {told.reached} got there, {told.on_the_way} still on the way"


def left_out(report: Statistics) -> list[str]:
    """Who could not be measured, and why; the same for every count of pull requests."""
    before = report.statistics[0].before_start
    lines = []
    if before:
        lines.append(f"Left out: {_engineers(before)} with a pull request merged before the start.")
    if report.without_start:
        lines.append(f"Left out: {_engineers(report.without_start)} with merges and no known start.")
    return lines


def median(found: Median) -> str:
    """When half got there, with the interval; an end that the data leave open is said to be open."""
    middle = "not reached yet" if found.days is None else span(found.days * _SECONDS_A_DAY)
    return f"{middle} ({_interval(found)})"


def _interval(found: Median) -> str:
    if found.low.days is None:
        return "no 95 % interval yet"
    low = span(found.low.days * _SECONDS_A_DAY)
    if found.high.days is None:
        return f"95 % interval: from {low}, no upper end yet"
    return f"95 % interval: {low} to {span(found.high.days * _SECONDS_A_DAY)}"


def cells(share: Share) -> tuple[str, str, str, str]:
    """A row of the table below HEADS."""
    within = f"{share.days:g} day{'' if share.days == 1 else 's'}"
    if share.share is None:
        return within, NOT_YET, "", "0"
    known = share.low is not None and share.high is not None
    interval = f"{percent(share.low).removesuffix(' %')} to {percent(share.high)}" if known else ""
    return within, percent(share.share), interval, f"{share.at_risk:,}"


def percent(part: float | None) -> str:
    """A part of 1 in per cent; what is not quite nothing or all is not rounded to it."""
    if part is None:
        return ""
    if 0 < part < 0.005:
        return "<1 %"
    if 0.995 <= part < 1:
        return ">99 %"
    return f"{part:.0%}".replace("%", " %")


def _engineers(count: int) -> str:
    return f"{count:,} engineer{'' if count == 1 else 's'}"
