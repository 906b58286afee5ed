"""Bringing a ledger back, as docs/how-to/mend-a-ledger.md says: no event is lost, and nothing is forked by it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.audit import audit

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from tests.cli.conftest import Cli


def said(ledger: Ledger) -> list[str]:
    return [str(event.data["milestone"]) for event in ledger.events() if "milestone" in event.data]


def damage_after_a_backup(cli: Cli, ledger: Ledger) -> Path:
    """A backup, a later event that is in an export only, and a damaged ledger with an event in the spool."""
    assert cli("ledger", "backup", "backup.sqlite3").code == 0
    assert cli("record", "first-deploy").code == 0
    assert cli("ledger", "export", "newest.jsonl").code == 0
    ledger.path.write_bytes(ledger.path.read_bytes()[:20_000])
    skipped = cli("skip")
    assert skipped.code == 0
    assert "kept in the spool" in skipped.err
    ledger.path.rename("damaged.sqlite3")
    return Path("backup.sqlite3")


def test_a_backup_and_a_newer_export_are_the_whole_history_without_a_fork(
    project: Path, cli: Cli, ledger: Ledger
) -> None:
    before = ledger.known_writer()
    damage_after_a_backup(cli, ledger).rename(ledger.path)
    imported = cli("ledger", "import", "newest.jsonl")
    assert imported.code == 0
    assert "its next event gets a new one" in imported.err
    verified = cli("ledger", "verify", "--against", "newest.jsonl")
    assert verified.code == 0, verified.err
    assert "all that newest.jsonl holds is here" in verified.out
    assert said(ledger) == ["first-deploy"]
    assert ledger.events()[-1].type.endswith("step.skipped.0.1.0")
    assert ledger.events()[-1].writer == ledger.known_writer() != before


def test_who_goes_on_without_the_import_has_a_fork_in_which_nothing_is_lost(
    project: Path, cli: Cli, ledger: Ledger
) -> None:
    damage_after_a_backup(cli, ledger).rename(ledger.path)
    assert cli("record", "exposed").code == 0
    imported = cli("ledger", "import", "newest.jsonl", "--json").data
    assert [fork["number"] for fork in imported["forks"]] == [3]
    assert sorted(said(ledger)) == ["exposed", "first-deploy"]
    assert cli("ledger", "verify").code == 7


def test_a_backup_that_was_brought_back_is_that_of_the_same_engineer(project: Path, cli: Cli, ledger: Ledger) -> None:
    engineer, people = ledger.engineer(), ledger.people()
    damage_after_a_backup(cli, ledger).rename(ledger.path)
    assert cli("status").code == 0
    assert (ledger.engineer(), ledger.people()) == (engineer, people)
    assert ledger.path.stat().st_mode & 0o777 == 0o600


def test_without_a_backup_an_export_brings_the_progress_and_not_the_engineer(
    project: Path, cli: Cli, ledger: Ledger
) -> None:
    damage_after_a_backup(cli, ledger)
    assert cli("ledger", "import", "newest.jsonl").code == 0
    assert cli("status", "--json").data["started_at"] is not None
    assert audit(ledger).is_sound
    assert {line["at"] for line in cli("milestones", "--json").data} == {None}
