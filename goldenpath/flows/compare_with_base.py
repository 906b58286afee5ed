"""Compare a template's folder with what it was at a base revision of its repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.errors import UsageError
from goldenpath.core.pathfile import FILE
from goldenpath.rules.source import Before

if TYPE_CHECKING:
    from pathlib import Path


def compare_with_base(folder: Path, revision: str) -> Before:
    """What changed in the folder since its history left the revision, not committed changes included.

    Raises UsageError when the folder is in no repository, or that has no such revision.
    """
    from goldenpath.adapters.repo import asks, enclosing, git

    folder = folder.resolve()
    root = enclosing(folder)
    if root is None:
        raise UsageError(f"{folder} is in no git repository", hint="leave --base out")
    root = root.resolve()
    commit = asks(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit:
        hint = "fetch it first; in CI, check the repository out with its history (`fetch-depth: 0`)"
        raise UsageError(f"git knows no revision {revision!r} here", hint=hint)
    base = asks(root, "merge-base", commit, "HEAD") or commit
    below = folder.relative_to(root).as_posix()
    changed = {
        *git(root, "diff", "--name-only", "--no-renames", base, "--", below).splitlines(),
        *git(root, "ls-files", "--others", "--exclude-standard", "--", below).splitlines(),
    }
    prefix = "" if below == "." else f"{below}/"
    version = _version_in(asks(root, "show", f"{base}:{prefix}{FILE}") or "")
    return Before(revision, version, tuple(sorted(name.removeprefix(prefix) for name in changed)))


def _version_in(page: str) -> str:
    from goldenpath.adapters.markdown import read_page

    front = read_page(page, file=FILE, sink=lambda _fault: None).front
    version = front.get("version") if isinstance(front, dict) else None
    return str(version) if version is not None else ""
