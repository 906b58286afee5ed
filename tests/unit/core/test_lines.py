"""A line of an export is an event whose hash holds, or it is refused with its reason."""

from __future__ import annotations

import gzip
import json
import time
from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest

from goldenpath.core.cloudevents import as_cloudevent
from goldenpath.core.events import EVENT_TYPES
from goldenpath.core.lines import DEEPEST, LAST_NUMBER, LONGEST_LINE, LONGEST_NUMBER, read_line, read_proof
from goldenpath.core.times import EARLIEST
from tests.conftest import NOW
from tests.merging import CI, FIRST, WRITER, changed, line_of, sealed
from tests.unit.core.test_cloudevents import FACTS

OURS = line_of(sealed())
THEIRS = json.dumps(CI).encode()
CHAIN = ("goldenpathwriter", "goldenpathseq", "goldenpathprev", "goldenpathhash")
MILLISECOND = timedelta(milliseconds=1)


def refusal(line: bytes) -> str:
    """Why a line is refused; the reason is short, and nothing that a terminal would obey."""
    with pytest.raises(ValueError, match=r".") as caught:
        read_line(line, NOW)
    reason = str(caught.value)
    assert reason.isascii()
    assert reason.isprintable()
    assert len(reason) < 250
    return reason


def nested(levels: int, opening: str = '{"a":', closing: str = "}") -> bytes:
    """The line of others with its data so many levels deep, the line itself being the first."""
    return changed(THEIRS, data="@").replace(b'"@"', f"{opening * (levels - 1)}0{closing * (levels - 1)}".encode())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "not JSON: Expecting value at column 1"),
        (b"hello", "not JSON: Expecting value at column 1"),
        (OURS[:-1], "not JSON: Expecting ',' delimiter"),
        (OURS + b" {}", "not JSON: Extra data"),
        (THEIRS.replace(b"00-af", b"00\x1baf"), "not JSON: Invalid control character"),
        (b"\xef\xbb\xbf" + OURS, "begins with a byte order mark"),
        (OURS.decode().encode("utf-16"), "not UTF-8"),
        (THEIRS.replace(b"00-af", b"\xff"), "not UTF-8"),
        (THEIRS.replace(b"00-af", b"\xed\xa0\x80"), "not UTF-8"),
        (gzip.compress(OURS), "not UTF-8"),
        (b"[]", "no JSON object"),
        (b'"text"', "no JSON object"),
        (b"null", "no JSON object"),
        (b"7", "no JSON object"),
        (OURS[:-1] + b',"id":"other"}', "the key 'id' stands there twice"),
    ],
)
def test_what_is_no_json_object_is_refused(line: bytes, reason: str) -> None:
    assert refusal(line).startswith(reason)


@pytest.mark.parametrize("line", [OURS, THEIRS], ids=["ours", "theirs"])
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"NaN", "NaN is no number"),
        (b"-Infinity", "-Infinity is no number"),
        (b"1e999", "too large: '1e999'"),
        (b'{"b":[-1e999]}', "too large: '-1e999'"),
        (b"1" * 5000, "5000 digits"),
        (b"-" + b"1" * LONGEST_NUMBER, f"{LONGEST_NUMBER + 1} digits"),
        (b'{"b":1,"b":1}', "the key 'b' stands there twice"),
        (b'[[{"\xc3\xbc":1,"\\u00fc":2}]]', "the key '\\xfc' stands there twice"),
        (b'{"' + b"k" * 900 + b'":1,"' + b"k" * 900 + b'":1}', "kkk...' stands there twice"),
        (b'"\\ud83c"', "half a character"),
        (b'{"\\udfb5":1}', "half a character"),
    ],
)
def test_values_that_json_or_unicode_do_not_have_are_refused_anywhere(line: bytes, value: bytes, reason: str) -> None:
    at_top = line[:-1] + b',"a":' + value + b"}"
    deeper = line.replace(b'"data": {', b'"data": {"a":' + value + b",")
    assert reason in refusal(at_top)
    assert reason in refusal(deeper)


@pytest.mark.parametrize("name", [*json.loads(OURS)])
def test_half_a_character_is_refused_in_every_field(name: str) -> None:
    for line in (changed(OURS, **{name: "wri-\ud800"}), changed(THEIRS, **{name: "\udfff"})):
        assert refusal(line) == "holds half a character (a lone surrogate)"


def test_of_many_keys_two_are_found_at_once() -> None:
    many = ",".join(f'"k{number}":0' for number in range(20_000))
    began = time.process_time()
    assert refusal(f'{{{many},"z":1,"z":2}}'.encode()) == "the key 'z' stands there twice"
    assert time.process_time() - began < 5


def test_a_line_of_one_mebibyte_is_the_longest() -> None:
    room = LONGEST_LINE - len(changed(THEIRS, data=""))
    assert read_line(changed(THEIRS, data="x" * room), NOW).id == CI["id"]
    assert refusal(changed(THEIRS, data="x" * (room + 1))) == "longer than 1024 KiB"
    assert refusal(line_of(sealed(data={"text": "x" * 10_000_000}))) == "longer than 1024 KiB"


def test_what_is_nested_deeper_than_a_hundred_is_refused() -> None:
    assert read_line(nested(DEEPEST), NOW).id == CI["id"]
    assert read_line(nested(DEEPEST, "[", "]"), NOW).id == CI["id"]
    assert read_line(changed(THEIRS, data="{[" * 500), NOW).id == CI["id"]
    for line in (nested(DEEPEST + 1), nested(DEEPEST + 1, "[", "]"), nested(100_000), nested(400_000, "[", "]")):
        assert refusal(line) == "nested too deeply"


@pytest.mark.parametrize("value", [None, "", 7, 1.0, True, [], {"a": "b"}])
@pytest.mark.parametrize("name", ["id", "source", "type", "time", "subject", "specversion"])
def test_an_attribute_that_is_missing_empty_or_no_text_is_named(name: str, value: object) -> None:
    reason = f"{name}: " if name != "specversion" else "no CloudEvent of version 1.0"
    assert refusal(changed(OURS, **{name: value})).startswith(reason)
    assert refusal(changed(OURS, name)).startswith(reason)
    if (name, value) != ("subject", None):
        assert refusal(changed(THEIRS, **{name: value})).startswith(reason)
    if name != "subject":
        assert refusal(changed(THEIRS, name)).startswith(reason)


@pytest.mark.parametrize("version", ["1.1", "0.3", "1", 1.0])
def test_another_version_of_cloudevents_is_refused(version: object) -> None:
    assert refusal(changed(THEIRS, specversion=version)) == "no CloudEvent of version 1.0"


@pytest.mark.parametrize(
    "moment",
    ["2026-03-02T09:00:00.000", "2026-03-02", "yesterday", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00+01:00"],
)
def test_a_time_without_a_zone_is_none(moment: str) -> None:
    for line in (OURS, THEIRS):
        assert refusal(changed(line, time=moment)) == f"time: '{moment}' is no time with a zone"


def test_a_clock_that_was_wrong_is_noticed() -> None:
    for moment in (EARLIEST, NOW + timedelta(days=1)):
        assert read_line(line_of(sealed(time=moment)), NOW).time == moment
    for early in ("1970-01-01T00:00:00Z", (EARLIEST - MILLISECOND).isoformat()):
        assert "lies before git was made" in refusal(changed(THEIRS, time=early))
    for late in ("2099-01-01T00:00:00Z", (NOW + timedelta(days=1) + MILLISECOND).isoformat()):
        assert "lies in the future" in refusal(changed(THEIRS, time=late))
    past = sealed(time=EARLIEST - MILLISECOND)
    assert "lies before git was made" in refusal(line_of(past))
    assert read_proof(line_of(past)) == past


def test_nobody_writes_under_the_name_of_somebody_else() -> None:
    for source in ("goldenpath:wri-1", f"goldenpath:{WRITER[:-1]}", WRITER, "https://ci.example.org"):
        assert "somebody else's identity" in refusal(changed(OURS, source=source))
    for source in (f"goldenpath:{WRITER}", "GoldenPath:x", WRITER, "wri-9"):
        assert "somebody else's identity" in refusal(changed(THEIRS, source=source))


FORGERIES: list[dict[str, Any]] = [
    {"id": "019d2f4e-8a10-7c3b-9f52-6b1f0e7a4c12"},
    {"type": "dev.cdeventsx.goldenpath-solution.shown.0.1.0"},
    {"subject": "prj-2"},
    {"time": "2026-03-02T09:00:00.001Z"},
    {"data": {"customData": {**FIRST.data, "hint": 2}}},
    {"data": {"customData": {**FIRST.data, "hint": True}}},
    {"data": {"customData": {**FIRST.data, "hint": 1.0}}},
    {"data": {"customData": {}}},
    {"goldenpathseq": 2},
    {"goldenpathprev": "1" * 64},
    {"goldenpathprev": ""},
    {"goldenpathhash": "1" * 64},
    {"goldenpathhash": ""},
    {"goldenpathhash": json.loads(OURS)["goldenpathhash"].upper()},
    {"goldenpathwriter": "wri-1", "source": "goldenpath:wri-1"},
]


@pytest.mark.parametrize("forgery", FORGERIES, ids="-".join)
def test_a_line_of_which_anything_was_changed_is_refused(forgery: dict[str, Any]) -> None:
    assert refusal(changed(OURS, **forgery)).startswith("was changed after it was written")


@pytest.mark.parametrize("data", [None, [], "text", {}, {"customData": None}, {"customData": [1]}])
def test_a_line_of_a_chain_has_its_facts(data: object) -> None:
    assert refusal(changed(OURS, data=data)) == "data.customData: missing or no object"


@pytest.mark.parametrize("without", [some for count in (1, 2, 3) for some in combinations(CHAIN, count)], ids="-".join)
def test_a_chain_is_there_whole_or_not_at_all(without: tuple[str, ...]) -> None:
    assert refusal(changed(OURS, *without)) == f"{without[0]}: missing or of the wrong type"
    assert refusal(changed(OURS, **dict.fromkeys(without))) == f"{without[0]}: missing or of the wrong type"


@pytest.mark.parametrize("number", [True, False, 1.0, "1", None, [1]])
def test_a_number_that_is_no_integer_is_refused(number: object) -> None:
    assert refusal(changed(OURS, goldenpathseq=number)) == "goldenpathseq: missing or of the wrong type"


@pytest.mark.parametrize("number", [0, -1, LAST_NUMBER + 1, 2**63, 10**30])
def test_a_number_that_no_event_can_have_is_refused(number: int) -> None:
    assert refusal(line_of(sealed(wseq=number))).endswith("is no number of an event")
    assert read_line(line_of(sealed(wseq=LAST_NUMBER)), NOW).wseq == LAST_NUMBER


@pytest.mark.parametrize(
    "writer",
    [" ", "wri-", "ci-1", "wri-a b", "wri-\x1b[31m", "wri-1\n", "\nwri-1", "wri-ü", "wri-../x", "wri-" + "1" * 61],
)
def test_an_id_that_no_writer_has_is_refused(writer: str) -> None:
    assert refusal(line_of(sealed(writer=writer, source=writer))).endswith("is no id of a writer")


@pytest.mark.parametrize("name", ["id", "source", "type", "subject"])
@pytest.mark.parametrize("sign", ["\x00", "\n", "\x1b", "\x7f", "\x9b"])
def test_control_characters_are_in_no_attribute(name: str, sign: str) -> None:
    assert refusal(changed(THEIRS, **{name: f"a{sign}b"})).startswith(f"{name}: 'a\\")
    if name in {"id", "type"}:
        assert refusal(line_of(sealed(**{name: f"dev.cdevents.{sign}b.c.1.0.0"}))).startswith(f"{name}: ")


@pytest.mark.parametrize("kind", ["x", "org.example.built", "dev.cdevents.a", "dev.cdevents.a.b.1.0", "dev.cdevents"])
def test_a_chain_holds_cdevents_only(kind: str) -> None:
    assert refusal(line_of(sealed(type=kind))) == f"type: '{kind}' is no CDEvent, and a chain holds nothing else"


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_every_event_of_ours_comes_back_as_it_was(kind: str) -> None:
    event = sealed(type=kind, data=FACTS[kind], subject="über uns/50 %\n")
    assert read_line(line_of(event), NOW) == event


def test_a_moment_may_be_written_in_another_zone() -> None:
    assert read_line(changed(OURS, time="2026-03-02T10:00:00+01:00"), NOW) == sealed()


@pytest.mark.parametrize("without", ["", "subject", "data", "traceparent"])
@pytest.mark.parametrize("moment", [CI["time"], "2026-03-02T07:00:00Z", "2026-03-02T07:00:00.123Z"])
def test_an_event_of_others_is_given_back_exactly(without: str, moment: str) -> None:
    line = changed(THEIRS, without, time=moment, nothing=None, big=10**LONGEST_NUMBER // 10)
    event = read_line(line, NOW)
    assert (as_cloudevent(event), event.time.microsecond % 1000) == (json.loads(line), 0)


def test_a_subject_of_null_is_none() -> None:
    assert read_line(changed(THEIRS, subject=None), NOW) == read_line(changed(THEIRS, "subject"), NOW)
