"""Running the command line in this process, and a project of the tiny path to run it in."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.cli.boundary import main
from tests.trouble.children import Children
from tests.trouble.engineer import set_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.trouble.engineer import Engineer

SAMPLES = Path(__file__).parent.parent / "samples"


@dataclass(frozen=True)
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        """What its one JSON object holds under `data`."""
        return json.loads(self.out)["data"]


@dataclass(frozen=True)
class Cli:
    """`cli("start", "tiny")` runs a command line and gives how it ended."""

    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Result:
        self.capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        captured = self.capsys.readouterr()
        return Result(code, captured.out, captured.err)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line, in an empty working folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return Cli(capsys)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A copy of the tiny template."""
    return Path(shutil.copytree(SAMPLES / "tiny", tmp_path / "templates" / "tiny"))


@pytest.fixture
def project(cli: Cli, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project that was started from the tiny template; it is the working folder."""
    result = cli("start", tiny, "proj", "--defaults", "--no-input", "--trust")
    assert result.code == 0, result.err
    root = Path.cwd() / "proj"
    monkeypatch.chdir(root)
    yield root
    os.chdir("/")


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engineer]:
    """An engineer whose things are saved, to be brought back for each test."""
    root = tmp_path_factory.mktemp("engineer")
    children = Children(root)
    try:
        engineer = set_up(root / "all", children)
        engineer.save()
        yield engineer
    finally:
        children.end()


@pytest.fixture
def engineer(settled: Engineer) -> Engineer:
    """An engineer who started a project, and did nothing in it yet; commands run in processes of their own."""
    settled.restore()
    return settled
