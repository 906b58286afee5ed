"""Versions of templates: what a path.md says, and what a state is called that is no release."""

from __future__ import annotations

import re

UNVERSIONED = "0.0.0"
"""The version of a template that names none."""

_FRONT = re.compile(r"\A---\s*\n(.*?)^---\s*$", re.DOTALL | re.MULTILINE)
_VERSION = re.compile(r"""^version:\s*["']?([^"'\s]+)""", re.MULTILINE)
_MADE = re.compile(r"\.?dev\d*\+[0-9a-f]{8}$")
_DEVELOPMENT = re.compile(r"[._-]?dev[._-]?\d*$", re.IGNORECASE)
_HEX_SHOWN = 8
_LONGEST = 19
"""How many digits a number may have that is compared as one."""


def prerelease(version: str, tree: str) -> str:
    """What the content of `tree` is called on its way to `version`: `1.2.0.dev0+5d41402a` (PEP 440)."""
    public = version.partition("+")[0]
    development = "" if _DEVELOPMENT.search(public) else ".dev0"
    return f"{public}{development}+{tree[:_HEX_SHOWN]}"


def is_prerelease_of_ours(version: str) -> bool:
    """Whether `prerelease` made this version."""
    return _MADE.search(version) is not None


def version_in(page: str) -> str:
    """The version in the front matter of a path.md, found without a parser of YAML; empty when there is none."""
    front = _FRONT.search(page)
    found = _VERSION.search(front[1]) if front else None
    return found[1] if found else ""


def numbers(version: str) -> tuple[int, ...]:
    """The numbers of a final release, by which releases compare (PEP 440, "Final releases"); none for any other."""
    parts = version.split(".")
    if not all(part.isascii() and part.isdecimal() and len(part) < _LONGEST for part in parts):
        return ()
    found = [int(part) for part in parts]
    while len(found) > 1 and found[-1] == 0:
        found.pop()
    return tuple(found)
