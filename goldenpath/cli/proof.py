"""`goldenpath template test`: whether a template renders, its projects hold, and its path teaches something true."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.complete import path_names
from goldenpath.cli.options import Json, NoInput, Trust
from goldenpath.cli.session import Session
from goldenpath.core.errors import ChecksFailedError, TemplateError, UsageError
from goldenpath.core.proving import Level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.core.proving import ProofReport, Proven
    from goldenpath.flows.name_subjects import Subject, Wishes


Templates = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME|FOLDER|URL]...",
        help="Names of paths, folders or git addresses; without any, templates/*/ here, else all bundled ones.",
        autocompletion=path_names,
    ),
]
How = Annotated[Level, typer.Option("--level", help="How far to go; each level includes those before.")]
Sets = Annotated[
    list[str] | None, typer.Option("--answers", metavar="NAME", help="Try this case alone; may be repeated.")
]
Strength = Annotated[
    int, typer.Option("--strength", min=2, max=3, help="Of how many answers every combination is tried.")
]
Mutate = Annotated[bool, typer.Option("--mutate", help="Undo each part of every solution: some check has to notice.")]
Jobs = Annotated[int | None, typer.Option("-j", "--jobs", min=1, help="Processes; by default one a core.")]
Shard = Annotated[str, typer.Option("--shard", metavar="I/N", help="The I-th of N parts of the work.")]
Since = Annotated[
    str, typer.Option("--changed-since", metavar="REV", help="Leave templates out that are as they were then.")
]
From = Annotated[
    list[str] | None,
    typer.Option("--from", metavar="REV", help="Also update from this revision of its repository; may be repeated."),
]
Keep = Annotated[bool, typer.Option("--keep", help="Leave the folders of failing cases.")]
JUnit = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Also write JUnit XML.")]


def prove(
    template: Templates = None,
    level: How = Level.PATH,
    answers: Sets = None,
    strength: Strength = 2,
    mutate: Mutate = False,
    jobs: Jobs = None,
    shard: Shard = "1/1",
    changed_since: Since = "",
    from_: From = None,
    keep: Keep = False,
    junit: JUnit = None,
    trust: Trust = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Prove templates: every set of answers renders, the projects hold, and each step teaches what it says.

    Level `render`: the named sets of answers and a set for every pair, rendered strictly and twice. Level `project`:
    the checks that path.md names for every project. Level `path`: each step's checks fail before its solution and pass
    after it, with the network shut. Level `update`: an update of an edited project keeps what was written into it.
    """
    from goldenpath.adapters.apart import cores
    from goldenpath.cli.junit import check_junit_file
    from goldenpath.flows.name_subjects import Wishes
    from goldenpath.flows.prove_renders import load_early

    _refuse_idle(level, from_)
    if junit:
        check_junit_file(junit)
    load_early()
    part, parts = _part(shard)
    names, size = tuple(answers or ()), jobs or cores()
    wishes = Wishes(level, names, strength, size, part, parts, changed_since, mutate, keep, tuple(from_ or ()))
    session = Session("template test", json, no_input)
    subjects, unchanged = _subjects(session, template or [], wishes, is_yes=trust)
    report = _proven(session, subjects, unchanged, wishes)
    if junit:
        _write(junit, report)
    if report.unreadable:
        raise typer.Exit(TemplateError.exit_code)
    if report.errors:
        raise typer.Exit(ChecksFailedError.exit_code)


def _proven(
    session: Session, subjects: Sequence[Subject | Proven], unchanged: Sequence[str], wishes: Wishes
) -> ProofReport:
    """The report, which is shown."""
    from goldenpath.cli.proof_faults import annotate_proof
    from goldenpath.cli.proof_live import follow_proof
    from goldenpath.cli.proof_page import show_report
    from goldenpath.flows.prove_template import prove_templates

    report = follow_proof(session.screen, prove_templates(session.settings, subjects, wishes, unchanged))
    session.show(report, show_report)
    annotate_proof(session.screen, report)
    return report


def _write(file: Path, report: ProofReport) -> None:
    from goldenpath.cli.junit import write_junit

    write_junit(file, report)


def _refuse_idle(level: Level, revisions: Sequence[str] | None) -> None:
    if revisions and level is not Level.UPDATE:
        raise UsageError("--from goes with --level update", hint="add that, or leave --from out")


def _part(shard: str) -> tuple[int, int]:
    number, _, of = shard.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 0 < int(number) <= int(of)):
        raise UsageError(f"--shard {shard}: not I/N", hint="write it like: --shard 2/5")
    return int(number), int(of)


def _subjects(
    session: Session, named: Sequence[str], wishes: Wishes, *, is_yes: bool
) -> tuple[list[Subject | Proven], list[str]]:
    """What is to be proven, and what is as it was. Raises TemplateError for the only one that can't be read."""
    from goldenpath.flows.lint_template import templates_here
    from goldenpath.flows.name_subjects import is_changed, unreadable

    wanted = list(named) or templates_here(Path.cwd())
    found: list[Subject | Proven] = []
    unchanged: list[str] = []
    for what in wanted:
        try:
            if wishes.changed_since and not is_changed(session.settings, what, wishes.changed_since):
                unchanged.append(what)
            else:
                found.append(_subject(session, what, wishes, is_yes=is_yes))
        except TemplateError as error:
            if len(wanted) == 1:
                raise
            found.append(unreadable(what, error))
    return found, unchanged


def _subject(session: Session, what: str, wishes: Wishes, *, is_yes: bool) -> Subject:
    """What is to be proven, and may run what the level runs. Raises UsageError when it may not, TemplateError."""
    from goldenpath.cli.consent import allow_rendering, allow_source
    from goldenpath.flows.name_subjects import find_subject, name_subject
    from goldenpath.flows.plan_update import Version
    from goldenpath.flows.read_questions import read_questions

    with session.screen.busy(f"Looking at {what}"):
        folder, plan = find_subject(session.settings, what)
    if wishes.level is Level.RENDER:
        allow_rendering(session, Version(plan.template, plan.questionnaire), is_yes=is_yes)
    else:
        allow_source(session, plan, is_yes=is_yes)
    with session.screen.busy(f"Looking at {what}"):
        subject = name_subject(session.settings, what, wishes, folder, plan)
    for template in subject.earlier or ():
        with suppress(TemplateError):  # one that can't be read is not rendered, and told so
            allow_rendering(session, Version(template, read_questions(template.folder)), is_yes=is_yes)
    return subject
