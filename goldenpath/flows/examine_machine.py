"""Doctor: what is right and what is wrong on this machine, each finding with the command that mends it."""

from __future__ import annotations

import os
import platform
import shutil
import stat
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import goldenpath
from goldenpath.adapters.ledger.audit import audit
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.ledger.spool import Spool
from goldenpath.adapters.settings import is_on_path, path_command
from goldenpath.core.catalogs import BUNDLED
from goldenpath.core.errors import GoldenpathError, UsageError
from goldenpath.flows.find_project import find_project
from goldenpath.flows.identify_project import find_nameless, identify, is_a_copy, path_of, twins_of
from goldenpath.flows.list_paths import show_path
from goldenpath.flows.open_walk import open_walk
from goldenpath.flows.plan_start import look_at_needs
from goldenpath.flows.trust import is_trusted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import GoldenPath, Project


LEAST_MB = 50
"""Below this many megabytes a start is likely to fail."""


class Health(StrEnum):
    """How bad a finding is: fine, worth knowing, or in the way."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One finding. `mend` is the command to type; `can_fix` says that `doctor --fix` does it."""

    group: str
    health: Health
    text: str
    mend: str = ""
    can_fix: bool = False


def examine_machine(settings: Settings, folder: Path, path_name: str | None) -> list[Diagnosis]:
    """What is found on this machine, for a path (by default that of the project around `folder`)."""
    project, wrong = _project(folder)
    return [
        *_tool(settings),
        *_room(settings),
        *_ledger(settings),
        *_spool(settings),
        *_git(folder),
        *_needs(settings, folder, path_name),
        *wrong,
        *(_of_project(settings, project) if project else ()),
    ]


def mend(settings: Settings, folder: Path) -> list[str]:
    """Mend what can safely be mended: an id for a project that lacks its own, privacy for the ledger. What was done."""
    done: list[str] = []
    if _is_wide_open(settings.ledger):
        settings.ledger.chmod(0o600)
        done.append("the ledger is readable by you alone")
    project, _ = _project(folder)
    if project and is_a_copy(settings, project):
        done.append(identify(settings, project.root, project.path_id))
    nameless = find_nameless(folder)
    if nameless:
        done.append(identify(settings, nameless, path_of(settings, nameless)))
    return done


def _project(folder: Path) -> tuple[Project | None, list[Diagnosis]]:
    nameless = find_nameless(folder)
    if nameless:
        text = f"{nameless.name} was made by Copier and has no identity yet"
        return None, [Diagnosis("project", Health.NOTE, text, "goldenpath doctor --fix", can_fix=True)]
    try:
        return find_project(folder), []
    except UsageError:
        return None, []
    except GoldenpathError as error:
        return None, [Diagnosis("project", Health.WRONG, error.message, error.hint)]


def _room(settings: Settings) -> Iterator[Diagnosis]:
    """Whether our state can be written: the rights of the folder, and what is left on its disk."""
    there = next(folder for folder in (settings.data, *settings.data.parents) if folder.is_dir())
    if not os.access(there, os.W_OK | os.X_OK):
        yield Diagnosis("goldenpath", Health.WRONG, f"{there} can't be written", f"chmod u+rwx '{there}'")
    free_mb = shutil.disk_usage(there).free // 1_000_000
    if free_mb < LEAST_MB:
        text = f"only {free_mb} MB are free on the disk of {there}"
        yield Diagnosis("goldenpath", Health.WRONG, text, "free some space, or set GOLDENPATH_HOME to another disk")


def _tool(settings: Settings) -> Iterator[Diagnosis]:
    version = f"goldenpath {goldenpath.__version__}, Python {platform.python_version()}, {platform.system()}"
    yield Diagnosis("goldenpath", Health.FINE, version)
    for tool in ("goldenpath", "uv"):
        if is_on_path(tool):
            yield Diagnosis("goldenpath", Health.FINE, f"{tool} is on the PATH")
        else:
            yield Diagnosis("goldenpath", Health.NOTE, f"{tool} is not on this terminal's PATH", path_command())
    yield Diagnosis("goldenpath", Health.FINE, f"state is kept in {settings.data}")
    yield Diagnosis("goldenpath", Health.FINE, "no telemetry: nothing leaves this machine")


def _ledger(settings: Settings) -> Iterator[Diagnosis]:
    try:
        found = audit(Ledger(settings.ledger))
    except GoldenpathError as error:
        yield Diagnosis("ledger", Health.WRONG, error.message, error.hint)
        return
    if found.is_sound:
        yield Diagnosis("ledger", Health.FINE, f"{found.events} events, every chain is whole")
    for problem in found.problems:
        yield Diagnosis("ledger", Health.WRONG, problem, "goldenpath ledger verify")
    if _is_wide_open(settings.ledger):
        yield Diagnosis(
            "ledger",
            Health.WRONG,
            "others on this machine can read it",
            "goldenpath doctor --fix",
            can_fix=True,
        )


def _spool(settings: Settings) -> Iterator[Diagnosis]:
    waiting = Spool(settings.spool, settings.ledger).waiting()
    count = sum(len(each.drafts) for each in waiting)
    if count:
        yield Diagnosis("ledger", Health.NOTE, f"{count} events wait in the spool", "goldenpath ledger log")
    for each in waiting:
        if each.trouble:
            yield Diagnosis("ledger", Health.NOTE, f"{each.file}: {each.trouble}", f"look at it: cat {each.file}")


def _is_wide_open(file: Path) -> bool:
    return file.exists() and bool(stat.S_IMODE(file.stat().st_mode) & 0o077)


def _git(folder: Path) -> Iterator[Diagnosis]:
    from goldenpath.adapters import repo

    try:
        yield Diagnosis("git", Health.FINE, repo.git(folder, "--version"))
    except GoldenpathError as error:
        yield Diagnosis("git", Health.WRONG, error.message, error.hint)
        return
    person = repo.identity(folder)
    if person:
        yield Diagnosis("git", Health.FINE, "git knows who you are")
    else:
        way = "git config --global user.name NAME && git config --global user.email EMAIL"
        yield Diagnosis("git", Health.WRONG, "git does not know who you are", way)


def _needs(settings: Settings, folder: Path, path_name: str | None) -> Iterator[Diagnosis]:
    if path_name:
        page = show_path(settings, path_name)
        if page.path is not None and page.catalog == BUNDLED:
            yield from _needs_of(page.path)
        else:
            yield Diagnosis("needs", Health.NOTE, f"not looked at: {path_name} is not trusted to run anything here")
        return
    try:
        walk = open_walk(settings, Ledger(settings.ledger), folder)
    except UsageError:
        return
    except GoldenpathError as error:
        yield Diagnosis("needs", Health.NOTE, f"not looked at: {error.message}", error.hint)
        return
    if is_trusted(settings, walk.template):
        yield from _needs_of(walk.path)
    else:
        text = "not looked at: the template is not trusted to run anything here"
        yield Diagnosis(f"needs of {walk.path.id}", Health.NOTE, text, "goldenpath check")


def _needs_of(path: GoldenPath) -> Iterator[Diagnosis]:
    for need in look_at_needs(path):
        health = Health.FINE if need.is_met else Health.WRONG
        name = f"needs of {path.id}"
        yield Diagnosis(
            name,
            health,
            f"{need.finding.expected}: {need.finding.found}",
            "" if need.is_met else need.need.fix,
        )


def _of_project(settings: Settings, project: Project) -> Iterator[Diagnosis]:
    from goldenpath.adapters import repo
    from goldenpath.forges import local

    yield Diagnosis("project", Health.FINE, f"{project.root.name}, id {project.id}")
    for twin in twins_of(settings, project):
        yield Diagnosis(
            "project",
            Health.WRONG,
            f"{twin} has the same id: one is a copy of the other, and they share their progress",
            "goldenpath doctor --fix, in the copy",
            can_fix=is_a_copy(settings, project),
        )
    url = repo.remote_url(project.root)
    if local.find(settings.forge, project.root):
        yield Diagnosis("project", Health.FINE, "origin is on the local forge")
    elif url:
        yield Diagnosis("project", Health.NOTE, f"origin is {url}; pull requests there can't be asked from here")
    else:
        yield Diagnosis("project", Health.NOTE, "it has no remote called origin", "git remote add origin URL")
