"""The three standard streams when they are closed, full, or left by their reader: a command keeps its own ending."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator


class PatientStream:
    """A stream whose reader may leave (`| head -1`): the rest goes nowhere, and the command keeps its own ending."""

    def __init__(self, stream: TextIO, *, forgiven: type[OSError] = BrokenPipeError) -> None:
        self._stream = stream
        self._forgiven = forgiven

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or pretend to once nothing can be written any more."""
        with self._until_it_is_gone():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or pretend to once nothing can be written any more."""
        with self._until_it_is_gone():
            self._stream.flush()

    @contextlib.contextmanager
    def _until_it_is_gone(self) -> Iterator[None]:
        try:
            yield
        except self._forgiven:
            lead_nowhere(self._stream)


def lead_nowhere(stream: TextIO) -> None:
    """Let what was not written yet, and what follows, go nowhere, so that Python's last flush has nothing to say."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def open_closed() -> None:
    """Open the closed ones of stdin, stdout and stderr on nothing, before a pipe of ours gets their number."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)
    os.close(number)
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - lives as long as we do
