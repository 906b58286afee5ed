"""Guards: no test sees the real home, the real ledger, git settings from outside, or a network other than loopback."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import pytest

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.settings import Settings, prepare_environment, read_settings

if TYPE_CHECKING:
    from collections.abc import Callable

REAL_DATA = str(platformdirs.user_data_path("goldenpath", appauthor=False))
REAL_HOME = os.environ.get("HOME", "")
UV_CACHE = os.environ.get("UV_CACHE_DIR") or str(platformdirs.user_cache_path("uv", appauthor=False))
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BACKEND = Path(__file__).parent.parent / "templates" / "backend"


def _guard(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "sqlite3.connect" and str(arguments[0]).startswith(REAL_DATA):
        raise AssertionError("a test opens the real ledger")
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in {"127.0.0.1", "::1"}:
        raise AssertionError(f"a test connects to {arguments[1]}")


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home with all our state in it, and an identity for git."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("UV_CACHE_DIR", UV_CACHE)
    for name in [name for name in os.environ if name.startswith(("GIT_", "XDG_", "GOLDENPATH"))]:
        monkeypatch.delenv(name)
    for name in ("CI", "FORCE_COLOR", "NO_COLOR", "GITHUB_ACTIONS", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("GOLDENPATH_HOME", str(folder / "goldenpath"))
    monkeypatch.setenv("PATH", os.environ["PATH"])
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (folder / ".gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n")
    prepare_environment()
    return folder


@pytest.fixture
def settings() -> Settings:
    """Where the test's state lives."""
    return read_settings()


@pytest.fixture
def ledger(settings: Settings) -> Ledger:
    """An empty ledger."""
    return Ledger(settings.ledger)


@pytest.fixture
def git() -> Callable[..., str]:
    """Real git: `git(folder, "commit", ...)` gives what it prints."""

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run
