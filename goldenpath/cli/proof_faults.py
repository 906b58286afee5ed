"""The faults of `template test`: the same one in many cases is one, with the names of the cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.cli.fault_page import annotate_unreadable, annotation, count, workflow_command, workspace
from goldenpath.core.visible import visible_line

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.core.faults import Fault
    from goldenpath.core.proving import ProofReport, Proven

_MOST_ANNOTATIONS = 50
_MOST_NAMES = 2


@dataclass(frozen=True, slots=True)
class Met:
    """A fault, and in which cases it was met. `where` says so in words; it is empty for what is of no single case."""

    fault: Fault
    cases: tuple[str, ...]
    where: str


def faults_met(each: Proven) -> list[Met]:
    """The distinct faults of a template, in order. One that is an error in any case is an error."""
    first: dict[tuple[str, int, str, str], Fault] = {}
    cases: dict[tuple[str, int, str, str], dict[str, None]] = {}
    named = [("", fault) for fault in each.faults]
    named += [(result.case, fault) for result in each.results for fault in result.faults]
    for case, fault in named:
        key = (fault.file, fault.line, fault.rule, fault.problem)
        if key not in first or (first[key].is_warning and not fault.is_warning):
            first[key] = fault
        cases.setdefault(key, {}).update({case: None} if case else {})
    of = len({result.case for result in each.results})
    found = [Met(fault, tuple(cases[key]), _where(tuple(cases[key]), of)) for key, fault in first.items()]
    return sorted(found, key=lambda met: met.fault)


def _where(cases: tuple[str, ...], of: int) -> str:
    names = [visible_line(case) for case in cases]
    if len(names) == of > _MOST_NAMES:
        return f"in all {of} cases"
    if len(names) > _MOST_NAMES + 1:
        names = [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES} more"]
    return f"in {', '.join(names[:-1])}{' and ' if names[1:] else ''}{names[-1]}" if names else ""


def annotate_proof(screen: Screen, report: ProofReport) -> None:
    """One annotation for each distinct fault when a GitHub workflow runs us, faults before warnings, at most 50."""
    root = workspace()
    if root is None:
        return
    for each in report.templates:
        annotate_unreadable(screen, each)
    found = [(each, met) for each in report.templates for met in faults_met(each)]
    found.sort(key=lambda one: one[1].fault.is_warning)
    for each, met in found[:_MOST_ANNOTATIONS]:
        screen.note(annotation(each, met.fault, root, met.where))
    left = [met.fault for _, met in found[_MOST_ANNOTATIONS:]]
    if left:
        errors = sum(not fault.is_warning for fault in left)
        said = f"{count(errors, 'fault')} and {count(len(left) - errors, 'warning')} more: see the log of this step"
        screen.note(workflow_command("error" if errors else "warning", {"title": "template test"}, said))
