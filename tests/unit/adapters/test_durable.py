"""Files that are there whole or not at all."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters import durable

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_is_written_with_its_folders_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "it.json"
    durable.write_whole(path, "é\n")
    assert path.read_text(encoding="utf-8") == "é\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "it.json"
    durable.write_whole(path, "before")
    with pytest.raises(UnicodeEncodeError):
        durable.write_whole(path, "half, then \ud800")
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["it.json"]


def test_a_place_that_is_a_folder_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "it").mkdir()
    with pytest.raises(OSError, match="it"):
        durable.write_whole(tmp_path / "it", "text")
    assert [file.name for file in tmp_path.iterdir()] == ["it"]


def test_a_reader_never_sees_half_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "it"
    durable.write_whole(path, "first")
    with path.open() as reader:
        durable.write_whole(path, "second")
        assert reader.read() == "first"
    assert path.read_text() == "second"
