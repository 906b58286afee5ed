"""Random changes to small text files, by either side, and what can be said beforehand of how they meet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.updates.ground import File

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

    from tests.updates.ground import Files


@dataclass(frozen=True)
class Text:
    """A file's lines, and the name that it had at first: it is the same file after a rename."""

    origin: str
    lines: tuple[str, ...]


Texts = dict[str, Text]


@dataclass(frozen=True)
class Operation:
    """One change. The numbers choose a file, a line, a name among those that there are."""

    kind: str
    file: int = 0
    line: int = 0
    name: int = 0


FIRST: Texts = {
    name: Text(name, tuple(f"{name} {number}" for number in range(1, 11)))
    for name in ("a.txt", "b.txt", "c/one.txt", "c/two.txt", "d/e.txt", "f.txt")
}
NAMES = ("new.txt", "c/new.txt", "place/one.txt", "place/two.txt", "d/deep/x.txt", "f.txt/inside.txt", "A-b.txt")
"""What either side may call a file that is new or renamed."""
_EDITS = ("replace", "replace", "insert", "drop", "append")
_KINDS = (*_EDITS, "rename", "delete", "add")
OPERATIONS: SearchStrategy[list[Operation]] = st.lists(
    st.builds(Operation, st.sampled_from(_KINDS), *(st.integers(0, most) for most in (5, 9, len(NAMES) - 1))),
    min_size=1,
    max_size=6,
)


def changed(operations: Iterable[Operation], word: str) -> Texts:
    """The files after these operations; every line that they write is unique and begins with `word`."""
    texts = dict(FIRST)
    for number, operation in enumerate(operations, start=1):
        _apply(texts, operation, f"{word} {number}")
    return texts


def _apply(texts: Texts, operation: Operation, line: str) -> None:
    names = sorted(texts)
    new = NAMES[operation.name]
    if operation.kind == "add":
        if _is_free(texts, new):
            texts[new] = Text(f"{line} at {new}", tuple(f"{line}.{part}" for part in range(5)))
        return
    if not names:
        return
    name = names[operation.file % len(names)]
    if operation.kind == "rename":
        if _is_free(texts, new):
            texts[new] = texts.pop(name)
    elif operation.kind == "delete":
        del texts[name]
    else:
        texts[name] = replace(texts[name], lines=_edited(texts[name].lines, operation, line))


def _is_free(texts: Texts, name: str) -> bool:
    """Whether a file may be called so: nothing is, and no file is where a folder would have to be."""
    return not any(each == name or each.startswith(f"{name}/") or name.startswith(f"{each}/") for each in texts)


def _edited(lines: tuple[str, ...], operation: Operation, line: str) -> tuple[str, ...]:
    at = operation.line % max(len(lines), 1)
    new, rest = {
        "replace": ((line,), at + 1),
        "insert": ((line,), at),
        "drop": ((), at + 1),
        "append": ((*lines[at:], line), len(lines)),
    }[operation.kind]
    return (*lines[:at], *new, *lines[rest:])


def as_files(texts: Texts) -> Files:
    """The files as they are written."""
    return {name: File("".join(f"{line}\n" for line in text.lines).encode()) for name, text in texts.items()}


@dataclass(frozen=True)
class Side:
    """What one side did: the files it touched, by their first names; the names it took or gave up; whether it moved."""

    touched: frozenset[str]
    names: frozenset[str]
    moves: bool
    adds: bool


def side_of(texts: Texts) -> Side:
    """What was done to the first files to come to these."""
    now = {text.origin: (name, text) for name, text in texts.items()}
    before = {text.origin: (name, text) for name, text in FIRST.items()}
    touched = {origin for origin in now.keys() | before.keys() if now.get(origin) != before.get(origin)}
    renamed = {origin for origin in touched & now.keys() & before.keys() if now[origin][0] != before[origin][0]}
    taken = {place[origin][0] for origin in touched for place in (now, before) if origin in place}
    return Side(frozenset(touched), frozenset(taken), bool(renamed), bool(now.keys() - before.keys()))


def keep_apart(mine: Side, new: Side) -> bool:
    """Whether the sides have nothing to do with each other: then there is no conflict, and each has what it did.

    Where one side renames, git may let what the other one adds follow into the new folder.
    """
    follows = (mine.moves and (new.adds or new.moves)) or (new.moves and (mine.adds or mine.moves))
    names = {(left, right) for left in mine.names for right in new.names}
    clash = any(left == right or _is_in(left, right) or _is_in(right, left) for left, right in names)
    return not mine.touched & new.touched and not follows and not clash


def _is_in(name: str, folder: str) -> bool:
    return name.startswith(f"{folder}/")


def together(mine: Texts, new: Texts) -> Texts:
    """What both did, where they keep apart."""
    side = side_of(mine)
    rest = {name: text for name, text in new.items() if text.origin not in side.touched}
    return {**rest, **{name: text for name, text in mine.items() if text.origin in side.touched}}


def gone_though_changed(mine: Texts, new: Texts) -> set[str]:
    """The files that the engineer deleted, and in which the template changed a line without renaming them."""
    known = {text.origin for text in mine.values()}
    return {
        name
        for name, text in new.items()
        if name == text.origin and name not in known and text != FIRST.get(name, text)
    }


def news_of(mine: Texts, new: Texts) -> set[str]:
    """The lines that the template wrote into files which the engineer has, or which are new."""
    known = {text.origin for text in mine.values()}
    there = [text for text in new.values() if text.origin in known or text.origin not in FIRST]
    return {line for text in there for line in text.lines if line.startswith("new")}
