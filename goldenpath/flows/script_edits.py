"""Scripted edits: what people do to their projects between two versions of the template, done to a copy of a render."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldenpath.core.edit_places import lines_of, near_gaps, with_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from goldenpath.flows.sketch_change import Sketch

MARK = "a line of yours, in a proof:"
"""What every line begins with that a scripted edit writes."""


@dataclass
class Edited:
    """A copy of the old render as somebody edited it: each line that they wrote with its file, and what they took away.

    `was` has the name in the old render of a file that they moved.
    """

    folder: Path
    edit: str
    lines: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    was: dict[str, str] = field(default_factory=dict)

    def line(self, path: str) -> bytes:
        """A new line for a file, like no other."""
        text = f"{MARK} {self.edit} {len(self.lines) + 1}"
        self.lines[text] = path
        return text.encode()

    def add(self, path: str, lines: Sequence[bytes], gaps: Iterable[int]) -> None:
        """Write a line into each gap of a file."""
        added = [(gap, self.line(path)) for gap in gaps]
        if added:
            (self.folder / path).write_bytes(with_lines(lines, added))

    def make(self, path: str) -> None:
        """Write a new file."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"".join(self.line(path) + b"\n" for _ in range(3)))


def _far(sketch: Sketch, edited: Edited) -> None:
    for change in sketch.changed:
        edited.add(change.path, change.lines, change.far)
    for path, lines in sketch.unchanged.items():
        edited.add(path, lines, [len(lines)])
    for path in sketch.rewritten:
        content = lines_of((edited.folder / path).read_bytes())
        edited.add(path, content, [len(content) // 2])


def _near(sketch: Sketch, edited: Edited) -> None:
    for change in sketch.changed:
        edited.add(change.path, change.lines, near_gaps(len(change.lines), change.hunks))


def _same(sketch: Sketch, edited: Edited) -> None:
    for change in sketch.changed:
        lines = list(change.lines)
        for hunk in change.hunks:
            if hunk.end > hunk.start:
                lines[hunk.start] = edited.line(change.path) + b"\n"
        (edited.folder / change.path).write_bytes(b"".join(lines))


def _deleted(sketch: Sketch, edited: Edited) -> None:
    edited.gone = [*(change.path for change in sketch.changed), *sketch.others]
    for path in edited.gone:
        (edited.folder / path).unlink()


def _renamed(sketch: Sketch, edited: Edited) -> None:
    """Files that the new version moves, too, are left: two names for one file are a conflict, and rightly so."""
    place = next(name for name in ("moved", "moved-by-you", "moved-away") if not (edited.folder / name).exists())
    known: set[bytes] = set()
    for change in sketch.changed:
        content = b"".join(change.lines)
        if change.path == change.after and content and content not in known:
            known.add(content)  # which of two equal files went where can't be told
            new = edited.folder / place / change.path
            new.parent.mkdir(parents=True, exist_ok=True)
            (edited.folder / change.path).rename(new)
            edited.gone.append(change.path)
            edited.was[f"{place}/{change.path}"] = change.path


def _added(sketch: Sketch, edited: Edited) -> None:
    for path in sketch.added:
        edited.make(path)


def _inside(sketch: Sketch, edited: Edited) -> None:
    for folder in sketch.folders:
        edited.make(f"{folder}/written-by-you.txt")


def _none(_sketch: Sketch, _edited: Edited) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody does. `conflict` says what one after it means, with `{path}`; empty where conflicts are right."""

    do: Callable[[Sketch, Edited], None]
    conflict: str = ""


EDITS: Mapping[str, Edit] = {
    "none": Edit(_none, "a project in which nobody wrote anything ends in a conflict over {path}"),
    "far": Edit(_far, "a line in {path}, 4 or more away from every change, ends in a conflict"),
    "near": Edit(_near),
    "same": Edit(_same),
    "deleted": Edit(_deleted, "a project in which {path} was deleted ends in a conflict"),
    "renamed": Edit(_renamed, "a project in which {path} was moved elsewhere ends in a conflict"),
    "added": Edit(_added),
    "inside": Edit(_inside, "a new file in a folder that is renamed ends in a conflict over {path}"),
}
"""By name: the edits, all of whose kind are made at once."""
