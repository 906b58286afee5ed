"""A tool is on this machine, new enough."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.checks.verdict import option, unknown, verdict, wrong

if TYPE_CHECKING:
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"version"})


def look(check: Check, world: World) -> Finding:
    """Find the tool on the PATH and, when a version is wanted, ask it for its own."""
    name, wanted = option(check, "tool"), option(check, "version")
    if not re.fullmatch(r"[\w.+-]+", name):
        raise wrong(check, f"{name!r} is no name of a tool; write what is typed, without a folder")
    expected = f"{name} {wanted}".strip() + " on this machine"
    if shell.find(name) is None:
        return verdict(holds=False, expected=expected, found=f"there is no {name} on the PATH")
    if not wanted:
        return verdict(holds=True, expected=expected, found=f"{name} is there")
    ran = shell.run([name, "--version"], folder=world.root, timeout_s=check.timeout_s)
    version = re.search(r"\d+(\.\d+)+", ran.output) if ran else None
    if version is None:
        return unknown(expected, f"`{name} --version` names no version", f"look at it: {name} --version")
    return verdict(holds=_is_in(check, version[0], wanted), expected=expected, found=f"{name} {version[0]}")


def _is_in(check: Check, version: str, wanted: str) -> bool:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        return SpecifierSet(wanted).contains(version, prereleases=True)
    except InvalidSpecifier as error:
        raise wrong(check, f"`version` is {wanted!r}; write it like '>=2.38'") from error
