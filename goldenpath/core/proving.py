"""Proving a template: the cases that it is tried with, what each level came to, and how everything is summed up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.faults import Fault
    from goldenpath.core.model import Answers, Template


class Level(StrEnum):
    """How far a template is proven; each level includes those before it."""

    RENDER = "render"
    PROJECT = "project"
    PATH = "path"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Since:
    """From where a project is updated: an earlier version of the template, and the name of the set of answers.

    `is_last`: no version that was released later is earlier than the one that is proven.
    """

    template: Template
    answers: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Case:
    """One complete set of answers, computed ones included.

    `name` is `defaults`, the stem of a file in `answers/`, `minimal`, `maximal`, or `pair-1` and so on; for an update
    the earlier version stands before it: `1.0.0 defaults`.
    """

    name: str
    answers: Answers
    is_named: bool = False
    """Whether the author meant it: the defaults and the files in `answers/`, with which the path is walked."""
    since: Since | None = None


@dataclass(frozen=True, slots=True)
class CasePlan:
    """The cases of a template. Of `feasible` combinations of `strength` answers, `covered` are in some case.

    `faults` has the named sets that the questions refuse, and what else stands in the way of cases.
    """

    cases: tuple[Case, ...]
    strength: int
    covered: int
    feasible: int
    faults: tuple[Fault, ...] = ()


class Proof(StrEnum):
    """What a step's proof came to."""

    PROVEN = "proven"
    REFUTED = "refuted"
    READING = "reading"
    UNKNOWN = "unknown"
    """A check could not be looked at on this machine."""
    UNTRIED = "untried"
    """A step before it could not be solved."""


@dataclass(frozen=True, slots=True)
class StepProof:
    """One step of a walk. `is_offline`: the network was shut but for loopback; `seconds`: its solution and checks."""

    step: str
    proof: Proof
    seconds: float
    is_offline: bool
    mutants: int = 0
    """How many changes to its solution were tried, each of which some check has to notice."""
    needs_network: bool = False
    """Whether the step says that it needs the network, so that it was not shut."""


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What one case came to at one level. `kept` is the folder that was left for looking at, if it was."""

    case: str
    level: Level
    faults: tuple[Fault, ...]
    seconds: float
    steps: tuple[StepProof, ...] = ()
    kept: str = ""

    @property
    def errors(self) -> int:
        """How many faults are no mere warnings."""
        return sum(not fault.is_warning for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Proven:
    """What one template came to. `faults` are those of no single case; `unreadable` says why nothing was tried.

    `covered` and `feasible` are 0 when only some cases were picked, or could be rendered: these say nothing about
    combinations. `earlier` are the versions from which updates were to be tried, oldest first; None below that level.
    """

    name: str
    folder: Path
    is_at_hand: bool
    strength: int = 0
    covered: int = 0
    feasible: int = 0
    results: tuple[CaseResult, ...] = ()
    faults: tuple[Fault, ...] = ()
    seconds: float = 0.0
    unreadable: str = ""
    hint: str = ""
    earlier: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ProofReport:
    """Everything that was tried, and the sums. `unchanged` are the templates that --changed-since left out."""

    templates: tuple[Proven, ...]
    cases: int
    errors: int
    warnings: int
    unreadable: int
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doing:
    """A case is being worked on. `what` is what is done now, such as `step add-endpoint: solving`."""

    template: str
    case: str
    level: Level
    what: str


@dataclass(frozen=True, slots=True)
class Done:
    """A case is finished at one level. `of` is how many results are expected of its template in all."""

    template: str
    result: CaseResult
    of: int
