"""The command line in this process, and the ground that the tests of updates stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.settings import prepare_environment
from tests.cli.conftest import Cli
from tests.updates.actions import ACTIONS, TEMPLATE
from tests.updates.ground import Ground, lay_ground

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str]) -> Cli:
    """The command line."""
    return Cli(capsys)


@pytest.fixture(scope="session")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The ground, made once."""
    folder = tmp_path_factory.mktemp("ground")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(folder))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        (folder / ".gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n")
        prepare_environment()
        return lay_ground(folder, TEMPLATE, ACTIONS, patch)


@pytest.fixture
def ground(laid: Ground, home: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """The ground; what was fetched and rendered for one test is there for the next."""
    monkeypatch.setenv("GOLDENPATH_HOME", str(laid.home))
    return laid
