"""A command ends as it should: its exit code, and what it prints on stdout."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.checks.verdict import blind, brief, option, pattern, unknown, verdict, words, wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.adapters.shell import Ran
    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"exit", "stdout", "folder"})


def look(check: Check, world: World) -> Finding:
    """Run the command in the project (or in `folder` below it). Unknown when the tool is not there."""
    argv, codes = _argv(check, "command"), _codes(check, "exit") or ["0"]
    expected = f"`{_shown(argv)}` ends with {' or '.join(codes)}"
    folder = (world.root / option(check, "folder", ".")).resolve()
    if not folder.is_relative_to(world.root.resolve()):
        raise wrong(check, "`folder` leads out of the project")
    if not folder.is_dir():
        return blind(expected=expected, found=f"there is no folder {option(check, 'folder')}")
    ran = shell.run(argv, folder=folder, timeout_s=check.timeout_s, PYTHONPYCACHEPREFIX=str(world.cache))
    if ran is None:
        return _missing(argv[0], expected)
    if ran.exit is None:
        return blind(expected=expected, found=f"it did not end within {check.timeout_s:g} s")
    if str(ran.exit) not in codes:
        return verdict(holds=False, expected=expected, found=f"it ended with {ran.exit}\n{brief(ran.output)}".strip())
    return _printed(check, ran, expected)


def _argv(check: Check, key: str) -> list[str]:
    argv = words(check, key)
    if not argv:
        raise wrong(check, "names no command")
    if len(argv) == 1 and " " in argv[0].strip():
        raise wrong(check, f"no shell takes it apart; write its words: [{', '.join(argv[0].split())}]")
    return argv


def _codes(check: Check, key: str) -> list[str]:
    codes = words(check, key)
    if not all(code.isdecimal() for code in codes):
        raise wrong(check, f"`{key}` must be a whole number, or a list of them")
    return codes


READS: Mapping[str, Read] = {"command": _argv, "exit": _codes, "stdout": pattern}


def _missing(tool: str, expected: str) -> Finding:
    """A tool that is not there makes the check unknown; a script of the project that is not there is work to do."""
    if "/" in tool:
        return blind(expected=expected, found=f"there is no {tool} that can be run")
    return unknown(expected, f"{tool} is not on this machine", f"install {tool}, then check again")


def _printed(check: Check, ran: Ran, expected: str) -> Finding:
    if "stdout" not in check.options:
        return verdict(holds=True, expected=expected, found=f"it ended with {ran.exit} after {ran.seconds:.1f} s")
    holds = pattern(check, "stdout").search(ran.stdout) is not None
    expected = f"`{_shown(list(ran.argv))}` prints {option(check, 'stdout')!r}"
    return verdict(holds=holds, expected=expected, found=brief(ran.stdout) or "it printed nothing")


def _shown(argv: list[str]) -> str:
    parts = [part if "\n" not in part else f"{part.strip().splitlines()[0][:40]} ..." for part in argv]
    return " ".join(shlex.quote(part) if " " not in part or len(part) < 40 else "..." for part in parts)
