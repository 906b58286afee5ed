"""Names of files as other systems take them: what they fold to another name, and what they refuse."""

from __future__ import annotations

import re
import unicodedata

_HFS_IGNORABLE = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
_GIT = frozenset({".git", "git~1"})
_WINDOWS_SIGNS = frozenset('<>:"|?*\\')
_WINDOWS_DEVICES = frozenset(
    {
        *("con", "prn", "aux", "nul", "conin$", "conout$"),
        *(f"{port}{number}" for port in ("com", "lpt") for number in "0123456789\u00b9\u00b2\u00b3"),
    }
)
"""https://learn.microsoft.com/windows/win32/fileio/naming-a-file"""
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2028\u2029\u2066\u2067\u2068\u2069")


def folded(name: str) -> str:
    """The name that some file system could take this one for: without case, form, ignorable signs and stream."""
    plain = _HFS_IGNORABLE.sub("", unicodedata.normalize("NFKC", name)).casefold()
    return plain.partition(":")[0].rstrip(". ")


def folds_to_git(name: str) -> bool:
    """Whether some file system could take this name for a git folder's (CVE-2014-9390, CVE-2019-1352)."""
    return folded(name) in _GIT


def case_blind(path: str) -> str:
    """The same text for paths that are one on a disk which ignores case and the form of accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", path).casefold())


def problem_elsewhere(name: str) -> str:
    """Why another system could not have a file of this name, as the end of a sentence; empty when all could."""
    sign = next((sign for sign in name if sign in _WINDOWS_SIGNS), "")
    if any(unicodedata.category(sign) in {"Cc", "Cs"} or sign in _DIRECTIONS for sign in name):
        return "has a control character in its name"
    if sign:
        return f"Windows refuses for the `{sign}` in its name"
    if name[-1] in ". ":
        return "Windows would give another name, without the dot or space at its end"
    if name.partition(".")[0].rstrip(" ").casefold() in _WINDOWS_DEVICES:
        return "is the name of a device on Windows"
    return ""


def shown(path: str) -> str:
    """A path on one line, with what can't be seen written as an escape such as `\\n`."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in path)
