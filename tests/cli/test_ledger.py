"""`milestones`, `record`, `ledger`, `doctor`: what is known, and how it is told."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli


def tamper(settings: Settings, statement: str) -> None:
    """Change the ledger behind its triggers' back."""
    connection = sqlite3.connect(settings.ledger)
    for trigger in ("changed", "deleted", "replaced"):
        connection.execute(f"DROP TRIGGER events_are_not_{trigger}")
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_recorded_milestone_is_shown_as_only_said(cli: Cli) -> None:
    assert cli("record", "first-deploy", "--at", "2026-01-05", "--url", "https://example.org/1").code == 0
    assert "only said, not verified" in cli("milestones").out
    line = next(line for line in cli("milestones", "--json").data if line["milestone"] == "first-deploy")
    assert (line["learned"], line["url"]) == ("said", "https://example.org/1")


def test_a_milestone_is_recorded_about_the_project_or_else_about_the_engineer(
    project: Path, cli: Cli, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    ident = ledger.events()[0].subject
    cli("record", "first-deploy")
    assert ledger.events(ident)[-1].data.get("milestone") == "first-deploy"
    monkeypatch.chdir(project.parent)
    cli("record", "first-alert")
    assert ledger.events(ledger.engineer())[-1].data["milestone"] == "first-alert"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["first-deply"], "did you mean `first-deploy`?"),
        (["first-deploy", "--at", "soon"], "is not a time"),
        (["first-deploy", "--at", "2999-01-01"], "lies in the future"),
    ],
)
def test_a_milestone_that_makes_no_sense_is_refused(
    cli: Cli, settings: Settings, arguments: list[str], message: str
) -> None:
    result = cli("record", *arguments)
    assert result.code == 2
    assert message in result.err
    assert not settings.ledger.exists()


def test_looking_never_makes_a_ledger(cli: Cli, settings: Settings) -> None:
    for command in (["milestones"], ["ledger", "log"], ["ledger", "verify"], ["ledger", "path"], ["doctor"], ["list"]):
        cli(*command)
    assert not settings.ledger.exists()


def test_the_path_is_that_of_the_ledger(cli: Cli, settings: Settings) -> None:
    assert cli("ledger", "path").out.strip() == str(settings.ledger)


def test_the_log_has_a_line_per_event(project: Path, cli: Cli) -> None:
    lines = cli("ledger", "log").out.splitlines()
    assert [line.split()[2] for line in lines] == ["path.started", "repository.created"]


def test_an_export_is_cloudevents_without_names(project: Path, cli: Cli) -> None:
    cli("ledger", "export", "out.jsonl")
    lines = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert [line["specversion"] for line in lines] == ["1.0", "1.0"]
    assert lines[1]["type"] == "dev.cdevents.repository.created.0.3.0"
    assert "Ada" not in Path("out.jsonl").read_text()
    assert cli("ledger", "export").out == Path("out.jsonl").read_text()


def test_an_export_that_can_not_be_written_says_so(project: Path, cli: Cli) -> None:
    assert cli("ledger", "export", "check.sh/out").code == 2


def test_a_whole_ledger_verifies(project: Path, cli: Cli) -> None:
    result = cli("ledger", "verify")
    assert result.code == 0
    assert "2 events by 1 writer" in result.out


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE events SET data = '{}' WHERE wseq = 1", "event 1: was changed"),
        ("DELETE FROM events WHERE wseq = 1", "event 2: a gap, 1 is missing"),
    ],
)
def test_a_changed_ledger_does_not_verify(
    project: Path, cli: Cli, settings: Settings, statement: str, message: str
) -> None:
    tamper(settings, statement)
    result = cli("ledger", "verify")
    assert result.code == 7
    assert message in result.err
    assert cli("doctor").code == 4


def test_doctor_is_content_with_a_fresh_project(project: Path, cli: Cli) -> None:
    result = cli("doctor")
    assert result.code == 0
    assert "no telemetry" in result.out
    assert "origin is on the local forge" in result.out
    assert str(Path.home()) not in result.out.replace("~", "")


def test_doctor_names_the_command_for_a_missing_identity(cli: Cli, home: Path) -> None:
    (home / ".gitconfig").unlink()
    result = cli("doctor")
    assert result.code == 4
    assert "git config --global user.name NAME" in result.out


def test_doctor_looks_for_what_a_path_needs(cli: Cli) -> None:
    assert "needs of backend" in cli("doctor", "backend").out
    assert "did you mean `backend`?" in cli("doctor", "backed").err


def test_a_copied_project_gets_an_id_of_its_own(project: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = project.parent / "copy"
    shutil.copytree(project, copy)
    monkeypatch.chdir(copy)
    before = (copy / ".goldenpath.toml").read_text()
    assert "has the same id" in cli("doctor").out
    assert cli("doctor", "--fix", "--no-input").code == 2
    assert (copy / ".goldenpath.toml").read_text() == before
    assert cli("doctor", "--fix", "--yes").code == 0
    assert (copy / ".goldenpath.toml").read_text() != before
    assert (project / ".goldenpath.toml").read_text() == before
    assert cli("check").code == 1


def test_a_clone_is_no_copy(project: Path, cli: Cli, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    clone = project.parent / "clone"
    git(project, "clone", "-q", str(project), str(clone))
    monkeypatch.chdir(clone)
    assert "has the same id" not in cli("doctor").out


def test_a_ledger_that_others_can_read_is_closed(project: Path, cli: Cli, settings: Settings) -> None:
    settings.ledger.chmod(0o644)
    assert "others on this machine can read it" in cli("doctor").out
    assert cli("doctor", "--fix", "--yes").code == 0
    assert settings.ledger.stat().st_mode & 0o777 == 0o600
