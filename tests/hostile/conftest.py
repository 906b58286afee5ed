"""A machine of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import new_machine

if TYPE_CHECKING:
    from pathlib import Path

    from tests.hostile.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An empty machine."""
    return new_machine(tmp_path)
