"""Shortcuts around Copier's slow ways, each behind a guard: where one does not fit, Copier goes its own way.

Measured with the backend template: a clone, a worktree, two looks at submodules and a `git config` for every file take
two thirds of a render, and compiling the same Jinja sources again takes most of the rest.
"""

from __future__ import annotations

import contextlib
import re
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import jinja2
import yaml
from plumbum import local

from goldenpath.adapters.jinja import ANSWERS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.adapters.rendering.copying import Render

KNOWN_COPIER = "9.19."
"""The releases that these shortcuts were held against, byte by byte."""
_LEARNED_FROM_GIT = re.compile(rb"\b(_copier_conf(?!\.(answers_file|os|sep)\b)|_commit|_src_path|_?vcs_ref\w*)\b")
_ANSWERS = rb"_copier_answers"
_LARGEST = 1_000_000


def fits(order: Render) -> bool:
    """Whether the render is the same without git: no task runs, and nothing asks what Copier learns from git."""
    return _is_known_copier() and not order.runs_tasks and _is_without_git(order.tree)


@contextlib.contextmanager
def taken(order: Render) -> Iterator[None]:
    """Copier finds no git, and compiles no Jinja source twice."""
    with local.env(PATH=order.into), _memo_of_compilation(order.tree, is_traced=order.is_traced):
        yield


def name_source(order: Render) -> None:
    """Write into the answers file where the template comes from and which commit it is, as Copier would have."""
    file = Path(order.into) / ANSWERS_FILE
    if not file.is_file():
        return
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    named = yaml.safe_dump({"_commit": order.recorded, "_src_path": order.source}, width=1_000_000)
    place = next((number for number, line in enumerate(lines) if line.startswith("_src_path: ")), None)
    if place is not None:
        end = next((n for n in range(place + 1, len(lines)) if not lines[n].startswith(" ")), len(lines))
        file.write_text("".join([*lines[:place], named, *lines[end:]]), encoding="utf-8")


@lru_cache(maxsize=1)
def _is_known_copier() -> bool:
    return version("copier").startswith(KNOWN_COPIER)


@lru_cache(maxsize=64)
def _is_without_git(tree: str) -> bool:
    """The answers file alone may hold what Copier knows; any other file that names it wants git."""
    for file in Path(tree).rglob("*"):
        if _LEARNED_FROM_GIT.search(file.name.encode(errors="replace").replace(b"_copier_conf.answers_file", b"")):
            return False
        if file.is_symlink() or not file.is_file():
            continue
        if file.stat().st_size > _LARGEST:
            return False
        content = file.read_bytes()
        is_answers_file = "_copier_conf.answers_file" in file.name or ANSWERS_FILE in file.name
        if _LEARNED_FROM_GIT.search(content) or (_ANSWERS in content and not is_answers_file):
            return False
    return True


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
