"""What a rule is: what it claims of every template, and a function that finds where that is not so."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from goldenpath.core.faults import Fault
from goldenpath.rules.source import Source

Look: TypeAlias = Callable[[Source], Iterable[Fault]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A claim about templates.

    One that `needs_path` is not asked about a template without a path.md, one that `needs_copier` not about one whose
    copier.yml can't be read: nobody knows its questions then, nor which files are rendered.
    """

    meaning: str
    look: Look
    needs_path: bool = False
    needs_copier: bool = False


def of_copier(meaning: str, look: Look) -> Rule:
    """A rule about what copier.yml says, and what is rendered."""
    return Rule(meaning, look, needs_copier=True)


def of_both(meaning: str, look: Look) -> Rule:
    """A rule that needs path.md and copier.yml."""
    return Rule(meaning, look, needs_path=True, needs_copier=True)


def of_path(meaning: str, look: Look) -> Rule:
    """A rule about templates that have a path.md."""
    return Rule(meaning, look, needs_path=True)
