"""Where pull requests live: one file per forge, and one line in `FORGES`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.forges import local

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import ModuleType

FORGES: Mapping[str, ModuleType] = {"local": local}

__all__ = ["FORGES", "local"]
