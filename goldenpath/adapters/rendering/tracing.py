"""Traced rendering: Jinja tells which branches a render takes, and renders the same bytes, or what is undefined."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import jinja2
from jinja2 import nodes

from goldenpath.adapters.jinja_branches import ELSE, groups_of, key_of, number_of, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_taken: set[str] = set()


def took(key: str) -> None:
    """Remember that a branch is rendered. Instrumented templates call it."""
    _taken.add(key)


def drain() -> set[str]:
    """The keys of all branches that were taken since this was asked last."""
    taken = set(_taken)
    _taken.clear()
    return taken


def instrument(tree: nodes.Template, place: str) -> None:
    """Let every branch of a syntax tree, and the whole, tell that it is rendered. What is rendered stays the same."""
    for group, node in enumerate(list(groups_of(tree))):
        _tell(node, "else_", key_of(place, number_of(group, ELSE)))
        for branch, each in enumerate([node, *node.elif_] if isinstance(node, nodes.If) else ()):
            _tell(each, "body", key_of(place, number_of(group, branch)))
    _tell(tree, "body", key_of(place))


def _tell(node: nodes.Node, part: str, key: str) -> None:
    name = nodes.ImportedName(f"{__name__}.took")
    telling = nodes.ExprStmt(nodes.Call(name, [nodes.Const(key)], [], None, None))
    telling.set_lineno(node.lineno or 1)
    if node.environment is not None:
        telling.set_environment(node.environment)
    setattr(node, part, [telling, *getattr(node, part)])


@contextlib.contextmanager
def traced() -> Iterator[None]:
    """Whatever Jinja compiles meanwhile tells which branches it takes, and takes nothing that is undefined."""
    plain = jinja2.Environment.compile

    def compile_traced(
        self: jinja2.Environment, source: Any, name: str | None = None, filename: str | None = None, *rest: Any
    ) -> Any:
        if isinstance(source, str):
            tree = self.parse(source, name, filename)
            instrument(tree, place_of(name, source))
            source = tree
        return plain(self, source, name, filename, *rest)

    jinja2.Environment.compile = compile_traced  # type: ignore[method-assign,assignment]
    jinja2.Environment.undefined = _STRICT  # type: ignore[assignment]
    drain()
    try:
        yield
    finally:
        jinja2.Environment.compile = plain  # type: ignore[method-assign]
        del jinja2.Environment.undefined  # type: ignore[misc]


_STRICT = property(lambda _: jinja2.StrictUndefined, lambda self, own: self.__dict__.update(undefined=own))
"""Instead of an environment's own: not only when it compiles, since what was compiled before is remembered."""
