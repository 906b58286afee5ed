"""`prod logs`: what services and parts printed, and what they print from now on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.production import keeping, supervisor
from goldenpath.core.errors import UsageError
from goldenpath.core.production import PARTS
from goldenpath.core.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.adapters.settings import Settings

_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line that a program printed; a service's program is named with its slot."""

    program: str
    text: str


def read_logs(settings: Settings, name: str | None, lines: int) -> list[LogLine]:
    """The last lines of the programs of that name, or of all. Raises UsageError for one that is not there."""
    found: list[LogLine] = []
    for path in _files(settings, name):
        found += [LogLine(path.stem, text) for text in _lines(supervisor.log_end(path, lines))]
    return found


def follow_logs(settings: Settings, name: str | None) -> Iterator[LogLine]:
    """Yields what is printed from now on, without end; a log that begins anew is read from its beginning."""
    places = {path: path.stat().st_size for path in _files(settings, name)}
    while True:
        for path in _files(settings, name):
            yield from _news(path, places)
        time.sleep(_EVERY_S)


def _news(path: Path, places: dict[Path, int]) -> Iterator[LogLine]:
    try:
        size = path.stat().st_size
        begun = places.get(path, 0) if places.get(path, 0) <= size else 0
        with path.open("rb") as file:
            file.seek(begun)
            text = file.read()
    except FileNotFoundError:
        return
    whole, _, rest = text.rpartition(b"\n")
    places[path] = begun + len(text) - len(rest)
    for line in _lines(whole.decode(errors="replace")):
        yield LogLine(path.stem, line)


def _lines(text: str) -> list[str]:
    """A log's lines. What a terminal, or `splitlines`, takes for an end of one as well is a part of the line."""
    return [line.removesuffix("\r") for line in text.split("\n")] if text else []


def _files(settings: Settings, name: str | None) -> list[Path]:
    """The logs that are meant. A service has one for each of its slots."""
    folder = settings.production
    production = keeping.read(folder)
    known = [*PARTS, "supervisor", *production.services]
    if name and name not in known:
        raise UsageError(f"production has no {name}", hint=did_you_mean(name, known))
    found = sorted((folder / "logs").glob("*.log"), key=lambda path: path.stem)
    return [
        path
        for path in found
        if path.stem != "start" and (not name or path.stem.rpartition(".")[0] == name or path.stem == name)
    ]
