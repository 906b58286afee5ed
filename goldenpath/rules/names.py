"""Names of rendered files: none twice, and none that another system folds together or refuses."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault
from goldenpath.core.filenames import case_blind, problem_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.source import Source

_MOST_BYTES = 255


def same_target(source: Source) -> Iterable[Fault]:
    """Two sources that become one file of a project: one of them is lost without a word."""
    seen: set[tuple[str, str]] = set()
    for name, targets in source.targets.items():
        sources: dict[str, str] = {}
        for file, target in targets:
            other = sources.setdefault(target, file)
            if other != file and (file, other) not in seen:
                seen.add((file, other))
                problem = f"becomes `{target}`, and so does {other} (with {name})"
                yield Fault(file, 1, "same-target", problem, "take one of the two out, or give it a condition")


def portable_name(source: Source) -> Iterable[Fault]:
    """Names that Windows refuses, which no project gets, and names that a disk without upper case takes for one."""
    seen: set[tuple[str, str]] = set()
    for name, targets in source.targets.items():
        folded: dict[str, tuple[str, str]] = {}
        for file, target in targets:
            for problem in _problems(target):
                fix = "give it a name that every system takes"
                yield Fault(file, 1, "portable-name", f"becomes `{target}`{problem}", fix)
            for part in _with_folders(target):
                other, its = folded.setdefault(case_blind(part), (file, part))
                if its != part and (file, other) not in seen:
                    seen.add((file, other))
                    kind = "file" if part == target else "folder"
                    problem = f"`{part}` and `{its}` of {other} are one {kind} on many disks (with {name})"
                    yield Fault(file, 1, "portable-name", problem, "rename one of the two")


def _with_folders(target: str) -> Iterator[str]:
    """The name, and those of the folders above it."""
    return (each.as_posix() for each in (PurePosixPath(target), *PurePosixPath(target).parents) if each.name)


def _problems(target: str) -> Iterator[str]:
    for part in target.split("/"):
        of = "" if part == target else f" with a part `{part}`"
        problem = problem_elsewhere(part)
        if problem:
            yield f"{of}, which {problem}"
        if len(part.encode()) > _MOST_BYTES:
            yield f"{of}, which has more than {_MOST_BYTES} bytes"
