"""From what the command line says to an order: trust, needs, identity, answers. Asked for where they may be."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.settings import home_expanded
from goldenpath.core.errors import MachineError, UsageError
from goldenpath.core.model import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.session import Session
    from goldenpath.core.model import Answers
    from goldenpath.flows.plan_start import NeedFinding, Plan
    from goldenpath.flows.start_project import Order


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line says about a start."""

    destination: Path | None
    data: Sequence[str]
    answers: Path | None
    takes_defaults: bool
    forge: str
    author: str
    is_trusting: bool
    is_fresh: bool


def take_order(session: Session, plan: Plan, wishes: Wishes) -> Order:
    """Everything that a start needs to know, asked for where it may be. Nothing is written."""
    from goldenpath.flows.plan_start import folder_name, look_at_needs
    from goldenpath.flows.start_project import Order, refuse_occupied

    if wishes.forge not in {"local", "none"} and not any(sign in wishes.forge for sign in ":/"):
        raise UsageError(
            f"--forge {wishes.forge}: no such forge",
            hint="write --forge local, none, or the address of a repository",
        )
    if wishes.destination is not None:
        refuse_occupied(_absolute(wishes.destination))
    runs_something = _decide_trust(session, plan, wishes)
    _refuse_unmet(look_at_needs(plan.path))
    person = _person(session, wishes)
    answers = _answers(session, plan, wishes)
    destination = _absolute(wishes.destination or Path(folder_name(plan, answers)))
    refuse_occupied(destination)
    return Order(plan, answers, destination, person, wishes.forge, is_trusted=runs_something, begun_at=session.now())


def _absolute(path: Path) -> Path:
    return Path(os.path.normpath(home_expanded(path)))


def _decide_trust(session: Session, plan: Plan, wishes: Wishes) -> bool:
    """Whether the template brings anything that runs, which is then allowed. Raises UsageError when it is not."""
    from goldenpath.flows import trust

    commands = trust.commands_of(plan.path, plan.questionnaire.settings, plan.template)
    if not commands or trust.is_trusted(session.settings, plan.template):
        return bool(commands)
    if not wishes.is_trusting:
        if not session.can_ask:
            raise trust.refusal(f"the template {plan.template.name}", commands)
        from goldenpath.cli.ask import ask_yes_no

        session.screen.note(f"{plan.template.source} at {plan.template.commit[:10]} would run here, now or in a step:")
        for command in commands:
            session.screen.note("  ", (command, "command"))
        if not ask_yes_no(session.screen, "Do you trust it with that?"):
            raise UsageError("not started: what the template runs is not trusted", hint="ask its owner what it is for")
    return True


def _refuse_unmet(needs: Sequence[NeedFinding]) -> None:
    unmet = [need for need in needs if not need.is_met]
    if unmet:
        lines = [f"{need.need.tool} {need.need.version}".strip() + f" ({need.finding.found})" for need in unmet]
        fixes = "; ".join(f"{need.need.tool}: {need.need.fix}" for need in unmet)
        raise MachineError(f"this machine lacks {', '.join(lines)}; nothing was written", hint=fixes)


def _person(session: Session, wishes: Wishes) -> Person:
    from email.utils import parseaddr

    from goldenpath.adapters import repo

    if wishes.author:
        person = _named(*parseaddr(wishes.author))
        if person is None:
            raise UsageError(f"--author {wishes.author!r}: no name and address", hint="write --author 'NAME <EMAIL>'")
        return person
    known = repo.identity(Path.cwd())
    if known is not None:
        return known
    if not session.can_ask:
        raise UsageError("git does not know who you are", hint="add --author 'NAME <EMAIL>'")
    return _ask_who(session)


def _named(name: str, email: str) -> Person | None:
    """A name and an address that git takes, or None."""
    return Person(name, email) if name and re.fullmatch(r"[^\s<>@]+@[^\s<>@]+", email) else None


def _ask_who(session: Session) -> Person:
    from goldenpath.cli.ask import read_line

    session.screen.note(("git does not know who you are yet; your commits will carry this:", "strong"))
    while True:
        person = _named(read_line("name > ").strip(), read_line("e-mail > ").strip())
        if person is not None:
            return person
        session.screen.note(("a name and an address such as you@example.org, please", "warn"))


def _answers(session: Session, plan: Plan, wishes: Wishes) -> Answers:
    from goldenpath.adapters import state
    from goldenpath.adapters.language import language_of
    from goldenpath.core.answers import refuse_unknown, settle
    from goldenpath.flows.read_questions import read_answers

    questions = plan.questionnaire.questions
    destination = _absolute(wishes.destination) if wishes.destination else None
    copier, folder = plan.questionnaire.settings, plan.template.folder
    language = language_of(copier, destination, is_trusted=True, template=folder)
    given = read_answers(questions, wishes.answers, wishes.data)
    if not wishes.takes_defaults and session.can_ask:
        from goldenpath.cli.ask import Questioner

        refuse_unknown(questions, given)
        draft = _draft(session, plan, wishes)
        kept = {} if wishes.is_fresh else state.read_draft(draft)
        save = partial(state.write_draft, draft)
        given = {**given, **Questioner(session.screen, questions, language, given, save).ask_all(kept)}
    return settle(questions, given, language)


def _draft(session: Session, plan: Plan, wishes: Wishes) -> Path:
    from goldenpath.adapters import state

    where = _absolute(wishes.destination or Path())
    return state.draft_path(session.settings, plan.template.source, where)


def forget_draft(session: Session, plan: Plan, wishes: Wishes) -> None:
    """Drop the answers that were kept in case of an interruption."""
    from goldenpath.adapters import state

    state.drop_draft(_draft(session, plan, wishes))
