"""Steps: hints, what a failed check says, minutes, owners, the options of checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.checks import KINDS, problems
from goldenpath.core.faults import Fault
from goldenpath.core.pathfile import FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goldenpath.rules.source import Source

_NOBODY = frozenset(
    {"", "me", "nobody", "none", "owner", "tbd", "todo", "unknown", "your-squad", "your-team", "changeme"}
)


def step_hint(source: Source) -> Iterable[Fault]:
    """Steps without a hint, and hints that say nothing."""
    yield from (fault for fault in source.troubles if fault.rule == "step-hint")
    known = {fault.line for fault in source.troubles}
    for step in source.steps:
        if any(not hint.strip() for hint in step.hints) and not known:
            yield Fault(FILE, step.line, "step-hint", f"step `{step.id}` has an empty hint", "write it, or take it out")


def check_fail(source: Source) -> Iterable[Fault]:
    """Checks that don't say how to put it right."""
    yield from (fault for fault in source.troubles if fault.rule == "check-fail")
    lines = {fault.line for fault in source.troubles}
    for step in source.steps:
        for check in step.checks:
            if check.kind and not check.fail.strip() and check.line not in lines:
                problem = f"check `{check.kind}` has a `fail` that says nothing"
                yield Fault(FILE, check.line, "check-fail", problem, "say what puts it right")


def check_option(source: Source) -> Iterable[Fault]:
    """Options of checks that their kind could not read."""
    for step in source.steps:
        for check in step.checks:
            yield from problems(check, KINDS)


def minutes(source: Source) -> Iterable[Fault]:
    """Paths that take another time than their steps together; a step that not everybody has counts or does not."""
    if source.path is None or not source.steps or _is_amiss(source, "minutes"):
        return
    most = sum(step.minutes for step in source.steps)
    least = sum(step.minutes for step in source.steps if not step.when)
    said = source.path.minutes
    if not least <= said <= most:
        span = str(most) if least == most else f"between {least} and {most}"
        problem = f"front matter: `minutes` is {said}, and the steps take {span}"
        yield Fault(FILE, line_of_front(source, "minutes"), "minutes", problem, f"write `minutes: {most}`")
    for step in source.steps:
        if step.minutes == 0:
            problem = f"step `{step.id}` takes no time"
            yield Fault(FILE, step.line, "minutes", problem, "give it the minutes that a newcomer needs")


def owner(source: Source) -> Iterable[Fault]:
    """Paths and steps that nobody keeps."""
    if source.path is None:
        return
    fix = "name the squad that answers for it"
    if source.path.owner.strip().lower() in _NOBODY and not _is_amiss(source, "owner"):
        problem = f"front matter: `owner` is {source.path.owner!r}, which is no squad"
        yield Fault(FILE, line_of_front(source, "owner"), "owner", problem, fix)
    for step in source.steps:
        if step.owner and step.owner.strip().lower() in _NOBODY:
            problem = f"step `{step.id}`: `owner` is {step.owner!r}, which is no squad"
            yield Fault(FILE, step.line, "owner", problem, fix)


def _is_amiss(source: Source, key: str) -> bool:
    """Whether reading a key met a fault already."""
    said = (f"`{key}`", "goldenpath-step", "not valid YAML")
    is_said = any(word in fault.problem for fault in source.troubles for word in said if fault.file == FILE)
    return is_said or not source.has_front


def line_of_front(source: Source, key: str) -> int:
    """The line of a key of the front matter."""
    from goldenpath.core.mappings import LinedDict

    front = source.page.front if source.page else None
    return front.line_of(key) if isinstance(front, LinedDict) else 1
