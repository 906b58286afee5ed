"""Undo each part of a solution alone: some check has to notice, or nobody knows what the part is for."""

from __future__ import annotations

import itertools
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.adapters.jinja import render
from goldenpath.adapters.repo import GitError, git
from goldenpath.core.faults import Fault, error_of
from goldenpath.core.outcomes import Outcome
from goldenpath.flows import prove_acts as acts
from goldenpath.flows import prove_faults as faults
from goldenpath.rules.files import WAIVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from goldenpath.core.model import Answers, Step
    from goldenpath.flows.prove_ground import Ground
    from goldenpath.flows.prove_path import Attempt

_HUNK = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@.*$", re.MULTILINE)
_NOTICED = "a check notices it"


@dataclass(frozen=True, slots=True)
class Hunk:
    """One change of a solution to one file. `name` is how a waiver names it, `patch` what `git apply` takes."""

    name: str
    file: str
    line: int
    patch: str

    @property
    def names(self) -> frozenset[str]:
        """The names in a waiver that cover it."""
        return frozenset({self.name, self.file})

    @property
    def first(self) -> str:
        """Its first line that was added, else removed, as the patch has it."""
        lines = self.patch[self.patch.find("@@") :].splitlines()[1:] if "@@" in self.patch else []
        return next((line for line in lines if line.startswith("+")), lines[0] if lines else "")


def tree_of(ground: Ground) -> str:
    """What the project's files are now, but for ignored ones, as a tree of git that its repository does not get."""
    scratch = ground.root.parent.parent / "trees"
    (scratch / "objects").mkdir(parents=True, exist_ok=True)
    environment = _aside(ground)
    (scratch / "index").unlink(missing_ok=True)
    git(ground.root, "add", "--all", **environment)
    return git(ground.root, "write-tree", **environment)


def _aside(ground: Ground) -> dict[str, str]:
    scratch = ground.root.parent.parent / "trees"
    return {
        "GIT_INDEX_FILE": str(scratch / "index"),
        "GIT_OBJECT_DIRECTORY": str(scratch / "objects"),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(ground.root / ".git" / "objects"),
    }


def leave_out_script(walked: Attempt, step: Step) -> list[Fault]:
    """Between the files of a solution and its script: unless that is the whole solution, some check has to fail.

    Returns what nobody notices, and the waiver that is not needed.
    """
    folder = walked.job.plan.template.folder
    script, is_waived = faults.script_of(folder, step), faults.SCRIPT in waivers(folder, step, walked.job.case.answers)
    if not script or not faults.is_laid(folder, step):
        why = "it is the whole solution" if script else "there is no such script"
        return [faults.idle_waiver(folder, step, faults.SCRIPT, why)] if is_waived else []
    is_noticed = walked.do(step, acts.first_failure) is Outcome.FAILED
    if is_noticed == is_waived:
        if is_waived:
            return [faults.idle_waiver(folder, step, faults.SCRIPT, _NOTICED)]
        return [faults.unnoticed(step, script, 1, "leaving the script out", faults.SCRIPT)]
    return []


def undo_each(walked: Attempt, step: Step, before: str) -> int:
    """Undo every hunk between the tree `before` and the solved one, alone, and keep what nobody notices.

    Returns how many have to be noticed. The project is as it was afterwards. A check that changes it, which only does
    so where something is missing, ends this.
    """
    ground, template = walked.ground, walked.job.plan.template.folder
    after = tree_of(ground)
    hunks = list(_hunks(ground, before, after))
    reasons = waivers(template, step, walked.job.case.answers)
    times = _times(ground, hunks)
    try:
        unnoticed = _unnoticed(walked, step, hunks)
    finally:
        touched = _put_back(ground, after)
        _set_times(ground, times)
    if touched:
        walked.find(faults.check_changes(step, step.checks[0], touched))
        return 0
    for hunk in unnoticed:
        if not reasons.keys() & hunk.names:
            file, line = _source(template, step, hunk, walked.job.case.answers)
            what = f"when {hunk.name} is undone ({hunk.first[:60]!r})"
            walked.find(faults.unnoticed(step, file, line, what, hunk.name))
    for name, why in _idle(reasons, hunks, unnoticed):
        walked.find(faults.idle_waiver(template, step, name, why))
    return sum(not reasons.keys() & hunk.names for hunk in hunks)


def _unnoticed(walked: Attempt, step: Step, hunks: Sequence[Hunk]) -> list[Hunk]:
    """Those that no check notices, until one can't be applied again. Raises GitError for one that can't be undone."""
    clock = itertools.count(1)
    found: list[Hunk] = []
    for number, hunk in enumerate(hunks, start=1):
        walked.tell(f"step {step.id}: without change {number} of {len(hunks)}, {hunk.name}")
        _apply(walked.ground, hunk, next(clock), "--reverse")
        if walked.do(step, acts.first_failure) is not Outcome.FAILED:
            found.append(hunk)
        try:
            _apply(walked.ground, hunk, next(clock))
        except GitError:  # a check wrote where the hunk was, which shows when everything is put back
            break
    return found


def _put_back(ground: Ground, tree: str) -> list[str]:
    """Make the project's files those of the tree again; which were not."""
    environment = _aside(ground)
    now = tree_of(ground)
    if now == tree:
        return []
    names = git(ground.root, "diff", "--name-only", "--no-renames", "-z", tree, now, **environment).split("\0")
    touched = [name for name in names if name]
    for name in touched:
        (ground.root / name).unlink(missing_ok=True)
    git(ground.root, "read-tree", tree, **environment)
    git(ground.root, "checkout-index", "--all", "--force", **environment)
    return touched


def _times(ground: Ground, hunks: Sequence[Hunk]) -> dict[str, int]:
    files = {hunk.file: ground.root / hunk.file for hunk in hunks}
    return {name: file.stat().st_mtime_ns for name, file in files.items() if file.is_file()}


def _set_times(ground: Ground, times: Mapping[str, int]) -> None:
    """Else the project would pass for another one than that whose earlier steps were looked back at."""
    for name, written in times.items():
        if (ground.root / name).is_file():
            os.utime(ground.root / name, ns=(written, written))


def _idle(reasons: Iterable[str], hunks: Sequence[Hunk], unnoticed: Sequence[Hunk]) -> Iterator[tuple[str, str]]:
    """The waivers that are not needed, and why. That of the script is looked at where the script is left out."""
    for name in set(reasons) - {faults.SCRIPT}:
        if not any(name in hunk.names for hunk in hunks):
            yield name, "the solution changes no such thing"
        elif not any(name in hunk.names for hunk in unnoticed):
            yield name, _NOTICED


def waivers(folder: Path, step: Step, answers: Answers) -> dict[str, str]:
    """What the author says no check can see, by name, with the reason; a name that renders to nothing is none.

    Raises TemplateError for a bad file.
    """
    file = folder / "solutions" / step.id / WAIVED
    if not file.is_file():
        return {}
    found = next(iter(documents.load_all(file.read_text(encoding="utf-8"), file=file.name, folder=folder)), None)
    pairs = found if isinstance(found, dict) else {}
    if not pairs or not all(isinstance(reason, str) and reason.strip() for reason in pairs.values()):
        where = f"solutions/{step.id}/{WAIVED}"
        raise error_of(Fault(where, 1, faults.SOLUTION, "no reason for each name", "write lines like: run.sh: REASON"))
    named = ((render(str(name), answers, where=f"{file.name}: {name}"), reason) for name, reason in pairs.items())
    return {name: str(reason) for name, reason in named if name}


def _hunks(ground: Ground, before: str, after: str) -> Iterator[Hunk]:
    environment = _aside(ground)
    options = ("diff", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--binary")
    for file in git(ground.root, "diff", "--name-only", "--no-renames", "-z", before, after, **environment).split("\0"):
        if not file:
            continue
        text = git(ground.root, *options, before, after, "--", f":(literal){file}", **environment) + "\n"
        found = list(_HUNK.finditer(text))
        head = text[: found[0].start()] if found else text
        if len(found) < 2:
            yield Hunk(file, file, int(found[0][1]) if found else 1, text)
            continue
        ends = [each.start() for each in found[1:]] + [len(text)]
        for number, (start, end) in enumerate(zip(found, ends, strict=True), start=1):
            yield Hunk(f"{file}#{number}", file, int(start[1]), head + text[start.start() : end])


def _apply(ground: Ground, hunk: Hunk, tick: int, *options: str) -> None:
    """Undo or redo a hunk. What it writes gets a time of its own: what was compiled of it is told by time and size."""
    git(ground.root, "apply", "--unidiff-zero", "--whitespace=nowarn", *options, "-", text=hunk.patch)
    file = ground.root / hunk.file
    if file.is_file():
        written = file.stat().st_mtime + 2 * tick
        os.utime(file, (written, written))


def _source(folder: Path, step: Step, hunk: Hunk, answers: Answers) -> tuple[str, int]:
    """The file of the solution that makes the hunk, and the line in it where it begins."""
    own = f"solutions/{step.id}/files/"
    for file in faults.solution_files(folder, step):
        if file.startswith(own) and render(file[len(own) :], answers, where=file).removesuffix(".jinja") == hunk.file:
            return file, hunk.line
    for file in faults.solution_files(folder, step):
        if "/change.patch" in file:
            lines = (folder / file).read_text(encoding="utf-8").splitlines()
            return file, lines.index(hunk.first) + 1 if hunk.first in lines else 1
    return (faults.script_of(folder, step) or "path.md"), 1
