"""The files of a template: solutions, and what nothing refers to."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault
from goldenpath.core.pathfile import FILE
from goldenpath.core.suggest import nearest
from goldenpath.rules.source import SUFFIX
from goldenpath.rules.texts import included_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goldenpath.rules.source import Source

_PARTS = frozenset({"change.patch", "run.sh"})
WAIVED = "waived.yml"
"""Beside a solution: which parts of it no check can see, which `template test --mutate` reads."""
_USUAL = ("readme", "license", "licence", "changelog", "contributing", "notice", "security", "codeowners", "authors")


def solution_missing(source: Source) -> Iterable[Fault]:
    """Steps with work in them that have no solution. One that asks questions only has none."""
    there = {file.split("/")[1] for file in source.tree.files if _is_part(file)}
    for step in source.steps:
        is_asked = bool(step.checks) and all(check.kind == "confirm" for check in step.checks)
        if step.id and step.id not in there and step.checks and not step.is_reading and not is_asked:
            fix = f"add solutions/{step.id}/ with files/, change.patch or run.sh"
            yield Fault(FILE, step.line, "solution-missing", f"step `{step.id}` has no solution", fix)


def solution_left_over(source: Source) -> Iterable[Fault]:
    """Solutions of no step."""
    steps = {step.id for step in source.steps}
    first: dict[str, str] = {}
    for file in source.tree.files:
        if file.startswith("solutions/") and file.count("/") > 1:
            first.setdefault(file.split("/")[1], file)
    for name, file in first.items():
        if name not in steps and not any("goldenpath-step" in fault.problem for fault in source.troubles):
            near = nearest(name, steps)
            fix = f"did you mean the step `{near}`?" if near else "take it out, or write the step"
            yield Fault(file, 1, "solution-left-over", f"solutions/{name} belongs to no step", fix)


def _is_part(file: str) -> bool:
    parts = file.split("/")
    if len(parts) < 3 or parts[0] != "solutions":
        return False
    return (parts[2] == "files" and len(parts) > 3) or (len(parts) == 3 and parts[2].removesuffix(SUFFIX) in _PARTS)


def unreferenced(source: Source) -> Iterable[Fault]:
    """Files beside what is rendered that nothing reads: in solutions, in answers, or to be included."""
    if "" in source.roots or not source.is_rooted:
        return
    named = set(_named(source))
    for file in source.tree.files:
        if file.startswith(source.roots) or file in named or _is_expected(file, source):
            continue
        fix = "take it out, or put it where something reads it"
        yield Fault(file, 1, "unreferenced", f"nothing refers to {file}", fix)


def _is_expected(file: str, source: Source) -> bool:
    name = PurePosixPath(file)
    if file in {source.copier_file, FILE} or (len(name.parts) == 1 and name.stem.lower().startswith(_USUAL)):
        return True
    if name.parts[0].startswith("."):
        return True
    return file in source.answers or _is_part(file) or _is_waiver(name)


def _is_waiver(name: PurePosixPath) -> bool:
    return len(name.parts) == 3 and name.parts[0] == "solutions" and name.name == WAIVED


def _named(source: Source) -> Iterator[str]:
    """What templates include, copier.yml takes in, or a page links to."""
    for text in source.texts:
        yield from included_by(text, source)
    yield from (place.file for place in source.places.values())
    for page, marks in source.marks.items():
        for link in marks.links:
            yield resolved(page, link.text.partition("#")[0])
    words = source.text(source.copier_file)
    yield from (file for file in source.tree.files if file in words)


def resolved(page: str, target: str) -> str:
    """The file that a relative link on a page leads to."""
    parts: list[str] = []
    for part in (PurePosixPath(page).parent / target).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
