"""Whatever the ledger's trouble is, an engineer's command goes on; what happened is neither lost nor counted twice."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.events import short_type
from goldenpath.core.times import parse_stamp
from tests.trouble.engineer import DAY, EVENTS_OF_A_DAY
from tests.trouble.kinds import TROUBLES, Trouble

if TYPE_CHECKING:
    from pathlib import Path

    from tests.trouble.children import Ended
    from tests.trouble.engineer import Engineer, Turn

KEPT, TAKEN_IN = "what happens meanwhile is kept in the spool", "in the ledger now that waited in the spool"
NEXT = dict(
    zip(
        (trouble.name for trouble in TROUBLES),
        cycle([["status"], ["ledger", "log"], ["next"], ["milestones"], ["pr", "list"], ["ledger", "verify"]]),
        strict=False,
    )
)
"""The first command after the trouble."""


@pytest.fixture(params=TROUBLES, ids=lambda trouble: trouble.name)
def trouble(request: pytest.FixtureRequest) -> Trouble:
    found: Trouble = request.param
    return found


def one_object(ended: Ended) -> dict[str, object]:
    found: dict[str, object] = json.loads(ended.out)
    assert found["schema"] == 1
    return found


def is_told_once(ended: Ended, trouble: Trouble) -> str:
    """Exactly one warning that says what is wrong and that it is kept; its hint."""
    [warning], [hint] = ended.warnings, ended.hints
    assert re.search(trouble.says, warning), warning
    assert warning.endswith(KEPT)
    assert trouble.hint in hint
    return hint


def is_flushed(file: Path, ended: Ended) -> bool:
    """Whether the file was flushed before it got its name, and its folder after that."""
    notes = ended.flushed
    place, temporary = next((place, note[1]) for place, note in enumerate(notes) if note[2:] == [str(file)])
    return ["fsync", temporary] in notes[:place] and ["fsync", str(file.parent)] in notes[place:]


def goes_on(engineer: Engineer, turn: Turn, trouble: Trouble) -> tuple[str, list[dict[str, object]]]:
    """Take the turn; the hint, and what waits of it now."""
    turn.before(engineer)
    before = engineer.waiting()
    ended = engineer(*turn.arguments, "--json")
    assert ended.code == turn.code, (turn.name, ended.out, ended.err)
    assert "error" not in one_object(ended)
    hint = is_told_once(ended, trouble)
    new = sorted(engineer.waiting() - before)
    assert all(is_flushed(file, ended) for file in new)
    events = [event for file in new for event in json.loads(file.read_text())]
    assert tuple(short_type(event["type"]) for event in events) == turn.events, turn.name
    return hint, events


def test_a_day_without_trouble(engineer: Engineer) -> None:
    for turn in DAY:
        turn.before(engineer)
        ended = engineer(*turn.arguments, "--json")
        assert (ended.code, ended.warnings, engineer.waiting()) == (turn.code, [], set()), turn.name
    assert tuple(short_type(str(event["type"])) for event in engineer.log()[2:]) == EVENTS_OF_A_DAY


def test_a_day_in_trouble(engineer: Engineer, trouble: Trouble) -> None:
    with ExitStack() as stack:
        mend = trouble.make(engineer, stack)
        before = contents(engineer)
        happened: list[dict[str, object]] = []
        for turn in DAY:
            begun = datetime.now(UTC).replace(microsecond=0)
            hint, events = goes_on(engineer, turn, trouble)
            assert all(begun <= parse_stamp(str(event["time"])) <= datetime.now(UTC) for event in events)
            happened += events
        assert contents(engineer) == before or is_half_done(engineer)
        mend(hint)
        is_taken_in_once(engineer, trouble)
        log = engineer.log()
    new = log[-len(happened) :]
    assert [event["id"] for event in new] == [event["id"] for event in happened]
    assert [event["time"] for event in new] == [event["time"] for event in happened]
    assert len({str(event["data"]["engineer"]) for event in log}) == 1  # type: ignore[index]
    assert (len(log) == len(happened)) == trouble.is_lost


def contents(engineer: Engineer) -> bytes | None:
    if not engineer.ledger.is_file():
        return None
    mode = engineer.ledger.stat().st_mode
    engineer.ledger.chmod(0o600)
    found = engineer.ledger.read_bytes()
    engineer.ledger.chmod(mode)
    return found


def is_half_done(engineer: Engineer) -> bool:
    """Whether a journal stands beside the file, from which the next command puts it right."""
    return engineer.ledger.with_name(f"{engineer.ledger.name}-journal").exists()


def is_taken_in_once(engineer: Engineer, trouble: Trouble) -> None:
    """The next command takes it in and says so, the one after finds nothing to do."""
    first, second = engineer(*NEXT[trouble.name]), engineer("status")
    said = [line for line in first.err.splitlines() if TAKEN_IN in line]
    assert said == [f"note: {len(EVENTS_OF_A_DAY)} events are {TAKEN_IN}"], first.err
    assert (first.code, first.warnings, second.err) == (0, [], "")
    assert engineer.waiting() == set()
    verified = engineer("ledger", "verify")
    assert verified.code == 0, verified.err
