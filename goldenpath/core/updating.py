"""The nouns of `update`: what a newer version brings, where it meets the engineer's work, and what is unfinished."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldenpath.core.model import Json

YOURS = "yours"
"""What the engineer's side is called between conflict markers."""
OPENS = re.compile(rb"<+ " + YOURS.encode() + rb"(:.*)?")
"""The line that opens a conflict in a file: longer where both sides moved it, and with its name where one did."""


class ChangeKind(StrEnum):
    """What an update does to a file."""

    ADDED = "added"
    CHANGED = "changed"
    DELETED = "deleted"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class Change:
    """What an update does to one file of the project. `before` is the name that a renamed one had."""

    kind: ChangeKind
    path: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Where both sides want something else: what each did, and how to settle it. It may be marked in the file."""

    path: str
    yours: str
    theirs: str
    fix: str
    has_markers: bool = False


@dataclass(frozen=True, slots=True)
class AnswerChange:
    """An answer that is another one after the update. `before` is None for a question that is new."""

    question: str
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class Update:
    """What an update does, or did. `before` and `after` are versions; `deleted` are files that the engineer deleted
    and the new version changes: they stay deleted. `commands` are the template's migrations, which are not run.
    """

    project: str
    root: str
    template: str
    source: str
    before: str
    after: str
    changes: tuple[Change, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    deleted: tuple[str, ...] = ()
    answers: tuple[AnswerChange, ...] = ()
    steps: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    message: str = ""
    diff: str = ""
    source_before: str = ""
    """Where the template came from, when that is another place now."""

    @property
    def is_nothing(self) -> bool:
        """The project is there already."""
        return not self.changes and not self.conflicts


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An update that stands in the project and is not committed. `head` was the commit, `tree` is what was made.

    `below` is the project's folder in the repository, with a `/`, or empty. `touched` are the files of the repository
    that it changes, `open` those in conflict, `marked` those that say where. It `is_applying` while it is being laid
    over the project or taken back. `event` is the id of the event to come.
    """

    project: str
    template: str
    source: str
    before: str
    after: str
    head: str
    tree: str
    below: str
    touched: tuple[str, ...]
    open: tuple[str, ...]
    marked: tuple[str, ...]
    event: str
    is_applying: bool = False
    source_before: str = ""

    @property
    def title(self) -> str:
        """What it brings."""
        return f"{self.template} {self.after}"


@dataclass(frozen=True, slots=True)
class Finished:
    """An update that is committed."""

    project: str
    root: str
    template: str
    before: str
    after: str
    commit: str
    source_before: str = ""
