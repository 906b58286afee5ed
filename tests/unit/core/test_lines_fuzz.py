"""Whatever stands in a line: it is refused with a reason, or it is an event whose hash holds and that comes back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from goldenpath.core.cloudevents import as_cloudevent
from goldenpath.core.events import EVENT_TYPES, Event, canonical, link
from goldenpath.core.jsonable import jsonable
from goldenpath.core.lines import read_line
from tests.conftest import NOW
from tests.merging import CI, line_of, sealed

if TYPE_CHECKING:
    from collections.abc import Callable

OURS, THEIRS = line_of(sealed()), json.dumps(CI).encode()
NAMES = [*json.loads(OURS), *CI, "customData", "context"]
TEXTS = st.text(st.characters(exclude_categories=()), max_size=8)
"""With halves of characters, which JSON can spell and Unicode does not have."""
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.sampled_from(["1.0", *NAMES])),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)
NEAR = st.dictionaries(st.sampled_from(NAMES), VALUES)
"""Objects with the names of attributes."""
WHOLE = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=8)
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)
FUZZ = settings(max_examples=150, deadline=None, database=None, derandomize=True)


def read(line: bytes) -> Event | None:
    """The event of a line that is accepted: it can be shown, its hash holds, and it is read from its own export."""
    try:
        event = read_line(line, NOW)
    except ValueError as error:
        reason = str(error)
    else:
        assert event.hash == (link(event) if event.writer else "")
        assert read_line(line_of(event), NOW) == event
        assert jsonable(event)
        assert canonical(event.data).encode()
        return event
    assert reason
    assert reason.isascii()
    assert reason.isprintable()
    return None


@FUZZ
@given(st.one_of(st.binary(max_size=300), st.text().map(str.encode)))
@example(b'{"specversion":"1.0"}')
@example(b'{"a":' * 100_000)
@example(b"9" * 5000)
def test_any_bytes(line: bytes) -> None:
    assert read(line) is None


@FUZZ
@given(st.one_of(NEAR, VALUES))
def test_any_value(value: Any) -> None:
    event = read(json.dumps(value).encode())
    assert event is None or not event.writer


@FUZZ
@given(st.lists(st.tuples(st.integers(0, len(OURS)), st.integers(0, 5), st.binary(max_size=3)), min_size=1, max_size=4))
def test_any_bytes_of_a_line_changed(changes: list[tuple[int, int, bytes]]) -> None:
    line = OURS
    for start, length, new in changes:
        line = line[:start] + new + line[start + length :]
    assert read(line) in (None, sealed())


@FUZZ
@given(st.data())
def test_any_value_of_a_line_changed(data: st.DataObject) -> None:
    line = json.loads(OURS)
    _change(line, data.draw)
    assert read(json.dumps(line).encode()) in (None, sealed())


@FUZZ
@given(st.data())
def test_any_value_of_the_line_of_others_changed(data: st.DataObject) -> None:
    line = json.loads(json.dumps(CI))
    _change(line, data.draw)
    event = read(json.dumps(line).encode())
    if event:
        without = {key: value for key, value in line.items() if (key, value) != ("subject", None)}
        assert json.dumps(as_cloudevent(event), sort_keys=True) == json.dumps(without, sort_keys=True)


@FUZZ
@given(st.sampled_from([*EVENT_TYPES]), st.text(min_size=1), st.dictionaries(st.text(max_size=8), WHOLE, max_size=4))
def test_any_event_of_ours(kind: str, subject: str, facts: dict[str, Any]) -> None:
    event = sealed(type=kind, subject=subject, data=facts)
    assert read(line_of(event)) == event


def _change(line: dict[str, Any], draw: Callable[..., Any]) -> None:
    """Put another value somewhere into the line, often one of the same kind, or add a name."""
    place: Any = line
    while True:
        names = [*place] if isinstance(place, dict) else [*range(len(place))]
        name = (
            draw(st.one_of(st.sampled_from(names), TEXTS)) if isinstance(place, dict) else draw(st.sampled_from(names))
        )
        inner = place[name] if name in names else None
        if not isinstance(inner, dict | list) or not inner or draw(st.booleans()):
            like = {str: st.text(min_size=1, max_size=8), int: st.integers(1, 9)}.get(type(inner), VALUES)
            place[name] = draw(st.one_of(VALUES, like))
            return
        place = inner
