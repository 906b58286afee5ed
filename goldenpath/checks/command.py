"""A command ends as it should: its exit code, and what it prints on stdout."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.checks.verdict import brief, option, pattern, unknown, verdict, words, wrong

if TYPE_CHECKING:
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"exit", "stdout", "folder"})


def look(check: Check, world: World) -> Finding:
    """Run the command in the project (or in `folder` below it). Unknown when the tool is not there."""
    argv = words(check, "command")
    if not argv:
        raise wrong(check, "names no command")
    codes = words(check, "exit") or ["0"]
    shown = _shown(argv)
    expected = f"`{shown}` ends with {' or '.join(codes)}"
    folder = (world.root / option(check, "folder", ".")).resolve()
    if not folder.is_relative_to(world.root.resolve()):
        raise wrong(check, "`folder` leads out of the project")
    if not folder.is_dir():
        return verdict(holds=False, expected=expected, found=f"there is no folder {option(check, 'folder')}")
    ran = shell.run(argv, folder=folder, timeout_s=check.timeout_s, PYTHONPYCACHEPREFIX=str(world.cache))
    if ran is None:
        return unknown(expected, f"{argv[0]} is not on this machine", f"install {argv[0]}, then check again")
    if ran.exit is None:
        return verdict(holds=False, expected=expected, found=f"it did not end within {check.timeout_s:g} s")
    if str(ran.exit) not in codes:
        return verdict(holds=False, expected=expected, found=f"it ended with {ran.exit}\n{brief(ran.output)}".strip())
    if "stdout" in check.options:
        expected = f"`{shown}` prints {option(check, 'stdout')!r}"
        holds = pattern(check, "stdout").search(ran.stdout) is not None
        return verdict(holds=holds, expected=expected, found=brief(ran.stdout) or "it printed nothing")
    return verdict(holds=True, expected=expected, found=f"it ended with {ran.exit} after {ran.seconds:.1f} s")


def _shown(argv: list[str]) -> str:
    parts = [part if "\n" not in part else f"{part.strip().splitlines()[0][:40]} ..." for part in argv]
    return " ".join(shlex.quote(part) if " " not in part or len(part) < 40 else "..." for part in parts)
