"""Read files of JSON Lines a line at a time, however long the file or a line is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from goldenpath.core.lines import LONGEST_LINE, read_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from goldenpath.core.events import Event


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that did not go in, by its number from 1, and why."""

    file: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Accepted:
    """A line that holds an event."""

    file: str
    line: int
    event: Event


def read_export(file: IO[bytes], name: str, now: datetime) -> Iterator[Accepted | Refused]:
    """Every line that is not blank. Raises OSError when the file can't be read on."""
    number = 0
    while line := file.readline(LONGEST_LINE + 2):
        number += 1
        if len(line) > LONGEST_LINE + 1:
            _skip_rest(file, line)
        text = line.strip()
        if not text:
            continue
        try:
            yield Accepted(name, number, read_line(text, now))
        except ValueError as error:
            yield Refused(name, number, str(error))


def _skip_rest(file: IO[bytes], line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(LONGEST_LINE)
