"""Reports as JSON: dataclasses become objects, times RFC 3339, paths and enumerations text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.core.times import stamp

if TYPE_CHECKING:
    from goldenpath.core.model import Json

SCHEMA = 1
"""The number of the JSON contract; keys only ever get added to it."""


def jsonable(value: object) -> Json:
    """`value` in the words of JSON. Raises TypeError for what has none."""
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, Path):
        return str(value)
    if is_dataclass(value):
        return {item.name: jsonable(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    raise TypeError(f"no JSON for {type(value).__name__}")
