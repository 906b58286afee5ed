"""Short ways to say what a check found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from goldenpath.core.faults import Fault, error_of
from goldenpath.core.model import Finding
from goldenpath.core.outcomes import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.core.errors import TemplateError
    from goldenpath.core.model import Check, Json


Read: TypeAlias = "Callable[[Check, str], object]"
"""Reads an option by its key. Raises TemplateError for a value that it can't be."""


def verdict(*, holds: bool, expected: str, found: str) -> Finding:
    """Passed when `holds`, else failed."""
    return Finding(Outcome.PASSED if holds else Outcome.FAILED, expected, found)


def blind(*, expected: str, found: str) -> Finding:
    """Failed because what the check asks about could not be seen at all."""
    return Finding(Outcome.FAILED, expected, found, is_blind=True)


def unknown(expected: str, found: str, fix: str) -> Finding:
    """Neither passed nor failed, and what would make it known."""
    return Finding(Outcome.UNKNOWN, expected, found, fix)


def option(check: Check, key: str, default: str = "") -> str:
    """An option as text."""
    value = check.options.get(key, default)
    return value if isinstance(value, str) else str(value)


def pattern(check: Check, key: str) -> re.Pattern[str]:
    """An option as a regular expression over lines. Raises TemplateError when it is none."""
    try:
        return re.compile(option(check, key), re.MULTILINE)
    except re.error as error:
        raise wrong(check, f"`{key}` is no regular expression: {error}") from error


def whole(check: Check, key: str, default: int = 0) -> int:
    """An option as a whole number. Raises TemplateError when it is none."""
    try:
        return int(option(check, key, str(default)))
    except ValueError as error:
        raise wrong(check, f"`{key}` must be a whole number") from error


def words(check: Check, key: str) -> list[str]:
    """An option as a list of words; a single value is a list of one."""
    value: Json = check.options.get(key)
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [str(item) for item in items]


def wrong(check: Check, problem: str) -> TemplateError:
    """The error about a check that its author got wrong."""
    way = f"put it right in path.md, line {check.line}"
    return error_of(Fault("path.md", check.line, "check-option", f"check `{check.kind}`: {problem}", way))


def dig(value: Json, path: str) -> tuple[bool, Json]:
    """Whether a dotted path leads anywhere in nested mappings and lists, and what stands there."""
    for part in path.split("."):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return False, None
    return True, value


def agrees(value: Json, wanted: Json) -> bool:
    """Whether a value is the wanted one; what Jinja rendered is text, so numbers and truths are compared as text."""
    return value == wanted or str(value).lower() == str(wanted).lower()


def brief(text: str, limit: int = 600) -> str:
    """The end of a long text, where the reason usually stands."""
    text = text.strip()
    return text if len(text) <= limit else "... " + text[-limit:]
