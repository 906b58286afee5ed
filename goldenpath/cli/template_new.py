"""`goldenpath template new`: a template to begin with, that lints clean and is proven as it stands."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.adapters.settings import home_expanded
from goldenpath.cli.options import Json, NoInput
from goldenpath.cli.session import Session
from goldenpath.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.model import Answers
    from goldenpath.flows.new_template import Scaffolded
    from goldenpath.flows.plan_start import Plan


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the path, and the template's folder, is called.")],
    into: Annotated[
        Path | None, typer.Option("--into", metavar="FOLDER", help="Where the folder goes; without it, here.")
    ] = None,
    data: Annotated[
        list[str] | None, typer.Option("--data", "-d", metavar="KEY=VALUE", help="Answer a question.")
    ] = None,
    answers: Annotated[Path | None, typer.Option("--answers", metavar="FILE", help="Answers in a YAML file.")] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing at the terminal: take defaults.")] = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Make a template with questions, a path of two steps, and their solutions.

    It lints clean and is proven as it stands; from there, change one thing at a time. No project is started.
    """
    from goldenpath.adapters.rendering.process import warm_up
    from goldenpath.flows.new_template import MADE_FROM, new_template, refuse_name, refuse_taken
    from goldenpath.flows.plan_start import plan_start

    refuse_name(name)
    destination = Path(os.path.normpath(home_expanded((into or Path()) / name)))
    refuse_taken(destination)
    warm_up()
    session = Session("template new", json, no_input)
    plan = plan_start(session.settings, MADE_FROM)
    told = _answers(session, plan, name, answers, data or [], takes_defaults=defaults)
    made = session.screen.follow(new_template(session.settings, plan.template, told, destination))
    session.show(made, _show)


def _answers(
    session: Session, plan: Plan, name: str, file: Path | None, data: Sequence[str], *, takes_defaults: bool
) -> Answers:
    """Every answer, that to the name being NAME. Raises UsageError for one that the template does not take."""
    from goldenpath.adapters.language import language_of
    from goldenpath.core.answers import refuse_unknown, settle
    from goldenpath.flows.new_template import NAMING
    from goldenpath.flows.read_questions import read_answers

    questions = plan.questionnaire.questions
    language = language_of(plan.questionnaire.settings, None, is_trusted=True)
    given = read_answers(questions, file, data)
    if given.get(NAMING, name) != name:
        raise UsageError(
            f"it is to be called both {name} and {given[NAMING]}", hint=f"leave `{NAMING}` out: NAME says it"
        )
    given = {**given, NAMING: name}
    if not takes_defaults and session.can_ask:
        from goldenpath.cli.ask import Questioner

        refuse_unknown(questions, given)
        asked = Questioner(session.screen, questions, language, given, lambda _answers: None)
        given = {**given, **asked.ask_all({})}
    return settle(questions, given, language)


def _show(screen: Screen, made: Scaffolded) -> None:
    here = Path.cwd()
    root = made.root.relative_to(here) if made.root.is_relative_to(here) else made.root
    folder = shlex.quote(str(root) if root.is_absolute() else f"./{root}")
    screen.line(("✓ ", "good"), (str(made.root), "strong"))
    screen.line(f"  {len(made.files)} files from {made.made_from}: questions, a path of two steps, their solutions")
    if made.has_workflow and made.inside:
        screen.note(
            ("note: ", "warn"),
            f"it lies inside the repository {made.inside}; GitHub looks for workflows at the top of a repository only, "
            f"so move what {folder}/.github/workflows does there",
        )
    screen.line()
    longest = f"goldenpath template test {folder}"
    for command, what in (
        (f"goldenpath template lint {folder}", "what is wrong with it"),
        (f"goldenpath template test {folder}", "prove it"),
        (f"goldenpath start {folder}", "walk its path yourself"),
    ):
        screen.line("  ", (f"{command:<{len(longest)}}", "command"), f"  {what}")
