"""A file of somebody else is read when it is one, and in its folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.reading import MOST_BYTES, read_text
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_text_comes_without_mark_and_with_plain_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("\ufeffé\r\nb\rc\n".encode())
    assert read_text(tmp_path / "a", tmp_path, hint="") == "é\nb\nc\n"


def test_a_link_inside_the_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").symlink_to("a")
    assert read_text(tmp_path / "b", tmp_path, hint="") == "x"


@pytest.mark.parametrize("make", [lambda file: file, lambda file: file.symlink_to("nowhere")])
def test_what_is_not_there_is_not_found(tmp_path: Path, make: Callable[[Path], object]) -> None:
    make(tmp_path / "a")
    with pytest.raises(FileNotFoundError):
        read_text(tmp_path / "a", tmp_path, hint="")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda file: file.symlink_to("/etc/passwd"), "is a link that leaves"),
        (lambda file: file.symlink_to("/dev/zero"), "is a link that leaves"),
        (os.mkfifo, "no file that can be read"),
        (lambda file: file.mkdir(), "no file that can be read"),
        (lambda file: file.write_bytes(bytes(MOST_BYTES + 1)), "is longer than"),
        (lambda file: file.write_bytes(b"\xff"), "not UTF-8"),
    ],
)
def test_anything_else_is_refused_by_name(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    make(tmp_path / "a.txt")
    with pytest.raises(TemplateError, match=f"a.txt.*{words}") as refused:
        read_text(tmp_path / "a.txt", tmp_path, hint="look")
    assert refused.value.hint == "look"
