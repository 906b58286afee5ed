"""Times are aware UTC inside, RFC 3339 at the edge."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import UsageError
from goldenpath.core.times import parse_given, parse_stamp, span, stamp
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

EAST = timezone(timedelta(hours=2))


@pytest.fixture
def in_berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW, "2026-03-02T09:00:00.000Z"),
        (datetime(2026, 3, 2, 11, 0, tzinfo=EAST), "2026-03-02T09:00:00.000Z"),
        (NOW.replace(microsecond=123999), "2026-03-02T09:00:00.123Z"),
    ],
)
def test_a_stamp_is_utc_to_the_millisecond(moment: datetime, text: str) -> None:
    assert stamp(moment) == text
    assert parse_stamp(text) == datetime.fromisoformat(text)
    assert parse_stamp(text).tzinfo is UTC


def test_a_stamp_with_another_zone_is_read_as_utc() -> None:
    assert parse_stamp("2026-03-02T11:00:00+02:00") == NOW


@pytest.mark.parametrize("text", ["2026-03-02T09:00:00", "yesterday", ""])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time zone|isoformat"):
        parse_stamp(text)


@pytest.mark.usefixtures("in_berlin")
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-02T09:30", "2026-03-02T08:30:00.000Z"),
        ("2026-03-02", "2026-03-01T23:00:00.000Z"),
        ("2025-07-01T12:00", "2025-07-01T10:00:00.000Z"),
        ("2026-03-02T08:30Z", "2026-03-02T08:30:00.000Z"),
        ("2026-03-02T08:30+02:00", "2026-03-02T06:30:00.000Z"),
    ],
)
def test_a_time_somebody_typed_is_local_unless_it_names_a_zone(text: str, moment: str) -> None:
    assert stamp(parse_given(text, NOW)) == moment


@pytest.mark.parametrize("text", ["soon", "", "2026-13-01", "0001-01-01", "9999-12-31T23:59"])
def test_a_time_that_is_none_or_lies_ahead_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match=r"^--at: .*(is not a time|in the future)"):
        parse_given(text, NOW)


def test_now_is_not_in_the_future() -> None:
    assert parse_given(stamp(NOW), NOW) == NOW


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (3599, "59 min"),
        (3600, "1 h 00 min"),
        (11100, "3 h 05 min"),
        (86400, "1 day 0 h"),
        (187200, "2 days 4 h"),
    ],
)
def test_a_span_is_said_as_a_person_says_it(seconds: float, text: str) -> None:
    assert span(seconds) == text
