"""What is wrong with a check's options, found without looking at anything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import fault_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from goldenpath.checks.world import Kind
    from goldenpath.core.faults import Fault
    from goldenpath.core.model import Check, Json


def problems(check: Check, kinds: Mapping[str, Kind]) -> Iterator[Fault]:
    """The options that the check's kind could not read, and those of its parts. What is Jinja is not known yet."""
    for child in check.children:
        yield from problems(child, kinds)
    known = {key: value for key, value in check.options.items() if not _is_jinja(value)}
    reads = kinds[check.kind].READS if check.kind in kinds else {}
    for key, read in reads.items():
        if key in known:
            try:
                read(replace(check, options=known), key)
            except TemplateError as error:
                yield fault_of(error, "path.md")


def _is_jinja(value: Json) -> bool:
    if isinstance(value, list):
        return any(map(_is_jinja, value))
    return isinstance(value, str) and any(sign in value for sign in ("{{", "{%", "{#"))
