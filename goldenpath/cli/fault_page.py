"""Faults on the screen, and as annotations of GitHub's workflows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from goldenpath.adapters.settings import variable
from goldenpath.core.pathfile import FILE
from goldenpath.core.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.faults import Fault
    from goldenpath.core.proving import Proven
    from goldenpath.flows.lint_template import Linted, Lot, RuleLine

Origin: TypeAlias = "Linted | Proven"
"""A template that faults are about."""

_IN_DATA: Mapping[str, str] = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY: Mapping[str, str] = {**_IN_DATA, ":": "%3A", ",": "%2C"}
"""How a workflow command escapes: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts."""


def show_rules(screen: Screen, rules: Sequence[RuleLine]) -> None:
    """The table of rules."""
    screen.table(["rule", "what it wants"], [[rule.id, rule.meaning] for rule in rules])


def show_lot(screen: Screen, lot: Lot) -> None:
    """Every fault below its template, and the sum."""
    for each in lot.templates:
        _show_one(screen, each)
    if lot.errors or lot.warnings:
        screen.line(count(lot.errors, "fault"), ", ", count(lot.warnings, "warning"))
        may_ignore = any(each.faults and (each.folder / FILE).is_file() for each in lot.templates)
        otherwise = f", or say why not under `ignore` in {FILE}" if may_ignore else ""
        screen.line(f"next: put them right{otherwise}; then the same again")


def _show_one(screen: Screen, each: Linted) -> None:
    if each.unreadable:
        show_unreadable(screen, each)
        return
    ignored = f", {each.ignored} ignored" if each.ignored else ""
    said = (f"  {count(each.files, 'file')}{ignored}, {each.seconds:.2f} s", "faint")
    screen.line(("✗ ", "bad") if each.errors else ("✓ ", "good"), (each.name, "strong"), said)
    for fault in each.faults:
        show_fault(screen, each, fault)


def show_unreadable(screen: Screen, each: Origin) -> None:
    """Why nothing is known about a template, and what to do then."""
    screen.line(("✗ ", "bad"), (visible_line(each.name), "strong"), f"  {_below(each.unreadable)}")
    screen.line("    ", (each.hint, "faint"))


def show_fault(screen: Screen, each: Origin, fault: Fault, where: str = "") -> None:
    """A fault below its template. `where` says which cases have it."""
    word = ("warning", "warn") if fault.is_warning else ("fault", "bad")
    screen.line("  ", (f"{visible_line(_shown(each, fault))}:{fault.line}", "strong"), "  ", word, f" {fault.rule}")
    screen.line("    ", _below(fault.problem))
    if where:
        screen.line("    ", where)
    screen.line("    ", (_below(f"fix: {fault.fix}"), "faint"))


def _below(text: str) -> str:
    """Text of several lines, such as what a command printed, each as far to the right as the first."""
    return text.rstrip().replace("\n", "\n    ")


def count(number: int, word: str) -> str:
    """`1 fault`, `2 faults`."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def _shown(each: Origin, fault: Fault) -> str:
    """The file as somebody would open it from here; of a fetched template, its name there."""
    if not each.is_at_hand:
        return fault.file
    path = os.path.relpath(each.folder / fault.file)
    return str(each.folder / fault.file) if path.startswith("..") else path


def annotate(screen: Screen, lot: Lot) -> None:
    """One annotation for each fault when a GitHub workflow runs us; on stderr, where it stays out of the result."""
    root = workspace()
    if root is None:
        return
    for each in lot.templates:
        annotate_unreadable(screen, each)
        for fault in each.faults:
            screen.note(annotation(each, fault, root))


def annotate_unreadable(screen: Screen, each: Origin) -> None:
    """An annotation for a template of which nothing is known but why."""
    if each.unreadable:
        title = {"title": f"{each.name}: can't be read"}
        screen.note(workflow_command("error", title, f"{each.unreadable}\nfix: {each.hint}"))


def workspace() -> Path | None:
    """The folder that annotations name files in, when a GitHub workflow runs us."""
    if variable("GITHUB_ACTIONS") != "true":
        return None
    return Path(variable("GITHUB_WORKSPACE") or Path.cwd())


def annotation(each: Origin, fault: Fault, root: Path, where: str = "") -> str:
    """The workflow command that puts a fault beside its line. `where` says which cases have it."""
    kind = "warning" if fault.is_warning else "error"
    text = "\n".join(filter(None, [fault.problem, where, f"fix: {fault.fix}"]))
    properties = {"title": f"{each.name}: {fault.rule}"}
    if each.is_at_hand:
        file = os.path.relpath(each.folder / fault.file, root)
        properties = {"file": file, "line": str(fault.line), **properties}
    else:
        text = f"{fault.file}:{fault.line}: {text}"
    return workflow_command(kind, properties, text)


def workflow_command(kind: str, properties: Mapping[str, str], text: str) -> str:
    """A line that GitHub's runner reads as a command."""
    said = ",".join(f"{key}={_escaped(value, _IN_PROPERTY)}" for key, value in properties.items())
    return f"::{kind} {said}::{_escaped(text, _IN_DATA)}"


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
