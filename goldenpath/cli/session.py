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
    from goldenpath.adapters.ledger.spooling import SpoolingLedger
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
        from goldenpath.adapters.ledger.book import Ledger
        from goldenpath.adapters.ledger.spooling import take_in

        ledger = Ledger(self.settings.ledger)
        try:
            self._say_taken_in(take_in(ledger, self._spool))
        except LedgerError as error:
            self._tell_trouble(error)
        return ledger

    @cached_property
    def _spool(self) -> Spool:
        from goldenpath.adapters.ledger.spool import Spool

        return Spool(self.settings.spool, self.settings.ledger)

    def _say_taken_in(self, count: int) -> None:
        if count:
            self.screen.note(("note: ", "strong"), f"what waited in the spool is in the ledger now: {count} events")

    def _tell_trouble(self, error: LedgerError) -> None:
        self.screen.note(("warning: ", "warn"), f"{error.message}; what happens is kept in the spool until it can be")
        self.screen.note(("hint: ", "strong"), error.hint)

    def walk(self, *, may_fetch: bool = False) -> Walk:
        """The walk of the project around the working folder. Raises UsageError when there is none."""
        from goldenpath.flows.open_walk import open_walk

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
