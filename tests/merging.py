"""Events and lines as somebody else's ledger would have them, and taking them in."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from goldenpath.core import events as ev
from goldenpath.core.cloudevents import as_cloudevent
from goldenpath.core.events import GENESIS, Event, link
from goldenpath.core.identifiers import event_id
from goldenpath.flows.export_ledger import export_lines
from goldenpath.flows.import_ledger import import_files
from tests.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.flows.import_ledger import Imported

WRITER = "wri-3f0a9c5b7d21e8466a90"
FIRST = Event(
    "019d2f4e-8a10-7c3b-9f52-6b1f0e7a4c11",
    WRITER,
    1,
    ev.HINT_SHOWN,
    "prj-1",
    NOW,
    {"project": "prj-1", "engineer": "eng-1", "step": "one", "hint": 1},
    GENESIS,
    "",
    WRITER,
)
CI = {
    "specversion": "1.0",
    "id": "build-7",
    "source": "https://ci.example.org",
    "type": "org.example.built",
    "subject": "job/7",
    "time": "2026-03-02T08:00:00.123456+01:00",
    "traceparent": "00-af",
    "datacontenttype": "application/json",
    "data": {"outcome": ["success", 1.5, None, {"ü": "🎵"}]},
}
"""What a build server says that never heard of us."""


def sealed(event: Event = FIRST, /, **more: Any) -> Event:
    """The event with these fields, and the hash that belongs to it."""
    changed = replace(event, **more)
    return replace(changed, hash=link(changed))


def chain(count: int, writer: str = WRITER, after: Event | None = None, **more: Any) -> list[Event]:
    """So many events of a writer, the first of them following `after`."""
    events: list[Event] = []
    for _ in range(count):
        number, prev = (after.wseq + 1, after.hash) if after else (1, GENESIS)
        place = {"writer": writer, "source": writer, "wseq": number, "prev": prev}
        after = sealed(FIRST, **{"id": event_id(NOW), **place, **more})
        events.append(after)
    return events


def line_of(event: Event) -> bytes:
    """The event as a line of an export, without a line end."""
    return json.dumps(as_cloudevent(event)).encode()


def changed(line: bytes, *without: str, **more: Any) -> bytes:
    """The line with these attributes, and without those."""
    return json.dumps(
        {key: value for key, value in {**json.loads(line), **more}.items() if key not in without}
    ).encode()


def exported(ledger: Ledger) -> list[bytes]:
    """The lines of an export."""
    return [line.encode().removesuffix(b"\n") for line in export_lines(ledger)]


def take_in(ledger: Ledger, *files: Sequence[bytes]) -> Imported:
    """Import files of these lines, one after the other."""
    named = [(f"file-{number}", io.BytesIO(b"\n".join(lines))) for number, lines in enumerate(files, start=1)]
    work = import_files(ledger, named, NOW)
    while True:
        try:
            next(work)
        except StopIteration as end:
            report: Imported = end.value
            return report
