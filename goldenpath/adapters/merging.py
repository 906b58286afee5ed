"""Merging what a template changed into what an engineer wrote, with git's own merge (merge-ort)."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING

from goldenpath.adapters.repo import GitError, tells
from goldenpath.adapters.trees import entry_of, with_entries
from goldenpath.core.updating import YOURS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from goldenpath.adapters.trees import Workshop

_HOW = ("merge.conflictStyle=diff3", "merge.directoryRenames=true", "merge.renames=true", "merge.renameLimit=10000")
_TEXTS = frozenset({"100644", "100755"})


@dataclass(frozen=True, slots=True)
class Sides:
    """Three trees, and what the outer two are called where they meet: `before` and `after` are the template's.

    `attributes` are the blobs, by path, that say how the project's files are to be merged.
    """

    base: str
    ours: str
    theirs: str
    before: str
    after: str
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Stage:
    """One side of a file in conflict: 1 is the base, 2 ours, 3 theirs."""

    number: int
    mode: str
    blob: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """What git says of one place where both sides changed something."""

    paths: tuple[str, ...]
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The tree that a merge makes, and where it could not: the sides by file, and what git says of them.

    `marked` are the files that hold conflict markers.
    """

    tree: str
    stages: Mapping[str, tuple[Stage, ...]]
    meetings: tuple[Meeting, ...]
    marked: frozenset[str] = frozenset()


def merge(shop: Workshop, sides: Sides) -> Merged:
    """Merge what `theirs` changed since `base` into `ours`.

    A commit of our tree on the base stands in for `--merge-base`, which `git merge-tree` has from 2.40 on.
    """
    base = shop.git("commit-tree", sides.base, "-m", sides.before)
    names = [YOURS, _name(sides.after)]
    commits = [shop.git("commit-tree", tree, "-p", base, "-m", "side") for tree in (sides.ours, sides.theirs)]
    refs = (f"create refs/heads/{name} {commit}\n" for name, commit in zip(names, commits, strict=True))
    shop.git("update-ref", "--stdin", text="".join(refs))
    at = _with_attributes(shop, sides.attributes) if sides.attributes else shop.folder
    options = [part for setting in _HOW for part in ("-c", setting)]
    said = _merge_tree(shop, at, [*options, "merge-tree", "--write-tree", "-z", "--messages", *names])
    found = _read(said)
    named = {path: _named(shop, found.tree, path, base, sides.before) for path in found.stages}
    marked = {path: entry for path, entry in named.items() if entry}
    return replace(found, tree=with_entries(shop, found.tree, marked), marked=frozenset(marked))


def _merge_tree(shop: Workshop, at: Path, arguments: list[str]) -> str:
    """What `git merge-tree` prints in a work tree; it ends with 1 when there are conflicts."""
    code, out, said = tells(at, *arguments, **{**shop.environment, "GIT_WORK_TREE": str(at)})
    if code > 1:
        raise GitError(arguments, code, said)
    return out


def _read(said: str) -> Merged:
    """What `git merge-tree -z --messages` prints: the tree, the files in conflict, and messages about paths."""
    parts = iter(said.split("\0"))
    tree = next(parts)
    stages: dict[str, list[Stage]] = defaultdict(list)
    for line in iter(lambda: next(parts, ""), ""):
        meta, path = line.split("\t", 1)
        mode, blob, number = meta.split()
        stages[path].append(Stage(int(number), mode, blob))
    meetings: list[Meeting] = []
    for count in parts:
        if count:
            paths = tuple(islice(parts, int(count)))
            meetings.append(Meeting(paths, next(parts), next(parts)))
    return Merged(tree, {path: tuple(found) for path, found in stages.items()}, tuple(meetings))


def _named(shop: Workshop, tree: str, path: str, base: str, name: str) -> str:
    """The entry of a file between whose conflict markers the base has its name, where git only knows a commit's id.

    Empty for a file without markers.
    """
    entry = entry_of(shop, tree, path)
    mode, _, blob = entry.partition(" ")
    if mode not in _TEXTS:
        return ""
    text = shop.git("cat-file", "blob", blob)
    divider = rf"^(\|+) {base[:7]}[0-9a-f]*((?::.*?)?)(?=\r?$)"  # git names the file, too, where one side moved it
    again, count = re.subn(divider, rf"\1 {_name(name)}\2", text, flags=re.MULTILINE)
    if not count:
        return ""
    size = int(shop.git("cat-file", "-s", blob))
    ending = "\n" * (size - len(text.encode(errors="surrogateescape")))  # `git` takes the last newline away
    return f"{mode} " + shop.git("hash-object", "-w", "--stdin", text=again + ending)


def _with_attributes(shop: Workshop, blobs: Mapping[str, str]) -> Path:
    """A work tree with nothing but the project's own attributes, which say what is text: git looks for them there."""
    top = shop.folder / "attributes"
    for path, blob in blobs.items():
        file = top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(shop.git("cat-file", "blob", blob) + "\n", encoding="utf-8", errors="surrogateescape")
    return top


def _name(text: str) -> str:
    """A text as a branch may be called."""
    return re.sub(r"[^A-Za-z0-9+]+", lambda match: "." if match[0] == "." else "-", text).strip(".-") or "theirs"
