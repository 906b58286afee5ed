"""copier.yml and path.md against their formats: what reading them met, by rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goldenpath.core.copier_settings import SETTINGS, problem_with_setting
from goldenpath.core.faults import Fault
from goldenpath.core.suggest import nearest
from goldenpath.rules.source import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.source import Source


_CONFIGURES = re.compile(r"copier\.(?:[^/]*\.)?[yY][aA]?[mM][lL][^/.]*")
"""What Copier takes for a copier.yml, `copier.local.yml` too."""


def _met(source: Source, rule: str) -> Iterator[Fault]:
    return (fault for fault in source.troubles if fault.rule == rule)


def format_(source: Source) -> Iterable[Fault]:
    """What is not as the formats of copier.yml, path.md and the answers files say, settings among it."""
    yield from _met(source, "format")
    configured = [file for file in source.tree.files if _CONFIGURES.fullmatch(file)]
    if len(configured) > 1:
        problem = f"{' and '.join(configured)} are both there: Copier refuses a template that has more than one"
        other = next(file for file in configured if file != source.copier_file)
        yield Fault(other, 1, "format", problem, f"take it out, and keep {source.copier_file}")
    yield from _rendered_from_nowhere(source)
    for key, value in source.settings.items():
        problem = problem_with_setting(key, value)
        if problem:
            place = source.place(key)
            yield Fault(place.file, place.line, "format", f"`{key}` {problem}", "see Copier's page on its settings")


def _rendered_from_nowhere(source: Source) -> Iterator[Fault]:
    if source.is_rooted:
        return
    place, folders = source.place("_subdirectory"), {file.split("/")[0] for file in source.tree.files if "/" in file}
    problem = f"`_subdirectory` names a folder that is not there: {source.settings['_subdirectory']}"
    near = nearest(source.roots[0].rstrip("/"), folders)
    yield Fault(place.file, place.line, "format", problem, f"did you mean `{near}`?" if near else "name another")


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
        if problem == NOWHERE and source.is_kept_link(file):
            continue  # what it leads to may be made of another file
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
