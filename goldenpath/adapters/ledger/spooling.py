"""A ledger that is never in the way: what can't be written now waits in the spool, and is read as if it were there."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from goldenpath.adapters.ledger import rows
from goldenpath.adapters.ledger.book import Ledger, add
from goldenpath.adapters.ledger.opening import transaction
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from goldenpath.adapters.ledger.spool import Spool
    from goldenpath.core.events import Draft
    from goldenpath.core.model import Person

    Result = TypeVar("Result")

PATIENCE_S = 10.0
"""How long an engineer's command waits for another one to end; the spool is as safe as the ledger."""


class SpoolingLedger(Ledger):
    """A ledger whose trouble is told once, to `tell`, and stops nobody.

    After the first trouble the file is left alone: what is appended goes into the spool, what is read is what waits
    there, after the events of a file that can still be read.
    """

    def __init__(self, path: Path, spool: Spool, tell: Callable[[LedgerError], None]) -> None:
        super().__init__(path, PATIENCE_S)
        self._spool = spool
        self._tell = tell
        self._is_troubled = False
        self._is_unreadable = False

    def events(self, subject: str | None = None) -> list[Event]:
        """All events, or those about one subject: of the file as far as it can be read, then of the spool."""
        waiting = [event for event in self._waiting() if subject in {None, event.subject}]
        return [*self._readable(lambda: super(SpoolingLedger, self).events(subject), list[Event]()), *waiting]

    def events_of(self, engineer: str) -> list[Event]:
        """The events about one engineer: of the file as far as it can be read, then of the spool."""
        waiting = [event for event in self._waiting() if event.data.get("engineer") == engineer]
        return [*self._readable(lambda: super(SpoolingLedger, self).events_of(engineer), list[Event]()), *waiting]

    def append(self, drafts: Sequence[Draft]) -> list[Event]:
        """The events as they were appended, or as they wait in the spool."""
        if not self._is_troubled:
            try:
                return super().append(drafts)
            except LedgerError as error:
                self._trouble(error)
        return self._put(drafts)

    def append_once(self, subject: str, build: Callable[[Sequence[Event]], Sequence[Draft]]) -> list[Event]:
        """Append what `build` makes of the subject's events, or keep it in the spool."""
        if not self._is_troubled:
            try:
                return super().append_once(subject, build)
            except LedgerError as error:
                self._trouble(error)
        return self._put(build(self.events(subject)))

    def engineer(self) -> str:
        """The id of the engineer; empty when it can't be known."""
        if not self._is_troubled:
            try:
                return super().engineer()
            except LedgerError as error:
                self._trouble(error)
        return self.known_engineer()

    def known_engineer(self) -> str:
        """The same without minting one."""
        return self._readable(super().known_engineer, "")

    def remember(self, person: Person, engineer: str = "") -> None:
        """Keep a name and an address, unless there is trouble: git knows them still the next time."""
        if not self._is_troubled:
            try:
                super().remember(person, engineer)
            except LedgerError as error:
                self._trouble(error)

    def take_in(self) -> int:
        """Append what waits in the spool; how many events, none when it can't be."""
        try:
            return take_in(self, self._spool)
        except LedgerError as error:
            self._trouble(error)
            return 0

    def _readable(self, read: Callable[[], Result], otherwise: Result) -> Result:
        if self._is_unreadable:
            return otherwise
        try:
            return read()
        except LedgerError as error:
            self._is_unreadable = True
            self._trouble(error)
            return otherwise

    def _trouble(self, error: LedgerError) -> None:
        if not self._is_troubled:
            self._tell(error)
        self._is_troubled = True

    def _put(self, drafts: Sequence[Draft]) -> list[Event]:
        if not drafts:
            return []
        try:
            named = self._spool.put(drafts)
        except OSError as error:
            named = list(drafts)
            lost = f"the spool can't be written either, and what happened now is recorded nowhere: {error.strerror}"
            self._tell(LedgerError(lost, hint="free some space, then check again: goldenpath check --all"))
        return [_unchained(draft, self.known_engineer()) for draft in named]

    def _waiting(self) -> list[Event]:
        engineer = self.known_engineer()
        return [_unchained(draft, engineer) for each in self._spool.waiting() for draft in each.drafts]


def take_in(ledger: Ledger, spool: Spool) -> int:
    """Append what waits in the spool, exactly once however often it is tried; how many events. Raises LedgerError."""
    waiting = [each for each in spool.waiting() if each.drafts]
    if not waiting:
        return 0
    drafts = {draft.id: draft for each in waiting for draft in each.drafts}
    with ledger.writing() as connection, transaction(connection):
        known = rows.known_ids(connection, list(drafts))
        added = add(connection, [draft for draft in drafts.values() if draft.id not in known])
    spool.drop(waiting)
    return len(added)


def _unchained(draft: Draft, engineer: str) -> Event:
    full = draft.of(engineer)
    return Event(full.id, "", 0, full.type, full.subject, full.time, full.data, "", "")
