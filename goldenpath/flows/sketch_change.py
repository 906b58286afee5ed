"""Sketch what a new version changes: which files, on which lines, under which names, as git's own merge sees it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.adapters import trees
from goldenpath.core.edit_places import SMALL, far_gaps, hunks_of, lines_of, meant_hunks
from goldenpath.flows.find_project import ANSWERS, IDENTITY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from goldenpath.adapters.trees import Workshop
    from goldenpath.core.edit_places import Hunk

NOT_EDITED = frozenset({ANSWERS, IDENTITY, ".gitattributes"})
"""Files that are ours, or that say how everything is merged."""
_ALIKE = 30
"""Of how many percent two files are alike at least, when one is the other written anew; git asks for 50."""


@dataclass(frozen=True, slots=True)
class Change:
    """One text that the new version changes: its lines before, what is changed, and the gaps far from that.

    One that `is_restyled` has no such gap, but for changes of white space and numbers alone: then these are taken.
    """

    path: str
    after: str
    lines: tuple[bytes, ...]
    hunks: tuple[Hunk, ...]
    far: tuple[int, ...]
    is_restyled: bool


@dataclass(frozen=True, slots=True)
class Sketch:
    """What a new version changes in the old one's files.

    `changed` are texts; `others` any files that are changed otherwise; `unchanged` are texts, with their lines; `added`
    are names; `folders` are those that get another name; `rewritten` have a file's old name and its new one, when that
    is so different that git takes it for another file.
    """

    changed: tuple[Change, ...]
    others: tuple[str, ...]
    unchanged: Mapping[str, tuple[bytes, ...]]
    added: tuple[str, ...]
    folders: tuple[str, ...]
    rewritten: Mapping[str, str]
    renamed: Mapping[str, str]


def sketch_change(shop: Workshop, before: Path, after: Path, base: str, theirs: str) -> Sketch:
    """The sketch of what lies between two renders, whose trees are `base` and `theirs`."""
    found = trees.changes_between(shop, base, theirs, finds_renames=True)
    changes = [each for each in found if each[0] in "MR"]
    patches = shop.git("diff", "-U0", "--diff-filter=MR", *_AS_MERGED, base, theirs)
    renamed = {old or path: path for letter, path, old in changes if letter == "R"}
    texts: list[Change] = []
    others: list[str] = []
    for (_, path, old), hunks in zip(changes, hunks_of(patches), strict=True):
        lines = _text(before, old or path)
        if (old or path) in _edited([old or path]):
            if lines is None:
                others.append(old or path)
            elif lines or not old:  # git takes no empty file for another one's new name
                texts.append(_change(after, path, old or path, lines, hunks))
    touched = {each for _, path, old in found for each in (path, old)}
    whole = {path: _text(before, path) for path in _edited(_files(before)) if path not in touched}
    gone = {path for letter, path, _ in found if letter == "D"}
    added = tuple(_edited(path for letter, path, _ in found if letter == "A"))
    return Sketch(
        changed=tuple(texts),
        others=tuple(others),
        unchanged={path: lines for path, lines in whole.items() if lines is not None},
        added=tuple(path for path in added if _fits(before, path)),
        folders=tuple(_renamed_folders(renamed, after)),
        rewritten={old: new for old, new in _alike(shop, base, theirs) if old in gone and _is_long(before, old)},
        renamed=renamed,
    )


_AS_MERGED = ("--histogram", "--find-renames", "--no-color", "--no-ext-diff", "--no-textconv")
"""How merge-ort compares."""


def _change(after: Path, path: str, old: str, lines: tuple[bytes, ...], hunks: tuple[Hunk, ...]) -> Change:
    far = far_gaps(len(lines), hunks)
    is_restyled = not far and len(lines) >= SMALL
    if is_restyled:
        far = far_gaps(len(lines), meant_hunks(lines, _text(after, path) or ()))
    return Change(old, path, lines, hunks, tuple(far), is_restyled and bool(far))


def _edited(paths: Iterable[str]) -> Iterator[str]:
    return (path for path in paths if PurePosixPath(path).name not in NOT_EDITED)


def _text(folder: Path, path: str) -> tuple[bytes, ...] | None:
    """The lines of a file; None for what is no text."""
    file = folder / path
    if file.is_symlink() or not file.is_file():
        return None
    content = file.read_bytes()
    return None if b"\0" in content else tuple(lines_of(content))


def _is_long(folder: Path, path: str) -> bool:
    return len(_text(folder, path) or ()) >= SMALL


def _files(folder: Path) -> Iterator[str]:
    return (file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*")) if file.is_file())


def _fits(folder: Path, path: str) -> bool:
    """Whether a file of that name can be made beside what is there."""
    above = [folder / part for part in PurePosixPath(path).parents]
    taken = (folder / path).exists() or (folder / path).is_symlink()
    return not taken and all(each.is_dir() or not (each.exists() or each.is_symlink()) for each in above)


def _renamed_folders(renamed: Mapping[str, str], after: Path) -> Iterator[str]:
    """The folders that are not there any more, and whose files have the same names in another one."""
    moves = [(PurePosixPath(old), PurePosixPath(new)) for old, new in renamed.items()]
    folders = {old.parent for old, new in moves if old.name == new.name and old.parent != new.parent}
    return (str(folder) for folder in sorted(folders) if not (after / folder).exists())


def _alike(shop: Workshop, base: str, theirs: str) -> Iterator[tuple[str, str]]:
    """Each old name with its new one, where the files are alike enough to be one, though git may not say so."""
    found = shop.git("diff", "-z", "--name-status", f"--find-renames={_ALIKE}%", "--diff-filter=R", base, theirs)
    parts = [part for part in found.split("\0") if part]
    return zip(parts[1::3], parts[2::3], strict=True)
