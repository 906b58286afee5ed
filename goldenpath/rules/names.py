"""Names of rendered files: none twice, and none that another system folds together or refuses."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.source import Source

_REFUSED = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
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
    """Names that Windows refuses, and names that a disk without upper case takes for one."""
    seen: set[tuple[str, str]] = set()
    for name, targets in source.targets.items():
        folded: dict[str, tuple[str, str]] = {}
        for file, target in targets:
            for problem in _problems(target):
                fix = "give it a name that every system takes"
                yield Fault(file, 1, "portable-name", f"`{target}` {problem}", fix, is_warning=source.page is None)
            key = unicodedata.normalize("NFC", target).casefold()
            other, its = folded.setdefault(key, (file, target))
            if its != target and (file, other) not in seen:
                seen.add((file, other))
                problem = f"`{target}` and `{its}` of {other} are one file on many disks (with {name})"
                yield Fault(file, 1, "portable-name", problem, "rename one of the two")


def _problems(target: str) -> Iterator[str]:
    for part in target.split("/"):
        if _REFUSED.search(part):
            yield f"has a sign in `{part}` that Windows refuses"
        if _RESERVED.fullmatch(part):
            yield f"has a part `{part}`, which is a device on Windows"
        if part.endswith((" ", ".")) and part not in {".", ".."}:
            yield f"has a part `{part}` that ends with a space or a dot, which Windows cuts off"
        if len(part.encode()) > _MOST_BYTES:
            yield f"has a part of more than {_MOST_BYTES} bytes"
