"""What a check may look at: the project's folder, and questions that only other rooms can answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from goldenpath.checks.verdict import Read
    from goldenpath.core.model import Check, Finding, PullRequest


@dataclass(frozen=True, slots=True)
class World:
    """What a check may look at.

    `cache` is where commands may keep what makes the next look faster, since they leave nothing in the project.
    `pulls` gives the project's pull requests, or None when it has no forge.
    `ask` puts a question with its choices (an empty list: yes or no; None: in one's own words) to the engineer and
    returns the answer, or None when nobody is there. `production` is the folder of production on this machine.
    """

    root: Path
    cache: Path
    pulls: Callable[[], Sequence[PullRequest] | None]
    reached: Callable[[], Collection[str]]
    ask: Callable[[str, Sequence[str] | None], str | None]
    production: Path


class Kind(Protocol):
    """A check kind: a module with the keys that it knows besides its own name, and one function.

    `READS` has what reads an option and raises TemplateError for a value that it can't be: lint tries each of them on
    a check that nobody looks with.
    """

    KEYS: frozenset[str]
    READS: Mapping[str, Read]

    def look(self, check: Check, world: World, /) -> Finding:
        """What the check finds. Looking has no side effect."""
