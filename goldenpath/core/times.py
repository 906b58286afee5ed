"""Times: aware UTC inside, RFC 3339 at the edge, spans that a person reads."""

from __future__ import annotations

from datetime import UTC, datetime

from goldenpath.core.errors import UsageError

EARLIEST = datetime(2005, 4, 7, tzinfo=UTC)
"""When git began: no commit, and so nothing that we record, is older."""


def stamp(moment: datetime) -> str:
    """`moment` as RFC 3339 in UTC, to the millisecond, with a trailing Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_stamp(text: str) -> datetime:
    """The aware UTC moment that `stamp` wrote. Raises ValueError when it is none or has no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        message = f"{text} has no time zone"
        raise ValueError(message)
    return moment.astimezone(UTC)


def parse_given(text: str, now: datetime, option: str = "--at") -> datetime:
    """A time somebody typed, in UTC; without a zone it is this machine's local time. Raises UsageError."""
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UsageError(
            f"{option}: {text!r} is not a time", hint="write it like 2026-11-22T09:30 or 2026-11-22"
        ) from error
    if moment > now:
        raise UsageError(f"{option}: {text} lies in the future", hint="give a time that has been")
    if moment < EARLIEST:
        raise UsageError(f"{option}: {text} lies before git was made", hint="give a time that nobody will doubt")
    return moment


def span(seconds: float) -> str:
    """A length of time as a person says it: `5 s`, `12 min`, `3 h 05 min`, `2 days 4 h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02d} min"
    days, hours = divmod(hours, 24)
    return f"{days} day{'s' if days > 1 else ''} {hours} h"
