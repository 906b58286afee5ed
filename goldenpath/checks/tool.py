"""A tool is on this machine, new enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.checks.verdict import option, unknown, verdict, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from packaging.specifiers import SpecifierSet

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"version"})


def look(check: Check, world: World) -> Finding:
    """Find the tool on the PATH and, when a version is wanted, ask it for its own."""
    name, wanted = _name(check, "tool"), option(check, "version")
    expected = f"{name} {wanted}".strip() + " on this machine"
    if shell.find(name) is None:
        return verdict(holds=False, expected=expected, found=f"there is no {name} on the PATH")
    if not wanted:
        return verdict(holds=True, expected=expected, found=f"{name} is there")
    ran = shell.run([name, "--version"], folder=world.root, timeout_s=check.timeout_s)
    version = re.search(r"\d+(\.\d+)+", ran.output) if ran else None
    if version is None:
        return unknown(expected, f"`{name} --version` names no version", f"look at it: {name} --version")
    holds = _specifiers(check, "version").contains(version[0], prereleases=True)
    return verdict(holds=holds, expected=expected, found=f"{name} {version[0]}")


def _name(check: Check, key: str) -> str:
    name = option(check, key)
    if not re.fullmatch(r"[\w.+-]+", name):
        raise wrong(check, f"{name!r} is no name of a tool; write what is typed, without a folder")
    return name


def _specifiers(check: Check, key: str) -> SpecifierSet:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(option(check, key))
    except InvalidSpecifier as error:
        raise wrong(check, f"`{key}` is {option(check, key)!r}; write it like '>=2.38'") from error


READS: Mapping[str, Read] = {"tool": _name, "version": _specifiers}
