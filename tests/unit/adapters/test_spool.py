"""The spool: what is put is kept in its order, what is odd keeps nothing out, and nothing of it is counted twice."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.spool import Spool
from goldenpath.adapters.ledger.spooling import WaitingLedger, take_in
from goldenpath.core.events import HINT_SHOWN, Draft
from goldenpath.core.identifiers import event_id
from tests.conftest import NOW

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.ledger.book import Ledger

GOOD = {"id": event_id(NOW), "type": HINT_SHOWN, "subject": "prj-1", "time": "2026-03-02T09:00:00.000Z", "data": {}}
ODD: dict[str, object] = {
    "cut-off": json.dumps([GOOD])[:-9],
    "empty": "",
    "no-json": "Dear diary",
    "no-utf8": b'[{"id": "\xff"}]',
    "no-list": 7,
    "no-event": [],
    "no-object": ["event"],
    "no-id": [{**GOOD, "id": ""}],
    "id-is-a-list": [{**GOOD, "id": [1]}],
    "type-is-a-number": [{**GOOD, "type": 5}],
    "no-time": [{**GOOD, "time": "soon"}],
    "time-before-all-times": [{**GOOD, "time": "0001-01-01T00:00:00+14:00"}],
    "data-is-text": [{**GOOD, "data": "ab"}],
    "a-number-that-is-none": json.dumps([{**GOOD, "data": {"share": float("nan")}}]),
    "half-a-character": '[{"id":"i","type":"t","subject":"\\ud800","time":"2026-03-02T09:00:00Z","data":{}}]',
    "nested-too-deeply": "[" * 100_000,
    "one-of-two": [GOOD, {**GOOD, "id": "other", "time": ""}],
}


def draft(number: int, **more: Any) -> Draft:
    moment = NOW + timedelta(seconds=number)
    return Draft(HINT_SHOWN, "prj-1", moment, {"number": number, **more}, event_id(moment))


def in_the_way(folder: Path) -> None:
    """Something that can be no folder, also for root."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")


def test_what_is_put_waits_private_and_in_its_order(spool: Spool, spool_folder: Path) -> None:
    put = [draft(1, note="é"), draft(2)]
    spool.put(put)
    spool.put([draft(3)])
    first, second = spool.waiting()
    assert (first.drafts, len(second.drafts)) == (tuple(put), 1)
    assert {stat.S_IMODE(file.stat().st_mode) for file in spool_folder.iterdir()} == {0o600}
    assert stat.S_IMODE(spool_folder.stat().st_mode) == 0o700


def test_looking_for_room_leaves_nothing_behind(spool: Spool, spool_folder: Path) -> None:
    assert spool.has_place()
    assert list(spool_folder.iterdir()) == []


@pytest.mark.parametrize("name", ODD)
def test_an_odd_file_stays_is_told_and_keeps_no_other_out(
    name: str, spool: Spool, spool_folder: Path, ledger: Ledger
) -> None:
    put = [draft(1), draft(2)]
    spool.put(put[:1])
    content = ODD[name]
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    odd = spool_folder / f"00-{name}.json"
    odd.write_bytes(text if isinstance(text, bytes) else text.encode())
    spool.put(put[1:])
    taken = take_in(ledger, spool)
    assert (taken.events, [each.file for each in taken.left]) == (2, [odd])
    assert taken.left[0].trouble
    assert [event.id for event in ledger.events()] == [each.id for each in put]
    again = take_in(ledger, spool)
    assert (again.events, [each.file for each in again.left]) == (0, [odd])
    assert audit(ledger).is_sound


def test_what_the_ledger_does_not_take_keeps_no_other_out(spool: Spool, ledger: Ledger) -> None:
    ledger.append([draft(0)])
    picky = (
        "CREATE TRIGGER picky BEFORE INSERT ON events WHEN NEW.data LIKE '%odd%' BEGIN SELECT RAISE(ABORT, 'odd'); END"
    )
    with closing(sqlite3.connect(ledger.path)) as connection:
        connection.execute(picky)
    for drafts in ([draft(1)], [draft(2), draft(3, note="odd")], [draft(4)]):
        spool.put(drafts)
    for new in (2, 0):
        taken = take_in(ledger, spool)
        assert (taken.events, [each.trouble for each in taken.left]) == (new, ["the ledger does not take it: odd"])
    assert [event.data["number"] for event in ledger.events()] == [0, 1, 4]
    assert audit(ledger).is_sound


def test_the_same_event_in_two_files_is_taken_in_once(spool: Spool, spool_folder: Path, ledger: Ledger) -> None:
    one, two = draft(1), draft(2)
    spool.put([one, two, one])
    [file] = spool_folder.iterdir()
    shutil.copy(file, spool_folder / "9.json")
    assert [event.data["number"] for event in WaitingLedger(ledger.path, spool).events()] == [1, 2]
    assert take_in(ledger, spool).events == 2
    assert [event.id for event in ledger.events()] == [one.id, two.id]
    assert list(spool_folder.iterdir()) == []


def test_what_the_ledger_has_and_the_spool_kept_is_read_and_taken_in_once(
    spool: Spool, spool_folder: Path, ledger: Ledger, tmp_path: Path
) -> None:
    spool.put([draft(1)])
    shutil.copytree(spool_folder, tmp_path / "kept")
    take_in(ledger, spool)
    shutil.copytree(tmp_path / "kept", spool_folder, dirs_exist_ok=True)
    book = WaitingLedger(ledger.path, spool)
    engineer = ledger.known_engineer()
    assert [len(book.events()), len(book.events("prj-1")), len(book.events_of(engineer))] == [1, 1, 1]
    assert take_in(ledger, spool).events == 0
    assert spool.waiting() == []


def test_where_the_state_can_not_be_written_the_temporary_folder_keeps_it(
    spool: Spool, spool_folder: Path, temporary: Path, ledger: Ledger
) -> None:
    in_the_way(spool_folder.parent)
    spool.put([draft(1)])
    own = temporary / f"goldenpath-{os.getuid()}"
    assert stat.S_IMODE(own.stat().st_mode) == 0o700
    assert [file.parent.parent for file in temporary.rglob("*.json")] == [own]
    assert take_in(ledger, spool).events == 1


def test_two_ledgers_share_no_temporary_folder(spool: Spool, spool_folder: Path, tmp_path: Path) -> None:
    in_the_way(spool_folder.parent)
    spool.put([draft(1)])
    assert Spool(spool_folder, tmp_path / "other.sqlite3").waiting() == spool.waiting()[1:]


@pytest.mark.parametrize("kind", ["link", "open-to-others", "file", "somebody-elses"])
def test_a_temporary_folder_that_is_not_ours_alone_is_not_used(
    kind: str, spool: Spool, spool_folder: Path, temporary: Path, tmp_path: Path
) -> None:
    own, theirs = temporary / f"goldenpath-{os.getuid()}", tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    in_the_way(spool_folder.parent)
    if kind == "link":
        own.symlink_to(theirs)
    elif kind == "file":
        own.write_text("")
    else:
        own.mkdir(mode=0o755 if kind == "open-to-others" else 0o700)
    if kind == "somebody-elses":
        if os.getuid():
            pytest.skip("only root can give a folder to somebody else")
        os.chown(own, 1, 1)
    assert not spool.has_place()
    with pytest.raises(OSError, match="Not a directory"):
        spool.put([draft(1)])
    assert [*theirs.iterdir(), *temporary.rglob("*.json")] == []
    if own.is_dir():
        for place in spool._spares:
            place.mkdir(parents=True)
            (place / "1.json").write_text(json.dumps([GOOD]))
    assert [each for each in spool.waiting() if each.drafts] == []


def test_a_temporary_folder_that_is_named_comes_first(
    spool_folder: Path, ledger: Ledger, temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_way(spool_folder.parent)
    for named, used in ((tmp_path, tmp_path), (tmp_path / "gone", temporary)):
        monkeypatch.setenv("TMPDIR", str(named))
        spool = Spool(spool_folder, ledger.path)
        spool.put([draft(1)])
        [waiting] = [each for each in spool.waiting() if each.drafts]
        assert waiting.file.is_relative_to(used / f"goldenpath-{os.getuid()}")
        spool.drop([waiting])
