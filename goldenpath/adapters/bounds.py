"""Bounds on what somebody else's Jinja or YAML may take of this process: seconds, and memory."""

from __future__ import annotations

import contextlib
import resource
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from goldenpath.adapters.settings import read_limits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

MOST_SECONDS = 10.0
"""For one text, unless a whole render may take less; ours take a hundredth of a second."""
MOST_MEMORY = 2 * 1024**3
"""Bytes more than before, while one text is read."""
_MOST_REPEATED = 10_000_000
"""Digits of a number, or letters of a text."""


class TooMuchError(Exception):
    """It took too long."""


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Raise TooMuchError after MOST_SECONDS, MemoryError after MOST_MEMORY; only the main thread can be bounded.

    Raises UsageError for a limit of a render that is no amount.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seconds = min(MOST_SECONDS, read_limits().seconds)

    def too_much(_number: int, _frame: FrameType | None) -> NoReturn:
        raise TooMuchError(f"takes longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, too_much)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_address_space() + MOST_MEMORY, limits[1]))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, limits)


def _address_space() -> int:
    """Bytes of address space that this process has. Raises OSError where the system doesn't tell, as on macOS."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()


def modest(operator: str, left: Any, right: Any) -> None:
    """Refuse what one stroke of C would make enormous, which no clock can interrupt. Raises OverflowError."""
    if operator == "**" and isinstance(left, int) and isinstance(right, int):
        size = abs(left).bit_length() * abs(right)
    elif operator == "*" and isinstance(left, int) != isinstance(right, int):
        count, repeated = (left, right) if isinstance(left, int) else (right, left)
        size = count * len(repeated) if hasattr(repeated, "__len__") else 0
    else:
        return
    if size > _MOST_REPEATED:
        raise OverflowError(f"`{operator}` makes something enormous")
