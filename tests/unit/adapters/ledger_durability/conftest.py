"""Figures that a run is worth reading for."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Show a line in pytest's own output, also when the test passes."""

    def show(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n    {line}\n")

    return show
