"""The end of a log holds as many lines as are asked for, however long they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.production.supervisor import log_end

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("asked", [1, 20, 2999, 3000, 3001, 9999])
def test_as_many_lines_come_as_are_asked_for(asked: int, tmp_path: Path) -> None:
    lines = [f"{number} {'é' * (number % 90)}" for number in range(5000)]
    (tmp_path / "a.log").write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    assert log_end(tmp_path / "a.log", asked).split("\n") == lines[-asked:]


def test_a_line_that_is_longer_than_a_piece_is_whole(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("first\n" + "x" * 50_000 + "\nlast\n")
    assert log_end(tmp_path / "a.log", 2) == "x" * 50_000 + "\nlast"


@pytest.mark.parametrize("text", ["", "\n\n", "one", "one\n", "one\r\ntwo\r\n", "one\x0btwo\x85three"])
def test_only_a_new_line_ends_a_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(text.encode())
    assert log_end(tmp_path / "a.log", 9) == text.replace("\r", "").strip("\n")


def test_a_log_that_is_not_there_has_no_end(tmp_path: Path) -> None:
    assert log_end(tmp_path / "a.log") == ""
