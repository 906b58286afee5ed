"""Following chains: events come by writer and number, and every one must follow from one before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldenpath.core.events import GENESIS, link

if TYPE_CHECKING:
    from goldenpath.core.events import Event


@dataclass(slots=True)
class Chains:
    """What following them found so far. Where two events follow from one, a chain forks: both branches are followed."""

    events: int = 0
    heads: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _writer: str = ""
    _number: int = 0
    _before: frozenset[str] = frozenset({GENESIS})
    _here: set[str] = field(default_factory=set)
    _followed: set[str] = field(default_factory=set)
    _is_fork_told: bool = False

    def follow(self, event: Event) -> None:
        """Look at the next event; they come by writer, then by number."""
        name = f"writer {event.writer}, event {event.wseq}"
        self._step_to(event, name)
        if self._before and event.prev not in self._before:
            self.problems.append(f"{name}: does not follow from the event before it")
        elif self._is_fork(event) and not self._is_fork_told:
            self._is_fork_told = True
            self.problems.append(f"{name}: a fork, two different events follow from one; both are kept")
        if not _holds(event):
            self.problems.append(f"{name}: was changed after it was written")
        self._followed.add(event.prev)
        self._here.add(event.hash)
        self.heads[event.writer] = event.hash
        self.events += 1

    def _is_fork(self, event: Event) -> bool:
        """Whether it follows from what another does; of two behind a gap the one before both is in the gap."""
        return event.prev in self._followed if self._before else bool(self._here)

    def _step_to(self, event: Event, name: str) -> None:
        if event.writer != self._writer:
            self._writer, self._number, self._here = event.writer, 0, {GENESIS}
        if event.wseq == self._number:
            return
        is_next = event.wseq == self._number + 1
        if not is_next:
            missing = (
                f"{self._number + 1} is"
                if event.wseq == self._number + 2
                else f"{self._number + 1} to {event.wseq - 1} are"
            )
            self.problems.append(f"{name}: a gap, {missing} missing")
        self._before = frozenset(self._here) if is_next else frozenset()
        self._number, self._here, self._followed, self._is_fork_told = event.wseq, set(), set(), False


def _holds(event: Event) -> bool:
    try:
        return event.hash == link(event)
    except (ValueError, RecursionError):  # somebody wrote into the file what no event of ours can hold
        return False
