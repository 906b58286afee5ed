"""`goldenpath ledger export`: every line of a real walk keeps the published standards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from tests.cli.test_pull_requests import branch_with
from tests.interchange import faults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from goldenpath.adapters.ledger.book import Ledger
    from tests.cli.conftest import Cli

OF_PRODUCTION = {ev.SERVICE_DEPLOYED, ev.SERVICE_ROLLED_BACK, ev.SERVICE_REMOVED}
"""tests/cli/test_production_contract.py holds an export with these to the standards."""


def walk(cli: Cli, project: Path, git: Callable[..., str]) -> None:
    """A walk in which every type of event happens, but for those of production."""
    assert cli("check").code == 1
    cli("hint")
    cli("skip")
    cli("goto", "say-hello")
    cli("solution", "--yes")
    cli("solution", "--apply", "--yes")
    assert cli("check").code == 0
    assert cli("check", "--answer", "red").code == 0
    (project / "hello.txt").unlink()
    assert cli("check", "--all").code == 1
    (project / "hello.txt").write_text("hello red\n")
    branch_with(git, project, "topic", "a.txt")
    assert cli("pr", "open").code == 0
    assert cli("pr", "merge").code == 0
    cli("goto", "say-hello")
    assert cli("check").code == 0
    assert cli("check", "share-it").code == 0
    assert cli("record", "first-deploy", "--url", "https://example.org/1").code == 0
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--allow-empty", "--message", "Mine")
    updated = cli("update", "--no-input", "-d", "colour=green")
    assert updated.code == 0, updated.err
    assert cli("update", "--continue").code == 0


def test_every_line_of_an_export_keeps_the_published_standards(
    project: Path, cli: Cli, git: Callable[..., str], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk(cli, project, git)
    monkeypatch.chdir(project.parent)
    assert cli("record", "first-alert").code == 0
    lines = [json.loads(line) for line in cli("ledger", "export").out.removesuffix("\n").split("\n")]
    assert {line["type"] for line in lines} == set(ev.EVENT_TYPES) - OF_PRODUCTION
    assert [(line["id"], fault) for line in lines for fault in faults(line)] == []
    assert [line["data"]["customData"] for line in lines] == [dict(event.data) for event in ledger.events()]
