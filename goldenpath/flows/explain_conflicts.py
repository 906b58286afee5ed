"""Explain the conflicts of a merge: what each side did with a file, and what to type."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.core.updating import Conflict

if TYPE_CHECKING:
    from goldenpath.adapters.merging import Merged

_SIDES = {
    (1, 2, 3): ("you changed it", "changed it as well"),
    (2, 3): ("you added it", "adds a file of that name, too"),
    (1, 2): ("you changed it", "deletes it"),
}
"""What both did, by the sides that the file has: the base, yours, and the template's."""


def explain_conflicts(merged: Merged, title: str) -> tuple[Conflict, ...]:
    """The conflicts, sorted by file. `title` is the new version's."""
    return tuple(_explained(merged, path, title) for path in sorted(merged.stages))


def _explained(merged: Merged, path: str, title: str) -> Conflict:
    sides = tuple(stage.number for stage in merged.stages[path])
    yours, theirs = _SIDES.get(sides, ("", ""))
    has_markers = path in merged.marked
    if _said(merged, path, _OTHER_KINDS):
        said = f"{title} has another kind of thing there: {_said(merged, path, _OTHER_KINDS)}"
        return Conflict(path, "you have a file, a folder or a link of that name", said, _KEEP)
    if not yours:
        said = _said(merged, path, "CONFLICT") or f"{title} did as well"
        return Conflict(path, "you moved or replaced it", said, _KEEP, has_markers)
    return Conflict(path, yours, f"{title} {theirs}", _fix(path, sides, has_markers=has_markers), has_markers)


def _said(merged: Merged, path: str, kinds: str | tuple[str, ...]) -> str:
    """What git says of a file, where it is of these kinds; empty where it says nothing such."""
    texts = (each.text for each in merged.meetings if path in each.paths and each.kind.startswith(kinds))
    return " ".join(" ".join(text.split(": ", 1)[-1].split()) for text in texts)


_OTHER_KINDS = ("CONFLICT (distinct", "CONFLICT (file/directory)")
_KEEP = "see both: git status; keep one with `git add FILE`, and the other with `git rm FILE`"


def _fix(path: str, sides: tuple[int, ...], *, has_markers: bool) -> str:
    name = shlex.quote(path)
    if has_markers:
        return "edit it: keep what is right between the markers, and take them out"
    if sides == (1, 2):
        return f"keep it: git add {name}; or let it go: git rm {name}"
    return f"keep yours: git add {name}; or take the new one: git checkout --theirs {name} && git add {name}"
