"""Versions: what changed since a base revision has a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault
from goldenpath.core.pathfile import FILE
from goldenpath.rules.steps import line_of_front

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goldenpath.rules.source import Source


def new_version(source: Source) -> Iterable[Fault]:
    """Content that changed since the base revision, under the version that it had there or an older one."""
    from packaging.version import InvalidVersion, Version

    before = source.before
    if before is None or source.path is None or not before.changed or not before.version:
        return
    try:
        is_newer = Version(source.path.version) > Version(before.version)
    except InvalidVersion:
        return
    if not is_newer:
        more = f" and {len(before.changed) - 1} more" if len(before.changed) > 1 else ""
        problem = (
            f"front matter: `version` is {source.path.version}, as old as at {before.revision}, "
            f"and since then {before.changed[0]}{more} changed"
        )
        fix = f"give it a version after {before.version}"
        yield Fault(FILE, line_of_front(source, "version"), "new-version", problem, fix)
