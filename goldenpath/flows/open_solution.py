"""Open a step for its author: a project of the template, with the solutions of all earlier steps laid over it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.ledger.book import Ledger
from goldenpath.adapters.settings import Settings, variables
from goldenpath.core.errors import GoldenpathError, TemplateError, UsageError
from goldenpath.core.solving import Opened
from goldenpath.core.suggest import did_you_mean
from goldenpath.flows import trust
from goldenpath.flows.goto_step import goto_step
from goldenpath.flows.load_path import steps_for
from goldenpath.flows.open_walk import open_walk
from goldenpath.flows.solve_step import apply_solution, read_solution
from goldenpath.flows.start_project import start_project

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from datetime import datetime

    from goldenpath.core.model import Step
    from goldenpath.flows.start_project import Order

BEFORE = "refs/goldenpath/before"
"""The tree of the project as it was opened."""

START = "refs/goldenpath/start"
"""The commit that the project was opened at."""

_NOTE = "solving.json"


def scratch_home(settings: Settings) -> Path:
    """A home for one opened project: what happens in it is no part of the author's own ledger.

    Those of projects that are gone are cleared away.
    """
    folder = settings.cache / "solving"
    folder.mkdir(parents=True, exist_ok=True)
    for home in folder.iterdir():
        opened = _read(home)
        if opened is not None and not opened.root.is_dir():
            shutil.rmtree(home, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=folder))


def settings_of(home: Path) -> Settings:
    """The settings that GOLDENPATH_HOME would make of a folder."""
    return Settings(home / "data", home / "cache", home / "config", home / "state")


def steps_before(order: Order, wanted: str) -> tuple[tuple[Step, ...], Step]:
    """The steps that come before the wanted one, and that one. Raises UsageError when these answers have no such."""
    path = order.plan.path
    if path is None:
        raise UsageError(f"{order.plan.made_from} has no path.md, so it has no steps", hint="write one, then again")
    steps = steps_for(path, order.answers)
    place = next((number for number, step in enumerate(steps) if step.id == wanted), None)
    if place is None:
        near = did_you_mean(wanted, [step.id for step in steps])
        is_elsewhere = any(step.id == wanted for step in path.steps)
        hint = "open it with other answers: --answers NAME" if is_elsewhere else f"{near} see path.md"
        raise UsageError(
            f"the path has no step `{wanted}`" + (" with these answers" if is_elsewhere else ""), hint=hint
        )
    return steps[:place], steps[place]


def open_solution(home: Path, order: Order, wanted: str, clock: Callable[[], datetime]) -> Generator[str, None, Opened]:
    """Yields what is being done; returns the project. When it raises, the project is not there.

    The template is trusted: its solutions run. What they started, a server say, goes on running.
    """
    settings, ledger = settings_of(home), Ledger(settings_of(home).ledger)
    earlier, step = steps_before(order, wanted)
    with contextlib.ExitStack() as undo:
        yield from start_project(settings, ledger, order, clock)
        undo.callback(shutil.rmtree, order.destination, ignore_errors=True)
        trust.allow_template(settings, order)
        applied: list[str] = []
        for each in earlier:
            walk = open_walk(settings, ledger, order.destination)
            if (walk.template.folder / "solutions" / each.id).is_dir():
                yield f"Solving {each.id}"
                with variables(GOLDENPATH_HOME=str(home)):
                    _solve(ledger, order.destination, each, settings, clock)
                applied.append(each.id)
        goto_step(ledger, open_walk(settings, ledger, order.destination), step.id, clock())
        mark_before(order.destination)
        opened = Opened(step.id, order.destination, order.plan.made_from or Path(), tuple(applied), home)
        _write(opened)
        undo.pop_all()
    return opened


def find_opened(settings: Settings, root: Path) -> Opened:
    """What was opened in a folder. Raises UsageError when nothing was."""
    real = os.path.realpath(root)
    homes = sorted((settings.cache / "solving").glob("*/"))
    found = next((each for home in homes if (each := _read(home)) and os.path.realpath(each.root) == real), None)
    if found is None or not root.is_dir():
        raise UsageError(
            f"{root} was not opened for a step", hint=f"open it first: goldenpath template solve STEP --open {root}"
        )
    return found


def mark_before(root: Path) -> None:
    """Keep in the repository what it looks like now."""
    from goldenpath.adapters.repo import git

    git(root, "update-ref", BEFORE, tree_of(root))
    git(root, "update-ref", START, "HEAD")


def tree_of(root: Path) -> str:
    """The id of a tree that holds the working folder as it is, but for what the project ignores."""
    from goldenpath.adapters.repo import git

    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        git(root, "add", "--all", ".", **index)
        return git(root, "write-tree", **index)


def _solve(ledger: Ledger, root: Path, step: Step, settings: Settings, clock: Callable[[], datetime]) -> None:
    walk = open_walk(settings, ledger, root)
    try:
        apply_solution(ledger, walk, read_solution(walk, step.id), clock)
    except GoldenpathError as error:
        raise TemplateError(
            f"solutions/{step.id}: {error.message}", hint=f"mend that one first: goldenpath template solve {step.id}"
        ) from error


def _write(opened: Opened) -> None:
    told = {"step": opened.step, "root": str(opened.root), "template": str(opened.template), "applied": opened.applied}
    write_whole(opened.home / _NOTE, json.dumps(told))


def _read(home: Path) -> Opened | None:
    """What was opened with a home; None while it is being opened, or when somebody wrote into it."""
    try:
        told = json.loads((home / _NOTE).read_text(encoding="utf-8"))
        return Opened(told["step"], Path(told["root"]), Path(told["template"]), tuple(told["applied"]), home)
    except (OSError, ValueError, KeyError, TypeError):
        return None
