"""The README tells the truth: its recorded session is what a terminal shows, line by line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Newcomer

pytestmark = [pytest.mark.network, pytest.mark.slow]

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")


def session() -> list[tuple[str, list[str]]]:
    """The commands of the recorded session, each with the lines that it shows."""
    found = re.search(r"```console\n(.*?)```", README, re.DOTALL)
    assert found is not None
    parts = re.split(r"^\$ ", found[1], flags=re.MULTILINE)[1:]
    return [(part.splitlines()[0], [line for line in part.splitlines()[1:] if line.strip()]) for part in parts]


def masked(line: str) -> str:
    """A line without what changes from run to run: times, spans, folders and the forge's address."""
    line = re.sub(r"origin: .*", "origin: ...", line)
    line = re.sub(r"/\S*/playlist-api", "PROJECT", line)
    line = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME", line)
    return re.sub(r"(, )?\d+ (s|min) (after the start|since you began)", " SPAN", line).rstrip()


def test_the_recorded_session_is_what_a_terminal_shows(newcomer: Newcomer) -> None:
    newcomer.run("git", "config", "--global", "user.name", "Ada Example")
    newcomer.run("git", "config", "--global", "user.email", "ada@example.org")
    folder = newcomer.folder
    seen: list[str] = []
    for command, lines in session():
        if command.startswith("cd "):
            folder /= command.removeprefix("cd ")
            continue
        is_failing = any(line.startswith("Not yet.") for line in lines)
        out = newcomer.run(*shlex.split(command), folder=folder, code=1 if is_failing else 0)
        shown = [masked(line) for line in out.splitlines()]
        for line in lines:
            assert line == "..." or masked(line) in shown, f"$ {command}: {line}\n{out}"
        seen.append(command)
    assert len(seen) == 7
