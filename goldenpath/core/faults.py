"""Faults: what is wrong in one line of a template, and how to put it right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from goldenpath.core.errors import TemplateError


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What a rule finds. `file` is relative to the template's folder; a warning fails nothing."""

    file: str
    line: int
    rule: str
    problem: str
    fix: str
    is_warning: bool = False


Sink: TypeAlias = Callable[[Fault], None]
"""Where a reader puts the faults that it meets. One that returns lets the reader go on to the next."""


def at_once(fault: Fault) -> None:
    """The sink of everybody but lint: raise TemplateError at the first fault."""
    raise error_of(fault)


def error_of(fault: Fault) -> TemplateError:
    """The error that says what the fault says."""
    return TemplateError(f"{fault.file}:{fault.line}: {fault.problem}", hint=fault.fix, fault=fault)


def fault_of(error: TemplateError, file: str) -> Fault:
    """The fault that the error carries, else one about the whole file."""
    return error.fault or Fault(file, 1, "format", error.message, error.hint)
