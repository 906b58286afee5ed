"""Shortcuts around Copier's slow ways, each behind a guard: where one does not fit, Copier goes its own way.

Measured with the backend template: a clone, a worktree, two looks at submodules and a `git config` for every file take
two thirds of a render, and compiling the same Jinja sources again takes most of the rest.
"""

from __future__ import annotations

import contextlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import jinja2
from plumbum import local

from goldenpath.adapters.rendering.needs_git import needs_git

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.adapters.rendering.copying import Render

KNOWN_COPIER = "9.19."
"""The releases that these shortcuts were held against, byte by byte."""


def fits(order: Render) -> bool:
    """Whether the render is the same without git: no task runs, and nothing asks where Copier's clone is."""
    return _is_known_copier() and not order.runs_tasks and not needs_git(order.tree)


@contextlib.contextmanager
def taken(order: Render) -> Iterator[None]:
    """Copier finds no git, takes what the store exported for its clone, and compiles no Jinja source twice."""
    with (
        local.env(PATH=order.into),
        _as_cloned(order),
        _memo_of_compilation(order.tree, is_traced=order.is_traced),
    ):
        yield


@contextlib.contextmanager
def _as_cloned(order: Render) -> Iterator[None]:
    """Let Copier know of the template what git would tell it; so all that is rendered says where it comes from."""
    from copier._template import Template

    told = {"local_abspath": Path(order.tree).resolve(), "commit": order.recorded, "commit_hash": order.commit}
    plain = {name: vars(Template)[name] for name in told}
    for name, value in told.items():
        setattr(Template, name, value)
    try:
        yield
    finally:
        for name, it in plain.items():
            setattr(Template, name, it)


@lru_cache(maxsize=1)
def _is_known_copier() -> bool:
    return version("copier").startswith(KNOWN_COPIER)


_YIELDS = "yield"
"""Copier's tag in a file's name, which makes several files; such a name is compiled every time."""
_compiled: dict[tuple[object, ...], Any] = {}
_MOST_COMPILED = 5_000


@contextlib.contextmanager
def _memo_of_compilation(tree: str, *, is_traced: bool) -> Iterator[None]:
    """Remember what `jinja2.Environment.compile` made of a source under a name, for an environment of the same kind.

    What is the same in another version of the template is not compiled again; tracebacks then name that one's file.
    """
    plain = jinja2.Environment.compile

    def compile_once(
        self: jinja2.Environment, source: Any, name: str | None = None, filename: str | None = None, *rest: Any
    ) -> Any:
        if not isinstance(source, str) or rest or _YIELDS in source:
            return plain(self, source, name, filename, *rest)
        inside = filename if is_traced or filename is None else filename.removeprefix(tree)
        key = (is_traced, _kind(self), source, name, inside)
        if key not in _compiled:
            if len(_compiled) >= _MOST_COMPILED:
                _compiled.clear()
            _compiled[key] = plain(self, source, name, filename)
        self.preprocess(source, name, filename)  # where Copier forgets what the `yield` before it said
        return _compiled[key]

    jinja2.Environment.compile = compile_once  # type: ignore[method-assign,assignment]
    try:
        yield
    finally:
        jinja2.Environment.compile = plain  # type: ignore[method-assign]


def _kind(environment: jinja2.Environment) -> tuple[object, ...]:
    """What the code that Jinja compiles depends on beside its source; looked up once while nothing is added."""
    size = (len(environment.extensions), len(environment.filters), len(environment.tests))
    known = _kinds.get(environment)
    if known is None or known[0] != size:
        known = _kinds[environment] = size, _kind_now(environment)
    return known[1]


_kinds: WeakKeyDictionary[jinja2.Environment, tuple[tuple[int, ...], tuple[object, ...]]] = WeakKeyDictionary()


def _kind_now(environment: jinja2.Environment) -> tuple[object, ...]:
    return (
        type(environment),
        *(getattr(environment, name) for name in _SYNTAX),
        environment.undefined,
        *sorted(environment.extensions),
        *sorted(environment.filters),
        *sorted(environment.tests),
    )


_SYNTAX = (
    "block_start_string",
    "block_end_string",
    "variable_start_string",
    "variable_end_string",
    "comment_start_string",
    "comment_end_string",
    "line_statement_prefix",
    "line_comment_prefix",
    "trim_blocks",
    "lstrip_blocks",
    "newline_sequence",
    "keep_trailing_newline",
    "optimized",
    "autoescape",
    "is_async",
)
