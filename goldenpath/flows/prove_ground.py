"""The ground of a proof: a project that was really started, with an empty home, and nobody's settings around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.settings import Settings, child_environment, replace_environment
from goldenpath.core.model import Person
from goldenpath.flows.plan_start import folder_name
from goldenpath.flows.start_project import Order, start_project
from goldenpath.flows.trust import allow_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.proving import Case, Level
    from goldenpath.flows.plan_start import Plan

PERSON = Person("Ada Example", "ada@example.invalid")
_DROPPED = ("GIT_", "XDG_", "GOLDENPATH_", "GITHUB_")
_KEPT = frozenset({"GIT_SSL_CAINFO", *(f"GOLDENPATH_RENDER_{what}" for what in ("SECONDS", "MEGABYTES", "FILES"))})
_CACHES = {"UV_CACHE_DIR": "uv", "PIP_CACHE_DIR": "pip", "npm_config_cache": "npm"}
_SOURCES = {
    "UV_CONFIG_FILE": ".config/uv/uv.toml",
    "PIP_CONFIG_FILE": ".config/pip/pip.conf",
    "npm_config_userconfig": ".npmrc",
}
"""Where downloads come from is this machine's to say, in files of a home that the proof does not have."""
ENTER = "enter.sh"


@dataclass(frozen=True, slots=True)
class Job:
    """What to prove: one case at one level, in a folder of its own.

    Downloads are kept in `caches`, so that ten cases don't cost
    ten downloads.
    """

    template: str
    plan: Plan
    case: Case
    level: Level
    folder: Path
    store: Path
    caches: Path
    is_mutated: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a project stands that was started for a proof, and the settings under which that was."""

    settings: Settings
    root: Path


def lay_ground(job: Job, folder: Path) -> Ground:
    """Start the job's project below `folder`; from now on this process has that home. Raises what a start raises."""
    home = folder / "home"
    base = home / "goldenpath"
    settings = Settings(base / "data", base / "cache", base / "config", base / "state")
    for each in (settings.cache, folder / "tmp", folder / "work"):
        each.mkdir(parents=True)
    settings.store.symlink_to(job.store, target_is_directory=True)
    identity = f"[user]\n\tname = {PERSON.name}\n\temail = {PERSON.email}\n[init]\n\tdefaultBranch = main\n"
    (home / ".gitconfig").write_text(identity, encoding="utf-8")
    own = {"HOME": str(home), "GOLDENPATH_HOME": str(base), "TMPDIR": str(folder / "tmp")}
    theirs = child_environment()
    downloads = {
        **{name: str(job.caches / tool) for name, tool in _CACHES.items()},
        **_sources(Path(theirs.get("HOME", "/"))),
    }
    downloads = {name: theirs.get(name, value) for name, value in downloads.items()}
    replace_environment({**_foreign(theirs), **downloads, **own})
    root = folder / "work" / folder_name(job.plan, job.case.answers)
    _write_enter(job.folder, {**own, **downloads}, root)
    now = datetime.now(UTC)
    order = Order(job.plan, job.case.answers, root, PERSON, "local", is_trusted=True, begun_at=now)
    for _doing in start_project(settings, Ledger(settings.ledger), order, _now):
        pass
    allow_template(settings, order)
    return Ground(settings, root)


def _foreign(environment: Mapping[str, str]) -> dict[str, str]:
    """What is not about us, git, or where this person keeps things."""
    return {name: value for name, value in environment.items() if name in _KEPT or not name.startswith(_DROPPED)}


def _sources(home: Path) -> dict[str, str]:
    return {name: str(home / file) for name, file in _SOURCES.items() if (home / file).is_file()}


def _now() -> datetime:
    return datetime.now(UTC)


def _write_enter(folder: Path, own: Mapping[str, str], root: Path) -> None:
    """A script with which a person steps into the ground, as the proof saw it."""
    import shlex

    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in own.items())
    script = f'#!/bin/sh\n{exports}cd {shlex.quote(str(root))} || exit\nexec "${{SHELL:-sh}}"\n'
    (folder / ENTER).write_text(script, encoding="utf-8")
