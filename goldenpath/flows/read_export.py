"""Read files of JSON Lines a line at a time, however long the file or a line is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from goldenpath.core.errors import UsageError
from goldenpath.core.lines import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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


def read_export(file: IO[bytes], name: str, read: Callable[[bytes], Event]) -> Iterator[Accepted | Refused]:
    """Every line that is not blank, as `read` reads it or refuses it. Raises UsageError for a file that can't be read.

    A line that is too long goes to `read` cut off, and is too long still.
    """
    number = 0
    while line := _next_line(file, name):
        number += 1
        text = line if len(line) > LONGEST_LINE + len(b"\r\n") else line.strip()
        if not text:
            continue
        try:
            yield Accepted(name, number, read(text))
        except ValueError as error:
            yield Refused(name, number, str(error))


def _next_line(file: IO[bytes], name: str) -> bytes:
    try:
        line = rest = file.readline(LONGEST_LINE + len(b"\r\n") + 1)
        while len(line) > LONGEST_LINE + len(b"\r\n") and rest and not rest.endswith(b"\n"):
            rest = file.readline(LONGEST_LINE)
    except OSError as error:
        raise UsageError(f"{name}: {error.strerror}", hint="name a file that was written by: ledger export") from error
    return line
