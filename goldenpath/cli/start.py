"""`goldenpath start`: from a path's name to a project with its first step on the screen."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json, NoInput, Trust
from goldenpath.cli.session import Session
from goldenpath.core.errors import MachineError, UsageError
from goldenpath.core.model import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.model import Answers
    from goldenpath.flows.plan_start import NeedFinding, Plan
    from goldenpath.flows.start_project import Order, Started


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


def start(
    path: Annotated[str, typer.Argument(help="A path's name, a git URL, or ./FOLDER.", autocompletion=path_names)],
    destination: Annotated[
        Path | None,
        typer.Argument(metavar="[DEST]", help="The project's folder; by default named after the service."),
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question.")
    ] = None,
    answers: Annotated[Path | None, typer.Option("--answers", metavar="FILE", help="Answers in a YAML file.")] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Take the default for every other question.")] = False,
    forge: Annotated[str, typer.Option("--forge", metavar="local|none|URL", help="What `origin` is.")] = "local",
    author: Annotated[str, typer.Option("--author", metavar="'NAME <EMAIL>'", help="Who commits.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be made; change nothing.")] = False,
    trust: Trust = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the answers of an interrupted start.")] = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Start a project: questions, render, repository, first commit, first step."""
    from goldenpath.flows.plan_start import plan_start
    from goldenpath.flows.start_project import start_project

    session = Session("start", json, no_input)
    wishes = Wishes(destination, data or [], answers, defaults, forge, author, trust, fresh)
    if dry_run:
        _rehearse(session, path, wishes)
        return
    begun_at = session.now()
    with session.screen.busy("Looking at the template"):
        plan = plan_start(session.settings, path)
    order = replace(_order(session, plan, wishes), begun_at=begun_at)
    report = session.screen.follow(start_project(session.settings, session.ledger(), order, session.now))
    _forget_draft(session, plan, wishes)
    session.show(report, lambda screen, started: _show(screen, session, started))


def _order(session: Session, plan: Plan, wishes: Wishes) -> Order:
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
    _decide_trust(session, plan, wishes)
    _refuse_unmet(look_at_needs(plan.path))
    person = _person(session, wishes)
    answers = _answers(session, plan, wishes)
    destination = _absolute(wishes.destination or Path(folder_name(plan, answers)))
    refuse_occupied(destination)
    return Order(plan, answers, destination, person, wishes.forge, may_run_tasks=True, begun_at=session.now())


def _absolute(path: Path) -> Path:
    return Path(path.expanduser().absolute())


def _decide_trust(session: Session, plan: Plan, wishes: Wishes) -> None:
    from goldenpath.flows import trust

    commands = trust.commands_of(plan.path, plan.questionnaire.settings, plan.template)
    if not commands or trust.is_trusted(session.settings, plan.template):
        return
    if not wishes.is_trusting:
        if not session.can_ask:
            raise trust.refusal(f"the template {plan.template.name}", commands)
        from goldenpath.cli.ask import ask_yes_no

        session.screen.note(f"{plan.template.source} at {plan.template.commit[:10]} would run here, now or in a step:")
        for command in commands:
            session.screen.note("  ", (command, "command"))
        if not ask_yes_no(session.screen, "Do you trust it with that?"):
            raise UsageError("not started: what the template runs is not trusted", hint="ask its owner what it is for")
    trust.trust_template(session.settings, plan.template)


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
        name, email = parseaddr(wishes.author)
        if not name or "@" not in email:
            raise UsageError(f"--author {wishes.author!r}: no name and address", hint="write --author 'NAME <EMAIL>'")
        return Person(name, email)
    known = repo.identity(Path.cwd())
    if known is not None:
        return known
    if not session.can_ask:
        raise UsageError("git does not know who you are", hint="add --author 'NAME <EMAIL>'")
    from goldenpath.cli.ask import read_line

    session.screen.note(("git does not know who you are yet; your commits will carry this:", "strong"))
    name, email = read_line("name > ").strip(), read_line("e-mail > ").strip()
    if not name or "@" not in email:
        raise UsageError("that is no name and address", hint="type the same again, or add --author 'NAME <EMAIL>'")
    return Person(name, email)


def _answers(session: Session, plan: Plan, wishes: Wishes) -> Answers:
    from goldenpath.adapters import state
    from goldenpath.core.questions import settle
    from goldenpath.flows.read_questions import LANGUAGE, read_answers

    questions = plan.questionnaire.questions
    given = read_answers(questions, wishes.answers, wishes.data)
    if not wishes.takes_defaults and session.can_ask:
        from goldenpath.cli.ask import Questioner

        settle([each for each in questions if each.name in given], given, LANGUAGE)
        draft = _draft(session, plan, wishes)
        kept = {} if wishes.is_fresh else state.read_draft(draft)
        asker = Questioner(session.screen, questions, given, lambda answers: state.write_draft(draft, answers))
        given = {**given, **asker.ask_all(kept)}
    elif not wishes.takes_defaults:
        _refuse_unanswered(plan, given)
    return settle(questions, given, LANGUAGE)


def _refuse_unanswered(plan: Plan, given: Answers) -> None:
    """Without --defaults a script must answer what has no default of its own."""
    for question in plan.questionnaire.questions:
        if question.name not in given and not question.has_default and question.when is True:
            raise UsageError(
                f"no answer to `{question.name}`",
                hint=f"add -d {question.name}=VALUE, or --answers FILE, or --defaults",
            )


def _draft(session: Session, plan: Plan, wishes: Wishes) -> Path:
    from goldenpath.adapters import state

    where = _absolute(wishes.destination or Path())
    return state.draft_path(session.settings, plan.template.source, where)


def _forget_draft(session: Session, plan: Plan, wishes: Wishes) -> None:
    from goldenpath.adapters import state

    state.drop_draft(_draft(session, plan, wishes))


def _rehearse(session: Session, path: str, wishes: Wishes) -> None:
    """Do all of it in a scratch folder, and show which files would be made."""
    from goldenpath.flows.plan_start import plan_start
    from goldenpath.flows.rehearse_start import rehearse_start

    with tempfile.TemporaryDirectory(prefix="goldenpath-dry-run-") as scratch:
        elsewhere = replace(session, settings=replace(session.settings, cache=Path(scratch) / "cache"))
        plan = plan_start(elsewhere.settings, path)
        order = _order(elsewhere, plan, wishes)
        report = rehearse_start(elsewhere.settings, order, Path(scratch) / "render")
        session.show(
            report,
            lambda screen, made: screen.line("\n".join([*made.files, "", f"would be made in {made.root}"])),
        )


def _show(screen: Screen, session: Session, started: Started) -> None:
    from goldenpath.cli.step_page import show_step
    from goldenpath.flows.open_walk import open_walk

    where = {"": "no remote"}.get(started.origin, f"origin: {started.origin}")
    screen.line(("✓ ", "good"), (str(started.root), "strong"))
    screen.line(f"  {started.files} files from {started.template} {started.version}, branch main, 1 commit, {where}")
    if started.inside:
        screen.note(
            ("note: ", "warn"),
            f"it lies inside the repository {started.inside}, which will list it as untracked",
        )
    if not started.first_step:
        screen.line("  This template has no path.md, so there are no steps; the project is yours.")
        return
    screen.line()
    show_step(screen, open_walk(session.settings, session.ledger(), started.root), None, is_paged=False)
    screen.line()
    _show_next(screen, started)


def _show_next(screen: Screen, started: Started) -> None:
    import shlex

    from goldenpath.adapters.settings import is_on_path, scripts_folder

    here = Path.cwd()
    root = started.root.relative_to(here) if started.root.is_relative_to(here) else started.root
    if not is_on_path("goldenpath") and (scripts_folder() / "activate").is_file():
        activate = shlex.join([".", str(scripts_folder() / "activate")])
        screen.line("  ", (activate, "command"), "   once in each terminal: so that it finds goldenpath and uv")
    screen.line("  ", (f"cd {shlex.quote(str(root))}", "command"))
    for command, what in (
        ("goldenpath next", "read the step again"),
        ("goldenpath check", "see whether it is done"),
        ("goldenpath hint", "when you are stuck"),
    ):
        screen.line("  ", (f"{command:<18}", "command"), what)
