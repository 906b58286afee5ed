"""`goldenpath pr open | list | merge`: pull requests through the project's forge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from goldenpath.cli.options import Json, NoInput, Trust
from goldenpath.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.cli.screen import Screen
    from goldenpath.core.model import Project, PullRequest
    from goldenpath.flows.merge_pull_request import Merged


def open_(
    title: Annotated[str | None, typer.Option("--title", help="By default the subject of the last commit.")] = None,
    json: Json = False,
) -> None:
    """Open a pull request from the branch that you are on."""
    from goldenpath.flows.find_project import find_project
    from goldenpath.flows.open_pull_request import open_pull_request

    session = Session("pr open", json)
    project = find_project(Path.cwd())
    pull = open_pull_request(session.settings, session.ledger, project=project, title=title, now=session.now())
    session.show(pull, _show_opened)


def _show_opened(screen: Screen, pull: PullRequest) -> None:
    screen.line(
        ("✓ ", "good"),
        "pull request ",
        (f"#{pull.number} {pull.title}", "strong"),
        f", from {pull.branch} to {pull.target}",
    )
    screen.line("next: ", ("goldenpath check", "command"), " if you walk a path; then")
    screen.line("      ", ("goldenpath pr merge", "command"), " reviews it automatically and merges it")


def list_(json: Json = False) -> None:
    """List the project's pull requests."""
    from goldenpath.flows.find_project import find_project
    from goldenpath.flows.open_pull_request import list_pull_requests

    session = Session("pr list", json)
    pulls = list_pull_requests(session.settings, session.ledger, find_project(Path.cwd()))
    session.show(pulls, _show_list)


def _show_list(screen: Screen, pulls: Sequence[PullRequest]) -> None:
    if not pulls:
        screen.line("No pull request yet. Open one from a branch: ", ("goldenpath pr open", "command"))
        return
    rows = [
        [f"#{pull.number}", pull.state.value, pull.title, pull.branch, f"{pull.opened_at:%Y-%m-%d %H:%M}"]
        for pull in pulls
    ]
    screen.table(["", "state", "title", "branch", "opened (UTC)"], rows)


def merge(
    number: Annotated[
        int | None, typer.Argument(metavar="NUMBER", help="By default the open one of your branch.")
    ] = None,
    trust: Trust = False,
    no_input: NoInput = False,
    json: Json = False,
) -> None:
    """Review a pull request automatically, and merge it."""
    from goldenpath.flows.merge_pull_request import MergeOrder, merge_pull_request

    session = Session("pr merge", json, no_input)
    project, checks = _project_with_checks(session, is_trusting=trust)
    order = MergeOrder(project, number, checks)
    work = merge_pull_request(session.settings, session.ledger, order=order, clock=session.now)
    session.show(session.screen.follow(work), _show_merged)


def _project_with_checks(session: Session, *, is_trusting: bool) -> tuple[Project, tuple[tuple[str, ...], ...]]:
    """The project and its own checks; one whose template has no path has none."""
    from goldenpath.cli.consent import allow_project
    from goldenpath.flows.fetch_template import template_of
    from goldenpath.flows.find_project import find_project
    from goldenpath.flows.load_path import load_path
    from goldenpath.flows.zone_repository import PATH_ID as ZONE_PATH

    project = find_project(Path.cwd())
    if project.path_id == ZONE_PATH and not project.source:
        return project, (_REVIEW_OF_THE_ZONE,)
    known = (session.settings, project.source, project.version)
    template = template_of(*known, may_fetch=is_trusting) if project.source else None
    if template is None or load_path(template.folder) is None:
        return project, ()
    walk = session.walk(may_fetch=is_trusting)
    allow_project(session, walk, is_yes=is_trusting)
    return project, walk.path.checks


def _show_merged(screen: Screen, report: Merged) -> None:
    pull = report.pull
    for each in report.review:
        screen.line(("✓ ", "good"), f"automatic review: {each.command}", (f"  {each.seconds:.1f} s", "faint"))
    if report.was_pushed:
        screen.line(("note: ", "warn"), f"it was pushed to {pull.target}: nobody and nothing reviewed it")
    elif not report.review:
        screen.line(("note: ", "warn"), "nobody and nothing reviewed it: the project names no checks of its own")
    screen.line(
        ("✓ ", "good"),
        (f"#{pull.number} {pull.title}", "strong"),
        f" is merged into {pull.target} as {pull.merge_commit[:10]}",
    )
    is_zone = [each.command for each in report.review] == [" ".join(_REVIEW_OF_THE_ZONE)]
    screen.line(
        "next: ",
        (f"git switch {pull.target} && git pull", "command"),
        ", then ",
        ("goldenpath prod dns apply" if is_zone else "goldenpath check", "command"),
    )


_REVIEW_OF_THE_ZONE = ("goldenpath", "prod", "dns", "plan", ".")
