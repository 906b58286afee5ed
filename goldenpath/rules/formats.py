"""copier.yml and path.md against their formats: what reading them met, by rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.core.copier_settings import SETTINGS, problem_with_setting
from goldenpath.core.faults import Fault
from goldenpath.core.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.source import Source


def _met(source: Source, rule: str) -> Iterator[Fault]:
    return (fault for fault in source.troubles if fault.rule == rule)


def format_(source: Source) -> Iterable[Fault]:
    """What is not as the formats of copier.yml, path.md and the answers files say, settings among it."""
    yield from _met(source, "format")
    for key, value in source.settings.items():
        problem = problem_with_setting(key, value)
        if problem:
            place = source.place(key)
            yield Fault(place.file, place.line, "format", f"`{key}` {problem}", "see Copier's page on its settings")


def unknown_key(source: Source) -> Iterable[Fault]:
    """Keys that nobody reads. Copier passes over a setting that it doesn't know, so that one only warns."""
    yield from _met(source, "unknown-key")
    for key in source.settings:
        if key not in SETTINGS and not _is_anchor(source, key):
            place, near = source.place(key), nearest(key, SETTINGS)
            fix = f"did you mean `{near}`?" if near else "Copier passes over it; take it out"
            yield Fault(place.file, place.line, "unknown-key", f"`{key}` is no setting", fix, is_warning=not near)


def _is_anchor(source: Source, key: str) -> bool:
    """Whether the setting is only there to be repeated elsewhere, as `_shared: &shared`."""
    return re.search(rf"^{re.escape(key)}\s*:\s*&", source.text(source.place(key).file), re.MULTILINE) is not None


def readable(source: Source) -> Iterable[Fault]:
    """What is no file that can be read."""
    for file, problem in sorted(source.tree.odd.items()):
        yield Fault(file, 1, "readable", f"`{file}` {problem}", "take it out of the template")


def step_id(source: Source) -> Iterable[Fault]:
    """Ids of another form, or that two steps have."""
    return _met(source, "step-id")


def step_check(source: Source) -> Iterable[Fault]:
    """Steps without a check that are not for reading."""
    return _met(source, "step-check")


def check_kind(source: Source) -> Iterable[Fault]:
    """Checks of no kind, or of two."""
    return _met(source, "check-kind")


def milestone(source: Source) -> Iterable[Fault]:
    """Milestones that nobody can reach."""
    return _met(source, "milestone")
