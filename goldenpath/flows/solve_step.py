"""A step's solution: read it, compare it with the project, lay it over."""

from __future__ import annotations

import difflib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import shell
from goldenpath.adapters.jinja import render
from goldenpath.core import events as ev
from goldenpath.core.errors import ChecksFailedError, FilesInTheWayError, UsageError
from goldenpath.flows.examining import about

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from goldenpath.adapters.ledger.book import Ledger
    from goldenpath.core.model import Answers
    from goldenpath.flows.open_walk import Walk

SUFFIX = ".jinja"
MOST_SECONDS = 900.0
"""How long a solution's script may take."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What makes a step pass: files (by path in the project), a patch, and a script. Each may be missing."""

    step: str
    files: tuple[tuple[str, str], ...]
    patch: str
    script: str
    diff: str


def read_solution(walk: Walk, wanted: str | None) -> Solution:
    """The solution of a step, rendered with the project's answers. Raises UsageError when the step has none."""
    step = walk.step(wanted)
    folder = walk.template.folder / "solutions" / step.id
    files = tuple(_files(folder / "files", walk.answers))
    patch = _text(folder, "change.patch", walk.answers)
    script = _text(folder, "run.sh", walk.answers)
    if not (files or patch or script):
        raise UsageError(f"step `{step.id}` has no solution", hint="it asks you to read or to answer: goldenpath next")
    return Solution(step.id, files, patch, script, _diff(walk.project.root, files) + patch)


def record_shown(ledger: Ledger, walk: Walk, step: str, now: datetime) -> None:
    """Keep that the solution was seen."""
    _record(ledger, walk, ev.SOLUTION_SHOWN, step, now)


def apply_solution(ledger: Ledger, walk: Walk, solution: Solution, clock: Callable[[], datetime]) -> str:
    """Lay the solution over the project: files, then patch, then script; what the script printed.

    Raises FilesInTheWayError when the patch does not fit, ChecksFailedError when the script fails.
    """
    root = walk.project.root
    _refuse_to_overwrite(root, solution)
    if solution.patch:
        _git_apply(root, solution.patch, "--check")
    for name, text in solution.files:
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    if solution.patch:
        _git_apply(root, solution.patch)
    _record(ledger, walk, ev.SOLUTION_APPLIED, solution.step, clock())
    return _run(root, solution) if solution.script else ""


def _record(ledger: Ledger, walk: Walk, kind: str, step: str, now: datetime) -> None:
    ledger.append([ev.Draft(kind, walk.project.id, now, {**about(walk), "step": step})])


def _files(folder: Path, answers: Answers) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            name = render(str(file.relative_to(folder)), answers, where=f"solution {file.name}")
            found.append((name.removesuffix(SUFFIX), _content(file, answers)))
    return found


def _text(folder: Path, name: str, answers: Answers) -> str:
    for file in (folder / name, folder / f"{name}{SUFFIX}"):
        if file.is_file():
            return _content(file, answers)
    return ""


def _content(file: Path, answers: Answers) -> str:
    text = file.read_bytes().decode("utf-8")  # read_text would take the CR out of a patch
    return render(text, answers, where=f"solutions/{file.name}") if file.suffix == SUFFIX else text


def _diff(root: Path, files: tuple[tuple[str, str], ...]) -> str:
    parts: list[str] = []
    for name, text in files:
        target = root / name
        before = target.read_text(encoding="utf-8", errors="replace") if target.is_file() else ""
        lines = difflib.unified_diff(
            before.splitlines(keepends=True),
            text.splitlines(keepends=True),
            f"a/{name}" if before else "/dev/null",
            f"b/{name}",
        )
        parts.append("".join(lines))
    return "".join(parts)


def _refuse_to_overwrite(root: Path, solution: Solution) -> None:
    """What is not committed can't be brought back, so it is not written over."""
    from goldenpath.adapters.repo import git

    differing = [
        name
        for name, text in solution.files
        if (root / name).exists() and (root / name).read_text(encoding="utf-8", errors="replace") != text
    ]
    at_risk = [name for name in differing if git(root, "status", "--porcelain", "--ignored", "--", name)]
    if at_risk:
        raise FilesInTheWayError(
            f"your own {', '.join(at_risk)} would be written over, and is not committed",
            hint="commit it first, or see the solution and type in what you like: goldenpath solution",
        )


def _git_apply(root: Path, patch: str, *options: str) -> None:
    from goldenpath.adapters.repo import GitError, git

    try:
        git(root, "apply", "--whitespace=nowarn", *options, "-", text=patch)
    except GitError as error:
        raise FilesInTheWayError(
            f"the solution does not fit your files: {error.said}", hint="see it with goldenpath solution and type it in"
        ) from error


_IN_ORDER = ("bash", "-c", 'exec bash "$1" 2>&1', "run.sh")
"""Errors among the rest of what is printed: what went wrong stands at the end, and not what a tool said long before."""


def _run(root: Path, solution: Solution) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "run.sh"
        script.write_text(solution.script, encoding="utf-8")
        ran = shell.run([*_IN_ORDER, str(script)], folder=root, timeout_s=MOST_SECONDS)
    if ran is None:
        raise UsageError("there is no bash on this machine", hint="type the commands in: goldenpath solution")
    if ran.exit != 0:
        raise ChecksFailedError(
            f"the solution's script ended with {ran.exit}: {ran.output[-1500:]}",
            hint="look at: goldenpath status",
        )
    return ran.output
