"""Start a project: render, repository, first commit, forge, and last the ledger. It is there whole or not at all."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import state, store
from goldenpath.adapters.signals import uninterrupted
from goldenpath.adapters.staging import move_into_place, staging
from goldenpath.core import events as ev
from goldenpath.core.errors import FilesInTheWayError, MachineError
from goldenpath.core.identifiers import mint
from goldenpath.flows import trust
from goldenpath.flows.find_project import IDENTITY, identity_text
from goldenpath.flows.inspect_render import inspect_render
from goldenpath.flows.load_path import steps_for

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Answers, Person
    from goldenpath.flows.plan_start import Plan


@dataclass(frozen=True, slots=True)
class Order:
    """What to start: the plan, every answer, where to, who commits, and which forge (`local`, `none` or a URL)."""

    plan: Plan
    answers: Answers
    destination: Path
    person: Person
    forge: str
    is_trusted: bool
    begun_at: datetime
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Started:
    """A project that was started. `origin` is empty without a forge; `inside` is a repository around it."""

    project: str
    root: Path
    path: str
    template: str
    version: str
    commit: str
    files: int
    origin: str
    first_step: str
    inside: Path | None


def start_project(
    settings: Settings, ledger: Ledger, order: Order, clock: Callable[[], datetime]
) -> Generator[str, None, Started]:
    """Yields what is being done; returns the project. When it raises, nothing of the project is there."""
    template, path = order.plan.template, order.plan.path
    refuse_occupied(order.destination)
    project = mint("prj")
    with staging(order.destination) as staged, contextlib.ExitStack() as undo:
        yield f"Rendering {template.name} {template.version}"
        render(settings, order, staged)
        files = inspect_render(staged) + 1
        (staged / IDENTITY).write_text(identity_text(project, path.id if path else ""), encoding="utf-8")
        yield "Making the repository and its first commit"
        commit, origin = _make_repository(settings, order, staged, project)
        if order.forge == "local":
            undo.callback(shutil.rmtree, origin, ignore_errors=True)
        trust.trust_project(settings, staged)
        state.note_place(settings, project, order.destination)
        yield "Writing it into the ledger"
        with uninterrupted():
            move_into_place(staged, order.destination)
            undo.pop_all()
            ledger.append(_events(order, project, commit, clock()))
            ledger.remember(order.person)
    steps = steps_for(path, order.answers) if path else ()
    return Started(
        project=project,
        root=order.destination,
        path=path.id if path else "",
        template=template.name,
        version=template.version,
        commit=commit,
        files=files,
        origin=origin,
        first_step=steps[0].id if steps else "",
        inside=_around(order.destination),
    )


def refuse_occupied(destination: Path) -> None:
    """Raise FilesInTheWayError when something is at the destination already; an empty folder is nothing.

    The working folder can't be replaced without the shell losing the ground under its feet.
    """
    if destination.resolve() == Path.cwd():
        raise FilesInTheWayError(
            f"{destination} is the folder that you are in",
            hint=f"go up: cd .. && goldenpath start PATH {destination.name}",
        )
    if (destination / IDENTITY).is_file():
        raise FilesInTheWayError(
            f"{destination} is a project already", hint=f"go on in it: cd {destination} && goldenpath status"
        )
    if destination.is_symlink() or destination.exists():
        if destination.is_dir() and not destination.is_symlink() and not any(destination.iterdir()):
            return
        raise FilesInTheWayError(
            f"{destination} is there already", hint="name another folder: goldenpath start PATH OTHER-FOLDER"
        )


def render(settings: Settings, order: Order, into: Path) -> None:
    """Render the template with the order's answers into an empty folder. Raises TemplateError."""
    from goldenpath.adapters.rendering.process import Ordered, render_template

    template = order.plan.template
    repository = store.repository_of(settings.store, template.source)
    render_template(
        Ordered(
            template=template,
            repository=repository,
            recorded=store.recorded(repository, template.commit),
            into=into,
            answers=order.answers,
            is_trusted=order.is_trusted,
            runs_tasks=order.is_trusted
            and not order.is_rehearsal
            and bool(order.plan.questionnaire.settings.get("_tasks")),
        )
    )


def _make_repository(settings: Settings, order: Order, staged: Path, project: str) -> tuple[str, str]:
    from goldenpath.adapters import repo
    from goldenpath.forges import local

    template = order.plan.template
    try:
        commit = repo.init_with_commit(staged, order.person, f"Start from {template.name} {template.version}")
        if order.forge == "none":
            return commit, ""
        if order.forge == "local":
            name = f"{order.destination.name}-{project[-8:]}"
            return commit, local.create(settings.forge, name, staged).url
        repo.git(staged, "remote", "add", "origin", order.forge)
    except repo.GitError as error:
        raise MachineError(f"git refused: {error}", hint="look at git's configuration: goldenpath doctor") from error
    return commit, order.forge


def _events(order: Order, project: str, commit: str, now: datetime) -> list[ev.Draft]:
    template, path = order.plan.template, order.plan.path
    about = {
        "project": project,
        "path": path.id if path else "",
        "template": template.source,
        "version": template.version,
    }
    started = [ev.Draft(ev.PATH_STARTED, project, order.begun_at, {**about})] if path else []
    created = {**about, "commit": commit, "name": order.destination.name, "forge": _forge_kind(order.forge)}
    return [*started, ev.Draft(ev.REPOSITORY_CREATED, project, now, {**created})]


def _forge_kind(forge: str) -> str:
    return forge if forge in {"local", "none"} else "url"


def _around(destination: Path) -> Path | None:
    from goldenpath.adapters.repo import enclosing

    return enclosing(destination.parent)
