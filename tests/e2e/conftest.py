"""The built wheel in an environment of its own, and a person with an empty HOME."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import UV_CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of scripts of an environment into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("wheel")
    wheels = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run(wheels, check=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder / "env")], check=True)
    wheel = next(folder.glob("*.whl"))
    pip = [str(folder / "env/bin/pip"), "install", "--quiet", "--disable-pip-version-check", f"{wheel}[prod]"]
    subprocess.run(pip, check=True)
    return folder / "env" / "bin"


@dataclass(frozen=True)
class Newcomer:
    """Somebody with an empty HOME, a working folder, and goldenpath on the PATH."""

    home: Path
    folder: Path
    environment: dict[str, str]

    def run(self, *command: str, folder: Path | None = None, code: int = 0) -> str:
        """What a command prints; it must end with `code`."""
        done = subprocess.run(
            command, cwd=folder or self.folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def newcomer(installed: Path, tmp_path: Path) -> Newcomer:
    """A newcomer who has nothing yet but the wheel, git and an address for their commits."""
    home = tmp_path / "home"
    work = tmp_path / "work"
    home.mkdir()
    work.mkdir()
    certificates = {name: value for name, value in os.environ.items() if "CERT" in name or "CA_BUNDLE" in name}
    environment = {
        **certificates,
        "HOME": str(home),
        "PATH": os.pathsep.join([str(installed), "/usr/local/bin", "/usr/bin", "/bin"]),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "UV_CACHE_DIR": UV_CACHE,
    }
    return Newcomer(home, work, environment)


@pytest.fixture
def free_port() -> int:
    """A port of this machine on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def stopping(tmp_path: Path) -> Iterator[None]:
    """Afterwards, end the service that a solution started, by the id that it kept."""
    yield
    for file in tmp_path.rglob(".git/service.pid"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(file.read_text()), signal.SIGTERM)
