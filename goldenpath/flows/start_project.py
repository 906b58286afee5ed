"""Start a project: render, repository, first commit, forge, and last the ledger. It is there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import state
from goldenpath.adapters.ledger.holding import holding
from goldenpath.adapters.signals import uninterrupted
from goldenpath.adapters.staging import move_into_place, staging
from goldenpath.adapters.store import sources, tags
from goldenpath.core import events as ev
from goldenpath.core.addresses import without_credentials
from goldenpath.core.errors import FilesInTheWayError, MachineError
from goldenpath.core.filenames import folds_to_git
from goldenpath.core.identifiers import event_id, mint
from goldenpath.flows import trust
from goldenpath.flows.find_project import IDENTITY, identity_text
from goldenpath.flows.inspect_render import inspect_render
from goldenpath.flows.load_path import steps_for
from goldenpath.flows.settle_starts import held_folder

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
    refuse_inside_template(order)
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
        events = _events(order, project, commit, clock())
        with uninterrupted(), holding(held_folder(settings), events):
            move_into_place(staged, order.destination)
            undo.pop_all()
            ledger.append(events)
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
    around = Path(os.path.realpath(destination.parent))
    if any(folds_to_git(part) for part in (*destination.parts, *around.parts)):
        raise FilesInTheWayError(f"{destination} is in a .git folder", hint="name a folder outside of it")
    if os.path.realpath(destination) == str(Path.cwd()):
        raise FilesInTheWayError(
            f"{destination} is the folder that you are in",
            hint=f"go up: cd .. && goldenpath start PATH {destination.name}",
        )
    if os.path.isfile(destination / IDENTITY):  # noqa: PTH113 - Path raises for a name that is too long
        raise FilesInTheWayError(
            f"{destination} is a project already", hint=f"go on in it: cd {destination} && goldenpath status"
        )
    if os.path.lexists(destination):
        if destination.is_dir() and not destination.is_symlink() and not any(destination.iterdir()):
            return
        raise FilesInTheWayError(
            f"{destination} is there already", hint="name another folder: goldenpath start PATH OTHER-FOLDER"
        )


def refuse_inside_template(order: Order) -> None:
    """Raise FilesInTheWayError when the project would lie in the folder of its own template, and be part of it."""
    template = order.plan.made_from
    if template is not None and Path(os.path.realpath(order.destination)).is_relative_to(os.path.realpath(template)):
        raise FilesInTheWayError(
            f"{order.destination} is in the template that it would be made from", hint="name a folder outside of it"
        )


def render(settings: Settings, order: Order, into: Path) -> None:
    """Render the template with the order's answers into an empty folder. Raises TemplateError."""
    from goldenpath.adapters.rendering.process import Ordered, render_template

    template = order.plan.template
    repository = sources.repository_of(settings.store, template.source)
    render_template(
        Ordered(
            template=template,
            repository=repository,
            recorded=tags.recorded(repository, template.commit),
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
        repo.git(staged, "remote", "add", "origin", without_credentials(order.forge))
    except repo.GitError as error:
        raise MachineError(f"git refused: {error}", hint="look at git's configuration: goldenpath doctor") from error
    return commit, without_credentials(order.forge)


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
    drafts = [*started, ev.Draft(ev.REPOSITORY_CREATED, project, now, {**created})]
    idents = sorted(event_id(now) for _ in drafts)
    return [replace(draft, id=ident) for draft, ident in zip(drafts, idents, strict=True)]


def _forge_kind(forge: str) -> str:
    return forge if forge in {"local", "none"} else "url"


def _around(destination: Path) -> Path | None:
    from goldenpath.adapters.repo import enclosing

    return enclosing(destination.parent)
