"""`goldenpath update`: bring what the template's newer version has into a project, and finish or undo that."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import version_names
from goldenpath.cli.options import Json, NoInput, Trust, Yes
from goldenpath.cli.session import Session
from goldenpath.core.errors import FilesInTheWayError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.model import Answers
    from goldenpath.flows.plan_update import UpdatePlan


def update(
    to: Annotated[
        str,
        typer.Option("--to", metavar="VERSION", help="Another version than the newest.", autocompletion=version_names),
    ] = "",
    data: Annotated[
        list[str] | None, typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question anew.")
    ] = None,
    adopt: Annotated[
        str, typer.Option("--adopt", metavar="URL", help="Take the template from another address from now on.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be done; change nothing.")] = False,
    go_on: Annotated[bool, typer.Option("--continue", help="Commit the update once no conflict is left.")] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Undo the update that is not committed.")] = False,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing: new questions take defaults.")] = False,
    trust: Trust = False,
    yes: Yes = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Bring a newer version of its template into the project.

    What you wrote stays: it is merged with what the template changed. Nothing is committed before you say so.
    Exit 5: files are in conflict; each is listed with what to do.
    """
    if go_on + abort + (dry_run or bool(to or data or adopt)) > 1:
        raise UsageError("--continue and --abort go with no other option", hint="see: goldenpath update --help")
    session = Session("update", json, no_input or defaults)
    if go_on:
        _continue(session)
    elif abort:
        _abort(session, is_yes=yes)
    else:
        _update(session, Request(to, data or [], adopt, dry_run, trust))


@dataclass(frozen=True, slots=True)
class Request:
    """What the command line asks for."""

    to: str
    data: Sequence[str]
    adopt: str
    is_rehearsal: bool
    is_trusting: bool


def _update(session: Session, request: Request) -> None:
    from goldenpath.adapters.rendering.process import warm_up
    from goldenpath.cli.update_page import show_update
    from goldenpath.cli.update_source import plan_from_source
    from goldenpath.flows.merge_versions import UpdateOrder
    from goldenpath.flows.shadow_settings import shadow_settings
    from goldenpath.flows.unfinished_update import may_be_near
    from goldenpath.flows.update_project import update_project

    warm_up()
    if not request.is_rehearsal and may_be_near(Path.cwd()):
        _clear_up(session)
    with (
        tempfile.TemporaryDirectory(prefix="goldenpath-dry-run-") if request.is_rehearsal else nullcontext() as scratch
    ):
        at = replace(session, settings=shadow_settings(session.settings, Path(scratch))) if scratch else session
        plan = _with_consent(at, plan_from_source(at, _ledger(session, request), request), request)
        answers, is_trusted = _answers(at, plan, request)
        order = UpdateOrder(_with_secrets(plan, answers), answers, is_trusted, request.is_rehearsal, session.now())
        report = session.screen.follow(update_project(at.settings, order))
    session.show(report, lambda screen, shown: show_update(screen, shown, is_rehearsal=request.is_rehearsal))
    if report.conflicts:
        raise typer.Exit(FilesInTheWayError.exit_code)


def _clear_up(session: Session) -> None:
    from goldenpath.flows.plan_update import clear_up

    said = clear_up(Path.cwd())
    if said:
        session.screen.note(("note: ", "strong"), said)


def _ledger(session: Session, request: Request) -> Ledger:
    """What is known of the project; a rehearsal takes nothing in from the spool."""
    if not request.is_rehearsal:
        return session.ledger
    from goldenpath.adapters.ledger.book import Ledger

    return Ledger(session.settings.ledger)


def _with_consent(session: Session, plan: UpdatePlan, request: Request) -> UpdatePlan:
    """The plan, now that the person said whether the old version may run what it brings."""
    from goldenpath.cli.consent import allow_rendering

    return replace(plan, is_old_trusted=allow_rendering(session, plan.before, is_yes=request.is_trusting))


def _answers(session: Session, plan: UpdatePlan, request: Request) -> tuple[Answers, bool]:
    """Every answer for the new version, new ones asked for where they may be; and whether it may run what it brings."""
    from goldenpath.adapters.language import language_of
    from goldenpath.cli.consent import allow_rendering
    from goldenpath.core.answers import settle
    from goldenpath.flows.plan_update import kept_answers
    from goldenpath.flows.read_questions import read_answers

    is_trusted = allow_rendering(session, plan.after, is_yes=request.is_trusting)
    if plan.asks_the_same and not request.data:
        return plan.answers, is_trusted
    after = plan.after
    questions, copier = after.questionnaire.questions, after.questionnaire.settings
    language = language_of(copier, plan.project.root, is_trusted=is_trusted, template=after.template.folder)
    known = kept_answers(plan, read_answers(questions, None, request.data), is_trusted=is_trusted)
    if session.can_ask:
        from goldenpath.cli.ask import Questioner

        known = {**known, **Questioner(session.screen, questions, language, known, lambda _: None).ask_all({})}
    return settle(questions, known, language), is_trusted


def _with_secrets(plan: UpdatePlan, answers: Answers) -> UpdatePlan:
    from goldenpath.flows.plan_update import with_secrets

    return with_secrets(plan, answers)


def _continue(session: Session) -> None:
    from goldenpath.cli.update_page import show_finished
    from goldenpath.flows.finish_update import continue_update

    session.show(continue_update(session.ledger, Path.cwd()), show_finished)


def _abort(session: Session, *, is_yes: bool) -> None:
    from goldenpath.cli.update_page import show_aborted
    from goldenpath.flows.abort_update import abort_update, find_unfinished
    from goldenpath.flows.unfinished_update import edited_since

    place, unfinished = find_unfinished(Path.cwd())
    edited = edited_since(place, unfinished)
    if edited:
        names = ", ".join(edited[:5])
        if not session.confirm(f"What you did to {names} since the update will be lost.", is_yes=is_yes):
            raise UsageError("not undone", hint="commit the update instead: goldenpath update --continue")
    abort_update(place)
    session.show(unfinished, show_aborted)
