"""Faults on the screen, and as annotations of GitHub's workflows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import variable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.faults import Fault
    from goldenpath.flows.lint_template import Linted, Lot, RuleLine

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
        screen.line(_count(lot.errors, "fault"), ", ", _count(lot.warnings, "warning"))
        screen.line("next: put them right, or say why not under `ignore` in path.md; then the same again")


def _show_one(screen: Screen, each: Linted) -> None:
    if each.unreadable:
        screen.line(("✗ ", "bad"), (each.name, "strong"), f"  {each.unreadable}")
        screen.line("    ", (each.hint, "faint"))
        return
    ignored = f", {each.ignored} ignored" if each.ignored else ""
    said = (f"  {_count(each.files, 'file')}{ignored}, {each.seconds:.2f} s", "faint")
    screen.line(("✗ ", "bad") if each.errors else ("✓ ", "good"), (each.name, "strong"), said)
    for fault in each.faults:
        word = ("warning", "warn") if fault.is_warning else ("fault", "bad")
        screen.line("  ", (f"{_shown(each, fault)}:{fault.line}", "strong"), "  ", word, f" {fault.rule}")
        screen.line("    ", fault.problem)
        screen.line("    ", (f"fix: {fault.fix}", "faint"))


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _shown(each: Linted, fault: Fault) -> str:
    """The file as somebody would open it from here; of a fetched template, its name there."""
    if not each.is_at_hand:
        return fault.file
    path = os.path.relpath(each.folder / fault.file)
    return str(each.folder / fault.file) if path.startswith("..") else path


def annotate(screen: Screen, lot: Lot) -> None:
    """One annotation for each fault when a GitHub workflow runs us; on stderr, where it stays out of the result."""
    if variable("GITHUB_ACTIONS") != "true":
        return
    root = Path(variable("GITHUB_WORKSPACE") or Path.cwd())
    for each in lot.templates:
        for fault in each.faults:
            screen.note(annotation(each, fault, root))


def annotation(each: Linted, fault: Fault, root: Path) -> str:
    """The workflow command that puts a fault beside its line."""
    kind = "warning" if fault.is_warning else "error"
    text = f"{fault.problem}\nfix: {fault.fix}"
    properties = {"title": f"{each.name}: {fault.rule}"}
    if each.is_at_hand:
        file = os.path.relpath(each.folder / fault.file, root)
        properties = {"file": file, "line": str(fault.line), **properties}
    else:
        text = f"{fault.file}:{fault.line}: {text}"
    said = ",".join(f"{key}={_escaped(value, _IN_PROPERTY)}" for key, value in properties.items())
    return f"::{kind} {said}::{_escaped(text, _IN_DATA)}"


def _escaped(text: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in text)
