"""Marks that the machine which rendered leaves in a render: its paths and names."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from goldenpath.rules.made import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from goldenpath.rules.made import Made

_OF_COPIER = re.compile(r"copier\._vcs\.clone\.\w+")
"""The folder into which Copier clones a template."""
_SOURCE = re.compile(r"^_src_path:.*$", re.MULTILINE)
"""Where the answers file says that the template is; that of a folder is a path, and has to be."""


def machine_paths(made: Made, paths: Sequence[str]) -> Iterator[Finding]:
    """The first line that holds one of these paths, or Copier's own of a clone."""
    text = _SOURCE.sub("", made.text) if "_src_path:" in made.text else made.text
    hits = [found.start() for path in paths if path in text and (found := _path(path).search(text))]
    if "copier._vcs" in text:
        hits += [found.start() for found in _OF_COPIER.finditer(text)]
    if hits:
        fix = "write the path as it is on every machine, or relative to the project"
        yield Finding("machine-path", _line(text, min(hits)), "a path of this machine is left in it", fix)


def machine_names(made: Made, names: Sequence[str], is_meant: Callable[[str], bool]) -> Iterator[Finding]:
    """The first line that holds one of these names as a word, where neither template nor answers name it."""
    hits = [found for name in names if name in made.text and (found := _word(name).search(made.text))]
    places = [found.start() for found in hits if not is_meant(found[0])]
    if places:
        fix = "ask a question for it, or take it out"
        yield Finding(
            "machine-name", _line(made.text, min(places)), "the name of this machine or its user is in it", fix
        )


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


@lru_cache(maxsize=256)
def _path(path: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(path)}(?![\w.-]*\w)" if path[-1:].isalnum() else re.escape(path))


@lru_cache(maxsize=256)
def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
