"""`goldenpath ledger verify`: what was changed, lost or exchanged is named by writer and number."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from tests.cli.test_ledger import tamper
from tests.conftest import NOW
from tests.merging import CI, chain, changed, exported, line_of, sealed, take_in

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

EARLIER = "earlier.jsonl"
needs_proc = pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="this system has no /proc")


@pytest.fixture
def full(ledger: Ledger, cli: Cli) -> Ledger:
    """A ledger with five events of its own, three of another writer and one of others, and an export of it."""
    ledger.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {"hint": number}) for number in range(5)])
    take_in(ledger, [*map(line_of, chain(3, "wri-9")), changed(b"{}", **CI)])
    assert cli("ledger", "export", EARLIER).code == 0
    return ledger


def own(ledger: Ledger) -> str:
    """The id under which it writes."""
    return ledger.events()[0].writer


def verify(cli: Cli, *arguments: object) -> str:
    """What does not hold."""
    result = cli("ledger", "verify", *arguments)
    assert result.code == 7
    assert result.out == ""
    return result.err.splitlines()[0].removeprefix("error: the ledger does not hold: ")


def test_a_whole_ledger_holds_against_an_export_of_it(full: Ledger, cli: Cli) -> None:
    result = cli("ledger", "verify", "--against", EARLIER)
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[0] == "✓ 8 events by 2 writers, every chain is whole"
    assert "1 events of others are in no chain" in result.out


def test_an_older_export_holds(full: Ledger, cli: Cli) -> None:
    full.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {})])
    take_in(full, [line_of(chain(1, "wri-8")[0])])
    assert cli("ledger", "verify", "--against", EARLIER).code == 0
    Path(EARLIER).write_text("")
    assert cli("ledger", "verify", "--against", EARLIER).code == 0


def test_an_export_of_a_ledger_whose_clock_was_wrong_holds(ledger: Ledger, cli: Cli) -> None:
    ledger.append([Draft.about(ev.HINT_SHOWN, datetime(1999, 1, 1, tzinfo=UTC), {})])
    assert cli("record", "first-deploy", "--at", "1999-01-01").code == 2, "which no importer would believe"
    cli("ledger", "export", EARLIER)
    assert cli("ledger", "verify", "--against", EARLIER).code == 0


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE events SET data = '{}' WHERE seq = 3", "event 3: was changed after it was written"),
        ("UPDATE events SET data = '{\"a\":1e999}' WHERE seq = 3", "event 3: was changed after it was written"),
        ('UPDATE events SET data = \'{"a":"\\ud800"}\' WHERE seq = 3', "event 3: was changed after it was written"),
        ("DELETE FROM events WHERE seq = 3", "event 4: a gap, 3 is missing"),
        ("DELETE FROM events WHERE seq < 4", "event 4: a gap, 1 to 3 are missing"),
        ("UPDATE events SET writer = 'wri-9', wseq = 4 WHERE seq = 5", "was changed after it was written"),
    ],
)
def test_a_forgery_and_a_gap_are_named(
    full: Ledger, cli: Cli, settings: Settings, statement: str, problem: str
) -> None:
    writer = own(full)
    tamper(settings, statement)
    told = verify(cli)
    assert told.endswith(problem)
    assert told.startswith(f"writer {writer}, event " if "wri-9" not in statement else "writer wri-9, event 4: ")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("time", "0001-01-01T00:00:00+23:59"),
        ("time", "once"),
        ("data", "[]"),
        ("data", "no JSON"),
        ("data", f'{{"a":{"[" * 100_000}{"]" * 100_000}}}'),
        ("data", f'{{"a":{"9" * 5000}}}'),
    ],
    ids=["overflow", "no-time", "list", "no-json", "deep", "digits"],
)
def test_an_event_that_can_not_be_read_is_named(
    full: Ledger, cli: Cli, settings: Settings, column: str, value: str
) -> None:
    writer = own(full)
    with closing(sqlite3.connect(settings.ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("DROP TRIGGER events_are_not_changed")
        connection.execute(f"UPDATE events SET {column} = ? WHERE seq = 3", [value])  # noqa: S608
    result = cli("ledger", "verify")
    assert result.code == 7
    assert f"writer {writer}, event 3: " in result.err


def test_a_damaged_page_hides_no_broken_event(full: Ledger, cli: Cli, settings: Settings) -> None:
    """An index that knows nothing of a change is what a damaged page leaves."""
    writer = own(full)
    hidden = "name = 'events_by_subject'"
    with closing(sqlite3.connect(settings.ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        index = connection.execute(f"SELECT * FROM sqlite_schema WHERE {hidden}").fetchone()  # noqa: S608
        connection.execute(f"DELETE FROM sqlite_schema WHERE {hidden}")  # noqa: S608
    tamper(settings, "UPDATE events SET subject = 'prj-9', time = 'once' WHERE seq = 3")
    with closing(sqlite3.connect(settings.ledger, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("INSERT INTO sqlite_schema VALUES (?, ?, ?, ?, ?)", index)
    told = verify(cli)
    assert "missing from index events_by_subject" in told
    assert f"writer {writer}, event 3: " in told


def test_a_fork_is_named_once_where_it_begins(full: Ledger, cli: Cli) -> None:
    trunk = [event for event in full.events() if event.writer == "wri-9"]
    take_in(full, [line_of(event) for event in chain(4, "wri-9", after=trunk[0], subject="prj-2")])
    assert verify(cli) == "writer wri-9, event 2: a fork, two different events follow from one; both are kept"


def test_of_many_problems_three_are_told_and_the_rest_counted(full: Ledger, cli: Cli, settings: Settings) -> None:
    tamper(settings, "UPDATE events SET data = '{}' WHERE seq < 6")
    assert verify(cli).endswith("event 3: was changed after it was written; and 2 more")


@pytest.mark.parametrize(("last", "ends_with"), [(4, 3), (2, 1)])
def test_a_tail_that_was_cut_off_is_named(
    full: Ledger, cli: Cli, settings: Settings, last: int, ends_with: int
) -> None:
    writer = own(full)
    tamper(settings, f"DELETE FROM events WHERE seq >= {last} AND seq < 6")  # noqa: S608
    assert cli("ledger", "verify").code == 0
    cut = f"writer {writer}, event {last}: cut off, the chain ends with {ends_with} and goes on in {EARLIER}"
    assert verify(cli, "--against", EARLIER) == cut


def test_a_chain_that_is_gone_is_named(full: Ledger, cli: Cli, settings: Settings) -> None:
    tamper(settings, "DELETE FROM events WHERE writer = 'wri-9'")
    gone = f"writer wri-9, event 1: cut off, the chain is in {EARLIER} and nothing of it here"
    assert verify(cli, "--against", EARLIER) == gone


def test_a_ledger_that_is_gone_is_noticed(full: Ledger, cli: Cli, settings: Settings) -> None:
    writer = own(full)
    settings.ledger.unlink()
    told = verify(cli, "--against", EARLIER)
    assert f"writer {writer}, event 1: cut off" in told
    assert "event build-7 of https://ci.example.org is in" in told


def test_a_tail_that_was_written_anew_is_named(full: Ledger, cli: Cli, settings: Settings) -> None:
    """Whoever cuts a chain can go on with it, and every hash holds: only an export kept elsewhere tells."""
    writer = own(full)
    tamper(settings, "DELETE FROM events WHERE seq >= 3 AND seq < 6")
    full.append([Draft(ev.HINT_SHOWN, "prj-2", NOW, {}) for _ in range(4)])
    assert cli("ledger", "verify").code == 0
    assert verify(cli, "--against", EARLIER) == f"writer {writer}, event 3: is not the one in {EARLIER}"


@pytest.mark.parametrize("change", ["DELETE FROM events WHERE seq = 9", "UPDATE events SET data = '{}' WHERE seq = 9"])
def test_an_event_of_others_that_is_gone_or_changed_is_named(
    full: Ledger, cli: Cli, settings: Settings, change: str
) -> None:
    tamper(settings, change)
    assert cli("ledger", "verify").code == 0
    told = f"event build-7 of https://ci.example.org is in {EARLIER} and not here"
    assert verify(cli, "--against", EARLIER) == told


def test_an_export_that_was_tampered_with_proves_nothing(full: Ledger, cli: Cli) -> None:
    lines = exported(full)
    for bad, reason in ((changed(lines[2], subject="prj-9"), "was changed after it was written"), (b"{", "not JSON")):
        Path(EARLIER).write_bytes(b"\n".join([*lines[:2], bad, *lines[3:]]))
        result = cli("ledger", "verify", "--against", EARLIER)
        assert result.code == 2
        assert result.err.startswith(f"error: {EARLIER}, line 3: {reason}")


def test_an_export_that_was_forged_throughout_is_not_ours(full: Ledger, cli: Cli) -> None:
    """Its hashes hold, so it is the ledger that must differ."""
    forged = sealed(full.events()[4], subject="prj-9")
    Path(EARLIER).write_bytes(line_of(forged))
    assert verify(cli, "--against", EARLIER) == f"writer {own(full)}, event 5: is not the one in {EARLIER}"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none.jsonl", "No such file"),
        (".", "Is a directory"),
        pytest.param("/proc/self/mem", "Input/output", marks=needs_proc),
    ],
)
def test_an_export_that_can_not_be_read_is_a_usage_error(full: Ledger, cli: Cli, name: str, reason: str) -> None:
    result = cli("ledger", "verify", "--against", name)
    assert result.code == 2
    assert result.err.startswith(f"error: {name}: {reason}")


def test_json_tells_the_heads_or_the_problem(full: Ledger, cli: Cli, settings: Settings) -> None:
    found = cli("ledger", "verify", "--json").data
    heads = {event.writer: event.hash for event in full.events() if event.writer}
    assert found == {"events": 9, "unchained": 1, "heads": heads, "problems": []}
    tamper(settings, "UPDATE events SET data = '{}' WHERE seq = 8")
    result = cli("ledger", "verify", "--json")
    assert result.code == 7
    assert "writer wri-9, event 3: was changed" in json.loads(result.out)["error"]["message"]
