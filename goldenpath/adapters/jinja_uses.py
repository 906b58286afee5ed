"""What a Jinja text uses, read off its syntax tree without rendering it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from goldenpath.adapters.jinja import syntax_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.adapters.jinja import Dialect

_DEFINED = frozenset({"defined", "undefined"})
_SCOPES = frozenset({"Block", "CallBlock", "FilterBlock", "For", "Macro", "With"})
"""What is set in them is gone after them."""
_DEFAULTS = frozenset({"default", "d"})


@dataclass(slots=True)
class Uses:
    """Names with the line of their first use in the text.

    `undeclared` are those that nothing in the text sets, but for the ones that it asks whether they are there;
    `answers` those that are read as `_copier_answers.NAME`; `templates` the files that are included.
    """

    names: dict[str, int] = field(default_factory=dict)
    undeclared: dict[str, int] = field(default_factory=dict)
    guarded: set[str] = field(default_factory=set)
    called: dict[str, int] = field(default_factory=dict)
    filters: dict[str, int] = field(default_factory=dict)
    tests: dict[str, int] = field(default_factory=dict)
    attributes: dict[tuple[str, str], int] = field(default_factory=dict)
    templates: dict[str, int] = field(default_factory=dict)


def uses_of(text: str, dialect: Dialect | None, *, file: str) -> Uses:
    """What a text uses. Without a dialect it is one of path.md or of a solution. Raises TemplateError."""
    if "{" not in text and (dialect is None or not dialect.options):
        return Uses()
    tree, undeclared = syntax_of(text, dialect, file=file)
    uses = Uses()
    for node in _nodes(tree):
        _note(node, uses)
    uses.undeclared = {
        name: uses.names.get(name, 1) for name in sorted(undeclared - uses.guarded - set(_set_in_branches(tree)))
    }
    return uses


def _nodes(tree: Any) -> Iterator[Any]:
    """Every node below `tree`, without recursion: a hostile text nests deep."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(node.iter_child_nodes())))


def _set_in_branches(tree: Any) -> Iterator[str]:
    """The names that only some branch of an `if` sets, which Jinja counts as never set, even if nothing reads them."""
    waiting = [(tree, False)]
    while waiting:
        node, is_in_branch = waiting.pop()
        kind = type(node).__name__
        if is_in_branch:
            yield from _set_by(node)
        is_in_branch = kind == "If" or (is_in_branch and kind not in _SCOPES)
        waiting.extend((child, is_in_branch) for child in node.iter_child_nodes())


def _set_by(node: Any) -> Iterator[str]:
    kind = type(node).__name__
    if kind == "Macro" or (kind == "Name" and node.ctx == "store"):
        yield node.name
    elif kind == "Import":
        yield node.target
    elif kind == "FromImport":
        yield from (name if isinstance(name, str) else name[1] for name in node.names)


def _note(node: Any, uses: Uses) -> None:
    kind = type(node).__name__
    if kind == "Name" and node.ctx == "load":
        uses.names.setdefault(node.name, node.lineno)
    elif kind in {"Filter", "Test"}:
        (uses.filters if kind == "Filter" else uses.tests).setdefault(node.name, node.lineno)
        if node.name in (_DEFAULTS if kind == "Filter" else _DEFINED):
            uses.guarded.update(_names_in(node.node))
    elif kind == "Call":
        uses.called.update(dict.fromkeys(_names_in(node.node), node.lineno))
    elif kind in {"Getattr", "Getitem"}:
        _note_attribute(node, uses)
    elif kind in {"Include", "Import", "FromImport", "Extends"}:
        uses.templates.update(dict.fromkeys(_texts_in(node.template), node.lineno))


def _note_attribute(node: Any, uses: Uses) -> None:
    name = node.attr if type(node).__name__ == "Getattr" else getattr(node.arg, "value", None)
    if type(node.node).__name__ == "Name" and isinstance(name, str):
        uses.attributes.setdefault((node.node.name, name), node.lineno)


def _names_in(node: Any) -> Iterator[str]:
    if type(node).__name__ == "Name":
        yield node.name


def _texts_in(node: Any) -> Iterator[str]:
    """The texts that an include names: one, a list, or what `pathjoin` puts together."""
    parts = [part.value for part in _nodes(node) if type(part).__name__ == "Const" and isinstance(part.value, str)]
    if type(node).__name__ == "Call":
        yield "/".join(parts)
    else:
        yield from parts
