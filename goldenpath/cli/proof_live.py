"""What `template test` is doing: a live table on a terminal, a line for each finished case elsewhere."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from goldenpath.cli.fault_page import count
from goldenpath.cli.proof_page import case_line
from goldenpath.core.proving import Doing, Done
from goldenpath.core.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Generator

    from goldenpath.cli.screen import Picture, Piece, Screen
    from goldenpath.core.proving import CaseResult, Level, ProofReport

_MOST_FAILED = 5
"""How many failed cases stand below the running ones; all are in the report."""


def follow_proof(screen: Screen, work: Generator[Doing | Done, None, ProofReport]) -> ProofReport:
    """Do the work, showing how it goes on; the work is closed, whatever happens."""
    board = _Board()
    with screen.live(board.picture) if screen.can_move else contextlib.nullcontext(), contextlib.closing(work):
        try:
            while True:
                event = next(work)
                is_new = board.take(event)
                if not screen.can_move:
                    _tell(screen, event, is_new=is_new)
        except StopIteration as end:
            report: ProofReport = end.value
            return report


def _tell(screen: Screen, event: Doing | Done, *, is_new: bool) -> None:
    if is_new:
        screen.note(f"testing {visible_line(event.template)} ...")
    if isinstance(event, Done):
        mark, *rest = case_line(event.result)
        screen.note(mark, (visible_line(event.template), "strong"), "  ", *rest)


class _Board:
    """What is known so far. Another thread draws it: what changes is replaced, never altered."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._of: dict[str, int] = {}
        self._done = 0
        self._found: dict[bool, frozenset[tuple[str, str, int, str, str]]] = {False: frozenset(), True: frozenset()}
        self._running: dict[tuple[str, str, Level], tuple[str, float]] = {}
        self._failed: tuple[tuple[str, CaseResult], ...] = ()

    def take(self, event: Doing | Done) -> bool:
        """Take in what happened; whether its template is a new one."""
        is_new = event.template not in self._of
        if isinstance(event, Doing):
            key = (event.template, event.case, event.level)
            began = self._running.get(key, ("", time.monotonic()))[1]
            self._running = {**self._running, key: (event.what, began)}
            self._of = {event.template: 0, **self._of}
            return is_new
        result = event.result
        done = (event.template, result.case, result.level)
        self._running = {key: what for key, what in self._running.items() if key != done}
        self._of = {**self._of, event.template: event.of}
        self._done += 1
        for fault in result.faults:
            one = (event.template, fault.file, fault.line, fault.rule, fault.problem)
            self._found = {**self._found, fault.is_warning: self._found[fault.is_warning] | {one}}
        if result.errors:
            self._failed = (*self._failed, (event.template, result))[-_MOST_FAILED:]
        return is_new

    def picture(self) -> Picture:
        """How far it is, what runs, and the last cases that failed."""
        now, has_many = time.monotonic(), len(self._of) > 1
        of = sum(self._of.values()) if all(self._of.values()) else 0
        minutes, seconds = divmod(int(now - self._began), 60)
        head: list[Piece] = [(f"{self._done} of {of}" if of else str(self._done), "strong"), " done"]
        for is_warning, word, style in ((False, "fault", "bad"), (True, "warning", "warn")):
            if self._found[is_warning]:
                head += [", ", (count(len(self._found[is_warning]), word), style)]
        head.append((f"  {minutes}:{seconds:02}", "faint"))
        rows: list[list[Piece]] = []
        for (template, case, level), (what, began) in self._running.items():
            said: list[Piece] = [(case, "strong"), what, (f"{now - began:.0f} s", "faint")]
            rows.append(["·", *([template] if has_many else []), str(level), *said])
        for template, result in self._failed:
            said = [
                (result.case, "strong"),
                (count(result.errors, "fault"), "bad"),
                (f"{result.seconds:.0f} s", "faint"),
            ]
            rows.append([("✗", "bad"), *([template] if has_many else []), str(result.level), *said])
        return head, rows
