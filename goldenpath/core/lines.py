"""Lines of an export, read with suspicion: a line is an event whose hash holds, or it is refused with a reason."""

from __future__ import annotations

import codecs
import json
import math
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from goldenpath.core.cloudevents import SCHEME
from goldenpath.core.events import Event, canonical, link
from goldenpath.core.times import EARLIEST, parse_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.model import Json

LONGEST_LINE = 1024 * 1024
"""Bytes; ours have about a thousand."""
DEEPEST = 100
"""Objects and lists in each other; ours have five. Of 500, Python's own recursion limit lets nobody write a report."""
LONGEST_NUMBER = 600
"""Digits. Python reads 4300 unless it was told otherwise, and may be told 640."""
LAST_NUMBER = 2**31 - 1
"""The largest Integer of CloudEvents 1.0.2, section 2.1.1, and so the last number of a chain."""
_AHEAD = timedelta(days=1)
_CHAIN = {"goldenpathwriter": str, "goldenpathseq": int, "goldenpathprev": str, "goldenpathhash": str}
_WRITERS = "wri-"
_WRITER = re.compile(rf"{_WRITERS}[A-Za-z0-9._-]{{1,60}}")
_CDEVENT = re.compile(r"dev\.cdeventsx?\.[A-Za-z0-9-]+\.[A-Za-z]+(\.[0-9]+){3}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ENVELOPE = frozenset({"id", "source", "type", "subject", "time"})
_QUOTED = 60


def read_line(text: bytes, now: datetime) -> Event:
    """The event of one line: of a chain, or of others who keep none. Raises ValueError saying why it is refused."""
    event = read_proof(text)
    if event.time < EARLIEST:
        raise ValueError(f"time: {stamp(event.time)} lies before git was made; the clock was wrong")
    if event.time > now + _AHEAD:
        raise ValueError(f"time: {stamp(event.time)} lies in the future; the clock was wrong, there or here")
    return event


def read_proof(text: bytes) -> Event:
    """The same whatever its clock said: to compare with what a ledger has. Raises ValueError."""
    if len(text) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE // 1024} KiB")
    line = _parsed(text)
    if line.get("specversion") != "1.0":
        raise ValueError("no CloudEvent of version 1.0")
    return _chained(line) if any(name in line for name in _CHAIN) else _foreign(line)


def _parsed(text: bytes) -> Mapping[str, Json]:
    if text.startswith(codecs.BOM_UTF8):
        raise ValueError("begins with a byte order mark, which is no part of JSON")
    try:
        value = _DECODER.decode(text.decode())
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    if text.count(b"{") + text.count(b"[") > DEEPEST and _depth(value) > DEEPEST:
        raise ValueError("nested too deeply")
    if b"\\u" in text:
        _refuse_half_characters(value)
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"not JSON: {name} is no number there")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"holds a number that is too large: {_quoted(digits)}")
    return value


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"holds a number of {len(digits)} digits")
    return int(digits)


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen = set[str]()
    for name, _ in pairs:
        if name in seen:
            raise ValueError(f"the key {_quoted(name)} stands there twice")
        seen.add(name)
    return found


_DECODER = json.JSONDecoder(
    parse_constant=_no_constant, parse_float=_finite, parse_int=_whole, object_pairs_hook=_without_duplicates
)


def _depth(value: Json) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        inside = (inner for outer in level for inner in _inside(outer))
        level = [inner for inner in inside if isinstance(inner, dict | list)]
    return depth


def _inside(value: Json) -> list[Json]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _refuse_half_characters(line: Mapping[str, Json]) -> None:
    try:
        canonical(line).encode()
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (a lone surrogate)") from error


def _time(line: Mapping[str, Json]) -> datetime:
    """To the millisecond, as the ledger keeps it."""
    text = _text(line, "time")
    try:
        moment = parse_stamp(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"time: {_quoted(text)} is no time with a zone") from error
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _text(line: Mapping[str, Json], name: str) -> str:
    value = line.get(name)
    if value is None or value == "":
        raise ValueError(f"{name}: there is none")
    if not isinstance(value, str):
        raise ValueError(f"{name}: no text")
    return value


def _word(line: Mapping[str, Json], name: str) -> str:
    """A text without control characters, which CloudEvents 1.0.2 (section 2.1.1) allows in none."""
    value = _text(line, name)
    if _CONTROL.search(value):
        raise ValueError(f"{name}: {_quoted(value)} holds a control character")
    return value


def _quoted(text: str) -> str:
    return ascii(text if len(text) <= _QUOTED else f"{text[:_QUOTED]}...")


def _chained(line: Mapping[str, Json]) -> Event:
    writer, number, prev, digest = _place(line)
    kind = _word(line, "type")
    if not _CDEVENT.fullmatch(kind):
        raise ValueError(f"type: {_quoted(kind)} is no CDEvent, and a chain holds nothing else")
    event = Event(
        id=_word(line, "id"),
        source=writer,
        wseq=number,
        type=kind,
        subject=_text(line, "subject"),
        time=_time(line),
        data=_facts(line),
        prev=prev,
        hash=digest,
        writer=writer,
    )
    if link(event) != digest:
        raise ValueError(f"was changed after it was written: its hash is not that of writer {writer}")
    return event


def _place(line: Mapping[str, Json]) -> tuple[str, int, str, str]:
    """Writer, number, the hash before and its own."""
    wrong = [name for name, kind in _CHAIN.items() if type(line.get(name)) is not kind]
    if wrong:
        raise ValueError(f"{wrong[0]}: missing or of the wrong type")
    writer, number, prev, digest = (line[name] for name in _CHAIN)
    if not _WRITER.fullmatch(str(writer)):
        raise ValueError(f"goldenpathwriter: {_quoted(str(writer))} is no id of a writer")
    if not isinstance(number, int) or not 1 <= number <= LAST_NUMBER:
        raise ValueError(f"goldenpathseq: {_quoted(str(number))} is no number of an event")
    source = _text(line, "source")
    if source != f"{SCHEME}{writer}":
        raise ValueError(f"source: {_quoted(source)} is not the writer {writer}: somebody else's identity")
    return str(writer), number, str(prev), str(digest)


def _facts(line: Mapping[str, Json]) -> Mapping[str, Json]:
    data = line.get("data")
    facts = data.get("customData") if isinstance(data, dict) else None
    if not isinstance(facts, dict):
        raise ValueError("data.customData: missing or no object")
    return facts


def _foreign(line: Mapping[str, Json]) -> Event:
    """An event of others: all that its envelope has beyond ours is its data, so that nothing of it is lost."""
    source, time = _word(line, "source"), _time(line)
    if source.lower().startswith((SCHEME, _WRITERS)):
        raise ValueError(f"source: {_quoted(source)} writes a chain, and this is in none: somebody else's identity")
    subject = _word(line, "subject") if line.get("subject") is not None else ""
    rest = {name: value for name, value in line.items() if name not in _ENVELOPE}
    if line["time"] != stamp(time):
        rest["time"] = line["time"]
    return Event(_word(line, "id"), source, 0, _word(line, "type"), subject, time, rest, "", "")
