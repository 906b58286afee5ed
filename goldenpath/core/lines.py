"""Lines of an export, read with suspicion: a line is an event whose hash holds, or it is refused with a reason."""

from __future__ import annotations

import json
import string
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NoReturn

from goldenpath.core.cloudevents import SCHEME
from goldenpath.core.events import Event, link
from goldenpath.core.times import parse_stamp, stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.model import Json

LONGEST_LINE = 1024 * 1024
"""Bytes; ours have about a thousand."""
EARLIEST = datetime(2005, 4, 7, tzinfo=UTC)
"""When git began: no commit, and so nothing that we record, is older."""
_AHEAD = timedelta(days=1)
_CHAIN = {"goldenpathwriter": str, "goldenpathseq": int, "goldenpathprev": str, "goldenpathhash": str}
_IN_IDS = frozenset(f"{string.ascii_letters}{string.digits}-._")
_ENVELOPE = frozenset({"id", "source", "type", "subject", "time"})


def read_line(text: bytes, now: datetime) -> Event:
    """The event of one line: of a chain, or of others who keep none. Raises ValueError saying why it is refused."""
    if len(text) > LONGEST_LINE:
        raise ValueError(f"longer than {LONGEST_LINE // 1024} KiB")
    line = _parsed(text)
    if line.get("specversion") != "1.0":
        raise ValueError("no CloudEvent of version 1.0")
    if any(name in line for name in _CHAIN):
        return _chained(line, _time(line, now))
    return _foreign(line, _time(line, now))


def _parsed(text: bytes) -> Mapping[str, Json]:
    try:
        value = json.loads(text.decode(), parse_constant=_no_constant, object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at column {error.colno}") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"not JSON: {name} is no number there")


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!a} stands there twice")
    return found


def _time(line: Mapping[str, Json], now: datetime) -> datetime:
    text = _text(line, "time")
    try:
        time = parse_stamp(text)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"time: {text!a} is no time with a zone") from error
    if time < EARLIEST:
        raise ValueError(f"time: {stamp(time)} lies before git was made; the clock was wrong")
    if time > now + _AHEAD:
        raise ValueError(f"time: {stamp(time)} lies in the future; the clock was wrong, there or here")
    return time


def _text(line: Mapping[str, Json], name: str) -> str:
    value = line.get(name)
    if value is None or value == "":
        raise ValueError(f"{name}: there is none")
    if not isinstance(value, str):
        raise ValueError(f"{name}: no text")
    return value


def _chained(line: Mapping[str, Json], time: datetime) -> Event:
    chain = {name: line.get(name) for name in _CHAIN}
    wrong = [name for name, kind in _CHAIN.items() if type(chain[name]) is not kind]
    if wrong:
        raise ValueError(f"{wrong[0]}: missing or of the wrong type")
    writer = str(chain["goldenpathwriter"])
    if _text(line, "source") != SCHEME + writer:
        raise ValueError(f"source: {line['source']!a} is not the writer {writer!a}: somebody else's identity")
    event = Event(
        id=_text(line, "id"),
        source=writer,
        wseq=int(str(chain["goldenpathseq"])),
        type=_text(line, "type"),
        subject=_text(line, "subject"),
        time=time,
        data=_facts(line),
        prev=str(chain["goldenpathprev"]),
        hash=str(chain["goldenpathhash"]),
        writer=writer,
    )
    if not writer or not set(writer) <= _IN_IDS or event.wseq < 1:
        raise ValueError(f"goldenpathwriter: {writer!a} is no id of a writer, or its number is none")
    if _hash(event) != event.hash:
        raise ValueError(f"was changed after it was written: its hash is not that of writer {writer!a}")
    return event


def _facts(line: Mapping[str, Json]) -> Mapping[str, Json]:
    data = line.get("data")
    facts = data.get("customData") if isinstance(data, dict) else None
    if not isinstance(facts, dict):
        raise ValueError("data.customData: missing or no object")
    return facts


def _hash(event: Event) -> str:
    try:
        return link(event)
    except UnicodeEncodeError as error:
        raise ValueError("holds half a character (a lone surrogate)") from error
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except ValueError as error:
        raise ValueError("holds a number that is none") from error


def _foreign(line: Mapping[str, Json], time: datetime) -> Event:
    """An event of others: all that its envelope has beyond ours is its data, so that nothing of it is lost."""
    source, subject = _text(line, "source"), line.get("subject", "")
    if source.startswith(SCHEME):
        raise ValueError(f"source: {source!a} writes a chain, and this is in none: somebody else's identity")
    if not isinstance(subject, str):
        raise ValueError("subject: no text")
    rest = {name: value for name, value in line.items() if name not in _ENVELOPE}
    event = Event(_text(line, "id"), source, 0, _text(line, "type"), subject, time, rest, "", "")
    _hash(event)
    return event
