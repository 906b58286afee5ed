"""The nouns of goldenpath: what a path, a step, a check, a project and a pull request are."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from goldenpath.core.outcomes import Evidence, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
"""Any value that JSON can hold."""

Answers: TypeAlias = "dict[str, Json]"
"""Answers to a template's questions, by question name."""


@dataclass(frozen=True, slots=True)
class Need:
    """A tool that a path needs on the machine, and how to get it."""

    tool: str
    fix: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One verifiable claim about the world. `options` are those of its kind, `children` those of any/all.

    `expected` puts the claim in words; without it the kind does.
    """

    kind: str
    options: Mapping[str, Json]
    line: int
    expected: str = ""
    fail: str = ""
    timeout_s: float = 15.0
    retries: int = 0
    every_s: float = 1.0
    is_negated: bool = False
    is_optional: bool = False
    is_lasting: bool = True
    children: tuple[Check, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check reports: what was expected, what was found, and the smallest next action.

    A blind one could not see what it asks about; `not` never turns it into a pass. `said` is what the engineer
    answered to an open question.
    """

    outcome: Outcome
    expected: str
    found: str
    fix: str = ""
    evidence: Evidence = Evidence.VERIFIED
    is_blind: bool = False
    said: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One section of a path. `body` is Markdown without the machine-read blocks."""

    id: str
    title: str
    body: str
    minutes: int
    line: int
    checks: tuple[Check, ...] = ()
    hints: tuple[str, ...] = ()
    milestone: str = ""
    owner: str = ""
    when: str = ""
    needs_network: bool = False
    is_reading: bool = False


@dataclass(frozen=True, slots=True)
class GoldenPath:
    """A tutorial plus the template it starts from. `version` is the template's.

    `ignore` has the rules of `template lint` that don't count here, each with the reason.
    """

    id: str
    title: str
    summary: str
    version: str
    owner: str
    support: str
    audience: str
    minutes: int
    intro: str
    teaches: tuple[str, ...] = ()
    checks: tuple[tuple[str, ...], ...] = ()
    needs: tuple[Need, ...] = ()
    steps: tuple[Step, ...] = ()
    ignore: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Template:
    """A Copier template at one version, as the store holds it.

    `source` is what a project's answers file records; `folder` is the exported tree of `commit`. `why_prerelease` says
    why the present state of a folder is no version.
    """

    name: str
    source: str
    version: str
    commit: str
    folder: Path
    is_bundled: bool = False
    why_prerelease: str = ""


@dataclass(frozen=True, slots=True)
class Project:
    """A repository that was started from a template."""

    root: Path
    id: str
    path_id: str
    source: str
    version: str
    answers: Mapping[str, Json] = field(default_factory=dict)


class PullRequestState(StrEnum):
    """Where a pull request stands."""

    OPEN = "open"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as its forge knows it. `author` is an engineer's id."""

    number: int
    title: str
    branch: str
    target: str
    head: str
    author: str
    opened_at: datetime
    state: PullRequestState = PullRequestState.OPEN
    merged_at: datetime | None = None
    merge_commit: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A name and an address, as git knows them. Never part of an event."""

    name: str
    email: str
