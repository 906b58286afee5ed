"""A ledger that is never in the way: what can't be written now waits in the spool, and is read as if it were there."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from goldenpath.adapters.ledger import rows
from goldenpath.adapters.ledger.book import Ledger, add
from goldenpath.adapters.ledger.opening import savepoint, transaction
from goldenpath.adapters.ledger.schema import BUSY_S
from goldenpath.core.errors import LedgerError
from goldenpath.core.events import Event
from goldenpath.core.identifiers import event_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from goldenpath.adapters.ledger.spool import Spool, Waiting
    from goldenpath.core.events import Draft
    from goldenpath.core.model import Person

    Result = TypeVar("Result")

PATIENCE_S = 10.0
"""How long an engineer's command waits for another one to end; the spool is as safe as the ledger."""
_A_TICK = timedelta(milliseconds=1)


class WaitingLedger(Ledger):
    """A ledger that is read with what waits in the spool. Its trouble is an error, as that of every ledger."""

    def __init__(self, path: Path, spool: Spool, patience_s: float = BUSY_S) -> None:
        super().__init__(path, patience_s)
        self.spool = spool

    def events(self, subject: str | None = None) -> list[Event]:
        """All events, or those about one subject: of the file, then of the spool."""
        there = super().events(subject)
        return [*there, *(event for event in self.waiting(there) if subject in {None, event.subject})]

    def events_of(self, engineer: str) -> list[Event]:
        """The events about one engineer: of the file, then of the spool."""
        there = super().events_of(engineer)
        return [*there, *(event for event in self.waiting(there) if event.data.get("engineer") == engineer)]

    def waiting(self, there: Sequence[Event]) -> list[Event]:
        """What waits and is not among the events that are there."""
        engineer, known = self.known_engineer(), {event.id for event in there}
        drafts = {draft.id: draft for each in self.spool.waiting() for draft in each.drafts}
        return [_unchained(draft, engineer) for ident, draft in drafts.items() if ident not in known]


class SpoolingLedger(WaitingLedger):
    """A ledger whose trouble is told once, to `tell`, and stops nobody.

    After the first trouble the file is left alone: what is appended goes into the spool, what is read is what waits
    there, after the events of a file that can still be read.
    """

    def __init__(self, path: Path, spool: Spool, tell: Callable[[LedgerError], None]) -> None:
        super().__init__(path, spool, PATIENCE_S)
        self._tell = tell
        self._is_troubled = False
        self._is_unreadable = False
        self._is_loss_told = False
        self._since = datetime.now(UTC).replace(microsecond=0)
        self._named_at = self._since

    def events(self, subject: str | None = None) -> list[Event]:
        """All events, or those about one subject: of the file as far as it can be read, then of the spool."""
        there = self._readable(lambda: Ledger.events(self, subject), list[Event]())
        return [*there, *(event for event in self.waiting(there) if subject in {None, event.subject})]

    def events_of(self, engineer: str) -> list[Event]:
        """The events about one engineer: of the file as far as it can be read, then of the spool."""
        there = self._readable(lambda: Ledger.events_of(self, engineer), list[Event]())
        return [*there, *(event for event in self.waiting(there) if event.data.get("engineer") == engineer)]

    def append(self, drafts: Sequence[Draft]) -> list[Event]:
        """The events as they were appended, or as they wait in the spool."""
        named = self._named(drafts)
        if not self._is_troubled:
            try:
                return super().append(named)
            except LedgerError as error:
                self._trouble(error)
        return self._put(named)

    def append_once(self, subject: str, build: Callable[[Sequence[Event]], Sequence[Draft]]) -> list[Event]:
        """Append what `build` makes of the subject's events, or keep it in the spool.

        While the file can't be read, it may well hold what is older than this command, and the world shows that later.
        """
        built: list[Draft] | None = None

        def build_once(history: Sequence[Event]) -> list[Draft]:
            nonlocal built
            built = self._named(build(history))
            return built

        if not self._is_troubled:
            try:
                return super().append_once(subject, build_once)
            except LedgerError as error:
                self._trouble(error)
        drafts = build_once(self.events(subject)) if built is None else built
        return self._put([draft for draft in drafts if not self._is_unreadable or draft.time >= self._since])

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

    def take_in(self) -> TakenIn:
        """Append what waits in the spool, none when it can't be."""
        try:
            return take_in(self, self.spool)
        except LedgerError as error:
            self._trouble(error)
            return TakenIn(0, ())

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
        if self._is_troubled:
            return
        self._is_troubled = True
        if self.spool.has_place():
            self._tell(LedgerError(f"{error.message}; what happens meanwhile is kept in the spool", hint=error.hint))
        else:
            self._tell_loss(f"{error.message}; the spool can't be written either", error.hint)

    def _tell_loss(self, why: str, hint: str) -> None:
        """Once: that what happens is recorded nowhere."""
        if not self._is_loss_told:
            self._is_loss_told = True
            lost = f"{why}, so what happens now is recorded nowhere"
            self._tell(LedgerError(lost, hint=f"{hint}; then look again: goldenpath check --all"))

    def _put(self, drafts: Sequence[Draft]) -> list[Event]:
        if not drafts:
            return []
        try:
            self.spool.put(drafts)
        except OSError as error:
            self._tell_loss(f"the spool can't be written: {error.strerror}", "free some space on its disk")
        return [_unchained(draft, self.known_engineer()) for draft in drafts]

    def _named(self, drafts: Sequence[Draft]) -> list[Draft]:
        """With ids, in order, before anything is tried: what is both in the file and in the spool is known by them."""
        self._named_at = max(datetime.now(UTC), self._named_at + _A_TICK)
        idents = sorted(event_id(self._named_at) for _ in drafts)
        return [replace(draft, id=draft.id or ident) for draft, ident in zip(drafts, idents, strict=True)]


@dataclass(frozen=True, slots=True)
class TakenIn:
    """How many events of the spool came into the ledger, and the files that stay in it, each with its trouble."""

    events: int
    left: tuple[Waiting, ...]


def take_in(ledger: Ledger, spool: Spool) -> TakenIn:
    """Append what waits in the spool, exactly once however often it is tried; one bad file keeps no other out.

    Raises LedgerError.
    """
    waiting = spool.waiting()
    left = [each for each in waiting if not each.drafts]
    if len(left) == len(waiting):
        return TakenIn(0, tuple(left))
    taken: list[Waiting] = []
    count = 0
    with ledger.writing() as connection, transaction(connection):
        for each in (each for each in waiting if each.drafts):
            try:
                count += _add_new(connection, each.drafts)
                taken.append(each)
            except (sqlite3.IntegrityError, sqlite3.DataError) as error:
                left.append(replace(each, trouble=f"the ledger does not take it: {error}"))
    return TakenIn(count, (*left, *spool.drop(taken)))


def _add_new(connection: sqlite3.Connection, drafts: Sequence[Draft]) -> int:
    with savepoint(connection):
        known = rows.known_ids(connection, [draft.id for draft in drafts])
        new = {draft.id: draft for draft in drafts if draft.id not in known}
        return len(add(connection, list(new.values())))


def _unchained(draft: Draft, engineer: str) -> Event:
    full = draft.of(engineer)
    return Event(full.id, "", 0, full.type, full.subject, full.time, full.data, "", "")
