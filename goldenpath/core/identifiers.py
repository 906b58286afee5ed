"""Identifiers: UUIDv7 for events, short random ids for projects, engineers and writers."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


def event_id(moment: datetime) -> str:
    """A UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then version, variant and chance."""
    milliseconds = int(moment.timestamp() * 1000) & ((1 << 48) - 1)
    chance = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (chance >> 68) << 64 | 0b10 << 62 | chance & ((1 << 62) - 1)
    return str(uuid.UUID(int=value))


def mint(prefix: str) -> str:
    """A random id of 80 bits, readable and safe in file names, like `prj-5f0c...`."""
    return f"{prefix}-{os.urandom(10).hex()}"
