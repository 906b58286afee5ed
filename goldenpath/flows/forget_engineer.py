"""Forget an engineer: names and addresses go, ids stay, and every chain holds as before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger import keeping
from goldenpath.core.errors import UsageError

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger

BEYOND_REACH = (
    "backups of the ledger that were made before",
    "ledgers on other machines",
    "commits: git keeps names and addresses in every clone",
    "exports: they hold ids alone, but who has a list of ids knows whose they are",
)
"""Where an engineer's name may still stand after it was forgotten here."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who was forgotten: how many names and addresses are deleted, how many events keep the id, what is not reached."""

    engineer: str
    deleted: int
    events: int
    beyond_reach: tuple[str, ...] = BEYOND_REACH


def find_engineer(ledger: Ledger, wanted: str) -> str:
    """The id of the engineer with that id, address or name. Raises UsageError when none has it, or several."""
    people = ledger.people()
    found = {ident for ident, known in people.items() if wanted == ident or wanted in {value for _, value in known}}
    if len(found) > 1:
        raise UsageError(
            f"{wanted} is what {len(found)} engineers are called",
            hint=f"give the id: one of {', '.join(sorted(found))}",
        )
    if found:
        return found.pop()
    if ledger.events_of(wanted):
        return wanted
    raise UsageError(
        f"the ledger knows nobody called {wanted}", hint="give an id as `goldenpath ledger log --json` shows it"
    )


def forget_engineer(ledger: Ledger, engineer: str) -> Forgotten:
    """Delete what the ledger knows of somebody's name. Raises LedgerError when it can't be written."""
    deleted = keeping.forget(ledger, engineer)
    return Forgotten(engineer, len(deleted), len(ledger.events_of(engineer)))
