"""Merging is a union: nothing comes twice, nothing is dropped, and clones that both wrote part ways."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.taking import Fork, forks, missing
from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.flows.import_ledger import ANOTHERS_ID, AT_ONCE
from tests.conftest import NOW
from tests.merging import CI, FIRST, WRITER, chain, changed, exported, line_of, sealed, take_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.core.events import Event

    Others = Callable[[str], Ledger]


@pytest.fixture
def other(tmp_path: Path) -> Others:
    """A ledger of that name, beside the others."""
    return lambda name: Ledger(tmp_path / name / "ledger.sqlite3")


@pytest.fixture
def clone(tmp_path: Path) -> Callable[[Ledger, str], Ledger]:
    """A copy of a ledger's file: a copied home, an image of a machine."""

    def copy(ledger: Ledger, name: str) -> Ledger:
        return Ledger(shutil.copytree(ledger.path.parent, tmp_path / name) / ledger.path.name)

    return copy


def write(ledger: Ledger, count: int = 1, note: str = "") -> list[Event]:
    return ledger.append(
        [Draft(ev.HINT_SHOWN, "prj-1", NOW, {"hint": number, "note": note}) for number in range(count)]
    )


def ids(ledger: Ledger) -> list[str]:
    return sorted(event.id for event in ledger.events())


def line(**more: Any) -> bytes:
    """The line of a build server, with these attributes."""
    return changed(b"{}", **{**CI, **more})


def test_a_merge_holds_what_each_has(ledger: Ledger, other: Others) -> None:
    mine, theirs = write(ledger, 2), write(other("a"), 3)
    report = take_in(ledger, [*exported(other("a")), line()])
    assert (report.new, report.known, report.refused, report.forks, report.is_writer_new) == (4, 0, (), (), False)
    assert ledger.events()[:5] == [*mine, *theirs]
    assert (audit(ledger).is_sound, audit(ledger).events, audit(ledger).unchained) == (True, 6, 1)


def test_the_same_again_changes_nothing(ledger: Ledger, other: Others) -> None:
    write(ledger, 2)
    write(other("a"), 3)
    lines = [*exported(other("a")), line(), *exported(ledger)]
    assert take_in(ledger, lines).new == 4
    before = ledger.path.read_bytes()
    again = take_in(ledger, lines[::-1], lines)
    assert (again.new, again.known, again.refused, again.is_writer_new) == (0, 12, (), False)
    assert ledger.path.read_bytes()[100:] == before[100:]


def test_a_line_that_stands_there_twice_is_new_once(ledger: Ledger) -> None:
    report = take_in(ledger, [line_of(sealed()), line(), line(), line_of(sealed())])
    assert (report.new, report.known, report.refused) == (2, 2, ())


def test_an_event_of_others_to_the_microsecond_is_known_again(ledger: Ledger) -> None:
    precise = line(time="2026-03-02T09:00:00.123456Z")
    assert [take_in(ledger, [precise]).new, take_in(ledger, [precise]).known] == [1, 1]


def test_an_importer_goes_on_with_its_own_chain(ledger: Ledger, other: Others) -> None:
    mine = write(ledger, 2)
    write(other("a"), 5)
    take_in(ledger, exported(other("a")))
    (event,) = write(ledger)
    assert (event.writer, event.wseq, event.prev) == (mine[0].writer, 3, mine[-1].hash)


def test_an_id_with_other_content_is_refused_and_the_rest_goes_in(ledger: Ledger) -> None:
    assert take_in(ledger, [line()]).new == 1
    lines = [line_of(FIRST), line(data=1), line(id="8", data=1), b"[]", line(id="8", data=True), line_of(sealed())]
    report = take_in(ledger, lines)
    assert [(each.line, each.reason) for each in report.refused] == [
        (1, "was changed after it was written: its hash is not that of writer " + WRITER),
        (2, ANOTHERS_ID),
        (4, "no JSON object"),
        (5, ANOTHERS_ID),
    ]
    assert report.new == 2
    assert [event.data["data"] for event in ledger.events() if not event.writer] == [CI["data"], 1]


def test_an_id_of_one_chain_with_other_content_is_refused(ledger: Ledger) -> None:
    report = take_in(ledger, [line_of(sealed()), line_of(sealed(subject="prj-2"))])
    assert [(each.line, each.reason) for each in report.refused] == [(2, ANOTHERS_ID)]


def test_nobody_takes_an_id_before_its_writer_does(ledger: Ledger, other: Others) -> None:
    write(other("a"))
    (real,) = exported(other("a"))
    event = other("a").events()[0]
    report = take_in(ledger, [line(id=event.id, source=event.source), real])
    assert (report.new, [each.line for each in report.refused]) == (1, [1])
    assert ledger.events() == [event]


def test_what_is_all_refused_makes_no_ledger(ledger: Ledger) -> None:
    assert [each.line for each in take_in(ledger, [b"x", b"", b"y"], [b"z"]).refused] == [1, 3, 1]
    assert not ledger.path.exists()


def test_refused_lines_come_in_their_order_over_several_batches(ledger: Ledger) -> None:
    events = chain(AT_ONCE + 10)
    lines = [line_of(event) for event in events]
    bad = [3, 40, AT_ONCE - 1, AT_ONCE, AT_ONCE + 5]
    for number in bad[1:]:
        lines[number] = b"x"
    lines[bad[0]] = line_of(sealed(events[0], subject="prj-2"))
    report = take_in(ledger, lines)
    assert [each.line for each in report.refused] == [number + 1 for number in bad]
    assert report.new == AT_ONCE + 10 - len(bad)


def test_clones_that_both_wrote_are_a_fork_and_part_ways(
    ledger: Ledger, clone: Callable[[Ledger, str], Ledger]
) -> None:
    trunk = write(ledger, 2)
    writer, copy = trunk[0].writer, clone(ledger, "copy")
    mine, theirs = write(ledger, 2, "mine"), write(copy, 3, "theirs")
    everything = sorted(event.id for event in [*trunk, *mine, *theirs])
    for into, other, count in ((ledger, copy, 3), (copy, ledger, 2)):
        report = take_in(into, exported(other))
        assert (report.new, report.refused, report.is_writer_new) == (count, (), True)
        assert report.forks == (Fork(writer, 3),)
    assert ids(ledger) == ids(copy) == everything
    assert audit(ledger).problems == (
        f"writer {writer}, event 3: a fork, two different events follow from one; both are kept",
    )
    fresh = {write(each)[0].writer for each in (ledger, copy)}
    assert len(fresh | {writer}) == 3
    for into, other in ((ledger, copy), (copy, ledger)):
        report = take_in(into, exported(other))
        assert (report.new, report.refused, report.is_writer_new) == (1, (), False)
        assert report.forks == (Fork(writer, 3),)
    assert {write(each)[0].writer for each in (ledger, copy)} == fresh
    assert len(audit(ledger).problems) == 1


def test_when_only_the_clone_wrote_there_will_be_no_fork(
    ledger: Ledger, clone: Callable[[Ledger, str], Ledger]
) -> None:
    (first,) = write(ledger)
    copy = clone(ledger, "copy")
    write(copy, 2)
    report = take_in(ledger, exported(copy))
    assert (report.new, report.forks, report.is_writer_new) == (2, (), True)
    assert write(ledger)[0].writer != first.writer
    assert write(copy)[0].wseq == 4
    assert take_in(copy, exported(ledger)).is_writer_new is False
    assert take_in(ledger, exported(copy)).forks == ()
    assert audit(ledger).is_sound


def test_a_third_hears_of_a_fork_and_keeps_its_own_id(
    ledger: Ledger, clone: Callable[[Ledger, str], Ledger], other: Others
) -> None:
    trunk = write(other("a"), 1)
    copy = clone(other("a"), "copy")
    write(other("a"), 2)
    write(copy, 2)
    (mine,) = write(ledger)
    report = take_in(ledger, exported(copy), exported(other("a")))
    assert (report.new, report.forks, report.is_writer_new) == (5, (Fork(trunk[0].writer, 2),), False)
    assert write(ledger)[0].writer == mine.writer
    take_in(copy, exported(ledger))
    assert write(copy)[0].writer not in {trunk[0].writer, mine.writer}


def test_a_backup_that_was_brought_back_is_a_clone_too(ledger: Ledger, clone: Callable[[Ledger, str], Ledger]) -> None:
    write(ledger, 2)
    backup = clone(ledger, "backup")
    lost = write(ledger, 2)
    take_in(backup, exported(ledger))
    assert backup.events() == ledger.events()
    assert write(backup)[0].writer != lost[0].writer
    assert audit(backup).is_sound


def test_every_fork_is_named_by_its_first_number(ledger: Ledger) -> None:
    for writer, common in (("wri-b", 0), ("wri-a", 2)):
        trunk = chain(common, writer)
        after = trunk[-1] if trunk else None
        branches = [*chain(2, writer, after, subject="prj-2"), *chain(3, writer, after, subject="prj-3")]
        take_in(ledger, [line_of(event) for event in [*trunk, *branches]])
    assert forks(ledger) == [Fork("wri-a", 3), Fork("wri-b", 1)]


def test_what_is_missing_is_the_first_of_each_chain(ledger: Ledger, other: Others) -> None:
    events, lonely = chain(5), chain(2, "wri-9")
    take_in(ledger, [line_of(event) for event in events[:3]])
    assert missing(ledger, [*reversed(events), *reversed(lonely)]) == [(events[3], 3), (lonely[0], 0)]
    assert missing(other("none"), [*reversed(events)]) == [(events[0], 0)]
    assert missing(ledger, events[:3]) == []
    anew = sealed(events[2], subject="prj-2")
    assert missing(ledger, [anew]) == [(anew, 3)]
