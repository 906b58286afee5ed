"""`goldenpath milestones`: what a person reads about times that make no sense."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from goldenpath.core.identifiers import event_id
from goldenpath.core.milestone_names import MILESTONES
from tests.conftest import NOW

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from tests.cli.conftest import Cli


def happened(ledger: Ledger, milestone: str, day: float, clock: float) -> None:
    """A milestone of a day, written when the machine's clock stood at another."""
    facts = {"milestone": milestone, "learned": "verified"}
    ident = event_id(NOW + timedelta(days=clock))
    ledger.append([Draft(ev.MILESTONE_RECORDED, "prj-1", NOW + timedelta(days=day), facts, ident)])


def line_of(cli: Cli, milestone: str) -> str:
    return next(line for line in cli("milestones").out.splitlines() if f" {milestone} " in line)


def test_a_span_after_the_start_is_shown_and_one_before_it_in_words(ledger: Ledger, cli: Cli) -> None:
    happened(ledger, "started", 0, 0)
    happened(ledger, "first-change", 2, 2)
    happened(ledger, "first-deploy", -2, 3)
    assert "2 days 0 h after the start  known from: verified" in line_of(cli, "first-change")
    assert ", before the start  known" in line_of(cli, "first-deploy")
    assert "start" not in line_of(cli, "started").replace("started", "")
    result = cli("milestones")
    assert ", -" not in result.out
    assert "backwards" not in result.err


def test_a_clock_that_ran_backwards_is_said_once_beside_the_result(ledger: Ledger, cli: Cli) -> None:
    happened(ledger, "started", 5, 5)
    happened(ledger, "first-change", 1, 1)
    happened(ledger, "first-commit", 0, 0)
    result = cli("milestones")
    assert result.code == 0
    assert result.err == "note: this machine's clock ran backwards meanwhile; times may be wrong\n"
    flags = {line["is_clock_doubtful"] for line in cli("milestones", "--json").data if line["at"]}
    assert flags == {True}


def test_the_next_one_is_named_until_there_is_none(ledger: Ledger, cli: Cli) -> None:
    for name in MILESTONES:
        assert f"next: {name}\n" in cli("milestones").out
        happened(ledger, name, 0, 0)
    assert cli("milestones").out.endswith("All of them.\n")
