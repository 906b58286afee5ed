"""One run of one command: where state lives, what time it is, who is there to answer, and how results are shown."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import Settings, may_prompt, read_settings
from goldenpath.cli.screen import Screen
from goldenpath.core.errors import LedgerError, UsageError
from goldenpath.core.jsonable import SCHEMA, jsonable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.ledger.spool import Spool
    from goldenpath.adapters.ledger.spooling import SpoolingLedger, TakenIn
    from goldenpath.flows.open_walk import Walk

    Report = TypeVar("Report")


@dataclass(frozen=True)
class Session:
    """One run of a command. `command` is its name as typed, such as `pr open`."""

    command: str
    is_json: bool = False
    no_input: bool = False
    settings: Settings = field(default_factory=read_settings)
    screen: Screen = field(default_factory=Screen)

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)

    @cached_property
    def ledger(self) -> SpoolingLedger:
        """This machine's ledger, for a command that does its work with or without it: it is never in the way."""
        from goldenpath.adapters.ledger.spooling import SpoolingLedger

        ledger = SpoolingLedger(self.settings.ledger, self._spool, self._tell_trouble)
        self._say_taken_in(ledger.take_in())
        return ledger

    @cached_property
    def strict_ledger(self) -> Ledger:
        """The same for a command that is about the ledger itself: every trouble is an error."""
        from goldenpath.adapters.ledger.spooling import WaitingLedger, take_in

        ledger = WaitingLedger(self.settings.ledger, self._spool)
        try:
            self._say_taken_in(take_in(ledger, self._spool))
        except LedgerError as error:
            self._warn(f"{error.message}; what waits in the spool stays there", error.hint)
        return ledger

    @cached_property
    def _spool(self) -> Spool:
        from goldenpath.adapters.ledger.spool import Spool
        from goldenpath.flows.settle_starts import settle_starts

        settle_starts(self.settings)
        return Spool(self.settings.spool, self.settings.ledger)

    def _say_taken_in(self, taken: TakenIn) -> None:
        if taken.events:
            are = "1 event is" if taken.events == 1 else f"{taken.events} events are"
            self.screen.note(("note: ", "strong"), f"{are} in the ledger now that waited in the spool")
        if taken.left:
            first, more = taken.left[0], len(taken.left) - 1
            others = f", and {more} more like it" if more else ""
            what = f"what waits in {first.file} stays in the spool: {first.trouble}{others}"
            self._warn(what, "look at it, and move it away")

    def _tell_trouble(self, error: LedgerError) -> None:
        self._warn(error.message, error.hint)

    def _warn(self, text: str, hint: str) -> None:
        self.screen.note(("warning: ", "warn"), text)
        self.screen.note(("hint: ", "strong"), hint)

    def walk(self, *, may_fetch: bool = False) -> Walk:
        """The walk of the project around the working folder. Raises UsageError when there is none."""
        from goldenpath.flows.open_walk import open_walk
        from goldenpath.flows.unfinished_update import may_be_near

        if may_be_near(Path.cwd()):
            from goldenpath.flows.finish_update import settle_update

            settle_update(self.ledger, Path.cwd())
        return open_walk(self.settings, self.ledger, Path.cwd(), may_fetch=may_fetch)

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer."""
        return not self.no_input and not self.is_json and may_prompt()

    def show(self, report: Report, lines: Callable[[Screen, Report], None]) -> None:
        """The report: as one JSON object, or as `lines` puts it on the screen."""
        if self.is_json:
            self.emit("data", report)
        else:
            lines(self.screen, report)

    def emit(self, key: str, value: object) -> None:
        """One JSON object on stdout, escape sequences and all else outside ASCII written as escapes."""
        sys.stdout.write(json.dumps({"schema": SCHEMA, "command": self.command, key: jsonable(value)}) + "\n")
        sys.stdout.flush()

    def confirm(self, question: str, *, is_yes: bool, flag: str = "--yes") -> bool:
        """Whether to go on: said on the command line or at the terminal. Raises UsageError when nobody can be asked."""
        if is_yes:
            return True
        if not self.can_ask:
            raise UsageError(f"{question} Nobody is there to say so", hint=f"add {flag}")
        from goldenpath.cli.ask import ask_yes_no

        return ask_yes_no(self.screen, question)
