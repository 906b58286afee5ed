"""The branches of a Jinja text: which there are, and under which keys a traced render tells that it took them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.jinja import syntax_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.adapters.jinja import Dialect

ELSE = "else"
"""How the last branch of an `if` or `for` is numbered."""
_BEGINS = frozenset({"block_begin", "linestatement_begin"})
_ENDS = frozenset({"block_end", "linestatement_end"})
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Branch:
    """A body that is rendered only sometimes. `number` is its own within the text, `within` that of the one around."""

    line: int
    label: str
    number: str
    within: str = ""


@dataclass(frozen=True, slots=True)
class _Tag:
    """A statement of Jinja: its line, its first word, and all of it as it is shown."""

    line: int
    word: str
    shown: str


@dataclass(slots=True)
class _Open:
    """An `if` or `for` that has not ended: its number among them, its tag, its branches so far, the one it is in."""

    number: int
    tag: _Tag
    count: int = 0
    current: str = ""


def place_of(name: str | None, text: str) -> str:
    """What the keys of a text begin with: its file's name in the template, and for a text without one its hash."""
    return PurePosixPath(name).as_posix() if name else hashlib.sha256(text.encode(errors="replace")).hexdigest()


def key_of(place: str, number: str = "") -> str:
    """What a render tells when it took a branch; without a number, when it rendered the text at all."""
    return f"{place}#{number}"


def number_of(group: int, branch: int | str) -> str:
    """The number of one branch of the `group`-th `if` or `for` of a text, each counted where it begins."""
    return f"{group}.{branch}"


def branches(text: str, dialect: Dialect, *, file: str) -> list[Branch]:
    """Every body of `if`, `elif` and `else` in a text, in order. An `else` that isn't there is no branch.

    Raises TemplateError for what Jinja can't read.
    """
    if "{" not in text and not dialect.options:
        return []
    environment = syntax_of(text, dialect, file=file)[0].environment
    return list(_branches(_tags(environment.lex(text))))


def _tags(tokens: Iterable[tuple[int, str, str]]) -> Iterator[_Tag]:
    inside: list[str] | None = None
    line, begin, word = 0, "", ""
    for number, kind, value in tokens:
        if kind in _BEGINS:
            inside, begin, word = [], value.strip().rstrip("-+"), ""
        elif kind in _ENDS and inside is not None:
            text = " ".join("".join(inside).split())
            shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
            yield _Tag(line, word, f"{begin} {shown} {value.strip().lstrip('-+')}".rstrip())
            inside = None
        elif inside is not None:
            inside.append(value)
            if kind == "name" and not word:
                line, word = number, value


def _branches(tags: Iterable[_Tag]) -> Iterator[Branch]:
    opened: list[_Open] = []
    groups = 0
    for tag in tags:
        if tag.word in {"if", "for"}:
            around = opened[-1].current if opened else ""
            opened.append(_Open(groups, tag, current=around))
            groups += 1
        if tag.word in {"endif", "endfor"}:
            opened.pop()
        elif tag.word in {"if", "elif", "else"} and opened:
            yield _branch(opened, tag)


def _branch(opened: list[_Open], tag: _Tag) -> Branch:
    group, around = opened[-1], opened[-2].current if len(opened) > 1 else ""
    is_else = tag.word == "else"
    label = f"else of {group.tag.shown}" if is_else else tag.shown
    group.current = number_of(group.number, ELSE if is_else else group.count)
    group.count += 1
    return Branch(tag.line, label, group.current, around)


def groups_of(tree: Any) -> Iterator[Any]:
    """The nodes of `if` and `for` in the order in which they begin; without recursion: a hostile text nests deep."""
    waiting = [tree]
    elifs: set[int] = set()
    while waiting:
        node = waiting.pop()
        kind = type(node).__name__
        if kind == "If":
            elifs.update(map(id, node.elif_))
        if kind == "For" or (kind == "If" and id(node) not in elifs):
            yield node
        waiting.extend(reversed(list(node.iter_child_nodes())))
