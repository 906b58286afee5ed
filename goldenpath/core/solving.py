"""Writing a solution: a project that stands before a step, and what an author changed in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Answers


@dataclass(frozen=True, slots=True)
class Opened:
    """A project as it stands before a step. `applied` are the earlier steps whose solutions lie over it.

    `template` is the author's folder, and `home` what GOLDENPATH_HOME is for this project alone.
    """

    step: str
    root: Path
    template: Path
    applied: tuple[str, ...]
    home: Path


@dataclass(frozen=True, slots=True)
class Literal:
    """A part of a solution that holds the answer to a question word for word, which other answers don't fit."""

    file: str
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What an author changed: new files by their names, and everything else as a patch. `commits` are their own."""

    step: str
    root: Path
    template: Path
    files: tuple[str, ...]
    patch: str
    changed: tuple[str, ...]
    literals: tuple[Literal, ...]
    commits: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The solution as it was written: its folder, the names in it, and whether a run.sh was left as it was."""

    step: str
    folder: Path
    written: tuple[str, ...]
    changed: tuple[str, ...]
    literals: tuple[Literal, ...]
    commits: int
    has_script: bool


def literals_in(file: str, text: str, answers: Answers) -> list[Literal]:
    """Answers that stand in a text or in its file's name; yes, no and short ones, which may be chance, are left out."""
    values = {question: str(value) for question, value in answers.items() if not isinstance(value, bool | list | dict)}
    telling = {question: value for question, value in values.items() if len(value) >= _LEAST_LETTERS}
    return [Literal(file, name, value) for name, value in telling.items() if value in text or value in file]


_LEAST_LETTERS = 4
