"""One run of one command: where state lives, what time it is, who is there to answer, and how results are shown."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import Settings, may_prompt, read_settings
from goldenpath.cli.screen import Screen
from goldenpath.core.errors import UsageError
from goldenpath.core.jsonable import SCHEMA, jsonable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from goldenpath.adapters.ledger import Ledger
    from goldenpath.flows.open_walk import Walk

    Report = TypeVar("Report")


@dataclass(frozen=True, slots=True)
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

    def ledger(self) -> Ledger:
        """This machine's ledger."""
        from goldenpath.adapters.ledger import open_ledger

        return open_ledger(self.settings.ledger)

    def walk(self, *, may_fetch: bool = False) -> Walk:
        """The walk of the project around the working folder. Raises UsageError when there is none."""
        from goldenpath.flows.open_walk import open_walk

        return open_walk(self.settings, self.ledger(), Path.cwd(), may_fetch=may_fetch)

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
