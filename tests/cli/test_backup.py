"""`ledger backup`: where it can't be written, the message names the backup and nothing is left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.trouble.engineer import Engineer


def test_a_backup_is_told_with_its_number_of_events(engineer: Engineer) -> None:
    ended = engineer("ledger", "backup", "copy", "--json")
    assert (ended.code, ended.data) == (0, {"file": str(engineer.project / "copy"), "events": 2})


def test_a_file_that_is_there_is_in_the_way(engineer: Engineer) -> None:
    (engineer.project / "copy").touch()
    ended = engineer("ledger", "backup", "copy")
    assert ended.code == 5
    assert "is there already" in ended.err
    assert (engineer.project / "copy").read_bytes() == b""


def test_a_folder_that_can_not_be_written_is_named(engineer: Engineer) -> None:
    folder = engineer.root / "shut"
    folder.mkdir(mode=0o500)
    ended = engineer("ledger", "backup", folder / "copy")
    assert ended.code == 5
    assert ended.err.startswith(f"error: {folder}: Permission denied\nhint: ")
    assert list(folder.iterdir()) == []


def test_a_full_disk_is_that_of_the_backup(engineer: Engineer) -> None:
    folder = engineer.root / "small"
    folder.mkdir()
    engineer.around = replace(engineer.around, room_bytes=20_000)
    ended = engineer("ledger", "backup", folder / "copy")
    assert ended.code == 7
    assert ended.err.startswith(f"error: the backup {folder / 'copy'}: disk I/O error\nhint: name a file on a disk")
    assert list(folder.iterdir()) == []
    engineer.around = replace(engineer.around, room_bytes=0)
    assert engineer("ledger", "verify").code == 0
