"""A machine of its own for each test, and a server that only those reach who have this machine's network."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import new_machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.hostile.machine import Machine


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """An empty machine."""
    return new_machine(tmp_path)


@pytest.fixture
def port() -> Iterator[int]:
    """A port of this machine on which somebody takes every call."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield server.getsockname()[1]
