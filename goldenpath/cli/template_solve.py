"""`goldenpath template solve`: open a project before a step, and record what its author does as the solution."""

from __future__ import annotations

import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.adapters.settings import home_expanded
from goldenpath.cli.options import Json, NoInput, Trust, Yes
from goldenpath.cli.session import Session
from goldenpath.core.errors import FilesInTheWayError, UsageError

if TYPE_CHECKING:
    from goldenpath.cli.screen import Screen
    from goldenpath.core.solving import Changes, Opened, Recorded
    from goldenpath.flows.plan_start import Plan
    from goldenpath.flows.start_project import Order

_GOES_ON = "What the solutions of earlier steps started, a server say, goes on running until you end it."


def solve(
    step: Annotated[str, typer.Argument(metavar="STEP", help="The step's id.")],
    template: Annotated[
        Path, typer.Option("--template", metavar="FOLDER", help="The template's folder; without it, this one.")
    ] = Path(),
    answers: Annotated[
        str, typer.Option("--answers", metavar="NAME", help="A set in answers/; without it, the defaults.")
    ] = "",
    open_: Annotated[
        Path | None, typer.Option("--open", metavar="FOLDER", help="Only make the project, in this folder.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FOLDER", help="Record what was changed in this one.")
    ] = None,
    yes: Yes = False,
    trust: Trust = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Open a project as it stands before STEP, and record what you change in it as the step's solution.

    On a terminal a shell starts in the project; when you leave it, you are asked whether to record. Elsewhere, or to
    take your time, it takes two commands: --open FOLDER, and when you are done, --record FOLDER.
    """
    session = Session("template solve", json, no_input)
    if open_ is not None and record is not None:
        raise UsageError("--open and --record at once", hint="open it, change it, and then record it")
    if record is not None:
        _record(session, _opened(session, step, record), is_yes=yes)
    elif open_ is not None:
        session.show(_open(session, step, template, answers, open_, is_trusting=trust), _show_opened)
    elif session.can_ask:
        _at_once(session, step, template, answers, is_yes=yes, is_trusting=trust)
    else:
        raise UsageError(
            "nobody is at a terminal to change the project",
            hint=f"make it: goldenpath template solve {step} --open FOLDER; change it; then the same with --record",
        )


def _open(session: Session, step: str, template: Path, answers: str, into: Path, *, is_trusting: bool) -> Opened:
    from goldenpath.adapters.rendering.process import warm_up
    from goldenpath.cli.consent import allow_source
    from goldenpath.flows.open_solution import open_solution, scratch_home, settings_of, steps_before
    from goldenpath.flows.plan_start import plan_start
    from goldenpath.flows.start_project import refuse_inside_template, refuse_occupied

    destination = Path(os.path.normpath(home_expanded(into)))
    refuse_occupied(destination)
    warm_up()
    home = scratch_home(session.settings)
    try:
        plan = plan_start(settings_of(home), str(home_expanded(template)))
        order = _order(session, plan, answers, destination)
        refuse_inside_template(order)
        steps_before(order, step)
        allow_source(session, plan, is_yes=is_trusting)
        return session.screen.follow(open_solution(home, order, step, session.now))
    except BaseException:
        shutil.rmtree(home, ignore_errors=True)
        raise


def _order(session: Session, plan: Plan, answers: str, destination: Path) -> Order:
    from goldenpath.adapters import repo
    from goldenpath.adapters.language import language_of
    from goldenpath.core.answers import settle
    from goldenpath.core.suggest import did_you_mean
    from goldenpath.flows.read_questions import read_answers
    from goldenpath.flows.start_project import Order

    folder = plan.made_from or Path()
    sets = {file.stem: file for file in sorted(folder.glob("answers/*.yml"))}
    if answers and answers not in sets:
        known = did_you_mean(answers, list(sets))
        raise UsageError(f"there is no answers/{answers}.yml", hint=f"{known} without --answers: the defaults")
    person = repo.identity(Path.cwd())
    if person is None:
        raise UsageError("git does not know who you are", hint='tell it: git config --global user.email "you@..."')
    questions = plan.questionnaire.questions
    copier = plan.questionnaire.settings
    language = language_of(copier, destination, is_trusted=True, template=plan.template.folder)
    given = read_answers(questions, sets.get(answers), ())
    told = settle(questions, given, language)
    return Order(plan, told, destination, person, "local", is_trusted=True, begun_at=session.now())


def _opened(session: Session, step: str, folder: Path) -> Opened:
    from goldenpath.flows.open_solution import find_opened

    opened = find_opened(session.settings, home_expanded(folder))
    if opened.step != step:
        raise UsageError(
            f"{folder} was opened for step `{opened.step}`, not for `{step}`",
            hint=f"goldenpath template solve {opened.step} --record {shlex.quote(str(folder))}",
        )
    return opened


def _record(session: Session, opened: Opened, *, is_yes: bool) -> None:
    from goldenpath.flows.record_solution import read_changes, record_solution, replaced_by

    changes = read_changes(opened)
    replaced = replaced_by(changes)
    if replaced:
        what = f"Replace {' and '.join(replaced)} of solutions/{changes.step}?"
        if not session.confirm(what, is_yes=is_yes):
            raise FilesInTheWayError(
                f"solutions/{changes.step} is as it was", hint=f"your changes are in {opened.root}; record them later"
            )
    session.show(record_solution(changes), _show_recorded)


def _at_once(session: Session, step: str, template: Path, answers: str, *, is_yes: bool, is_trusting: bool) -> None:
    """Open it in a folder of its own, let the author work there in a shell, record, and clear the folder away."""
    from goldenpath.adapters.settings import variable
    from goldenpath.adapters.shell import run_at_terminal

    outer = Path(tempfile.mkdtemp(prefix="goldenpath-solve-"))
    try:
        opened = _open(session, step, template, answers, outer / step, is_trusting=is_trusting)
    except BaseException:
        shutil.rmtree(outer, ignore_errors=True)
        raise
    session.screen.note("A shell in ", (str(opened.root), "strong"), f": make step `{step}` pass, then type exit.")
    for command, what in _help(opened):
        session.screen.note("  ", (command, "command"), what)
    if opened.applied:
        session.screen.note(_GOES_ON)
    run_at_terminal([variable("SHELL") or "sh"], folder=opened.root, GOLDENPATH_HOME=str(opened.home))
    changes = _changes_or_nothing(opened, outer)
    for name in (*changes.files, *changes.changed):
        session.screen.note("  ", name)
    if not session.confirm(f"Record this as the solution of `{step}`?", is_yes=is_yes):
        folder = shlex.quote(str(opened.root))
        session.screen.note("Nothing was recorded. It is still there: ", (folder, "command"))
        raise typer.Exit(1)
    _record(session, opened, is_yes=is_yes)
    _clear(outer, opened.home)


def _changes_or_nothing(opened: Opened, outer: Path) -> Changes:
    from goldenpath.flows.record_solution import read_changes

    try:
        return read_changes(opened)
    except UsageError:
        _clear(outer, opened.home)
        raise


def _clear(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _show_opened(screen: Screen, opened: Opened) -> None:
    screen.line(("✓ ", "good"), (str(opened.root), "strong"))
    before = ", ".join(opened.applied) or "nothing"
    screen.line(f"  the project before step `{opened.step}`; solved until now: {before}")
    if opened.applied:
        screen.line(f"  {_GOES_ON}")
    screen.line()
    screen.line("Go there, and make the step pass. This terminal then sees it in a home of its own:")
    screen.line("  ", (f"export GOLDENPATH_HOME={shlex.quote(str(opened.home))}", "command"))
    for command, what in _help(opened):
        screen.line("  ", (command, "command"), what)
    screen.line("When it does, here again:")
    again = f"goldenpath template solve {opened.step} --record {shlex.quote(str(opened.root))}"
    screen.line("  ", (again, "command"))


def _help(opened: Opened) -> list[tuple[str, str]]:
    """What can be typed in the project, and what it does, in columns."""
    check = f"goldenpath check {opened.step}"
    return [("goldenpath next".ljust(len(check)), "  read it"), (check, "  see whether it passes")]


def _show_recorded(screen: Screen, recorded: Recorded) -> None:
    screen.line(("✓ ", "good"), (str(recorded.folder), "strong"))
    for name in recorded.written:
        what = f"  {', '.join(recorded.changed)}" if name == "change.patch" else ""
        screen.line(f"  {name}{what}")
    for found in recorded.literals:
        where = f"{found.file} holds {found.value}, the answer to `{found.question}`: "
        fix = f"for other answers, end its name with .jinja and write {{{{ {found.question} }}}}"
        screen.note(("note: ", "warn"), where, fix)
    if recorded.commits:
        screen.note(
            ("note: ", "warn"),
            f"you made {recorded.commits} commit{'s' if recorded.commits > 1 else ''}; what is committed is recorded "
            "as files, and a step that asks for commits or branches makes them in run.sh",
        )
    if recorded.has_script:
        screen.line("  run.sh is as it was, and runs after them")
    screen.line("next: ", ("goldenpath template test", "command"), " proves the step")
