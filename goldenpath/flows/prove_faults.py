"""What a proof finds: each kind of fault once, with the line that is wrong and what puts it right."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.checks.verdict import brief
from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import Fault, fault_of
from goldenpath.core.outcomes import Outcome
from goldenpath.core.pathfile import FILE
from goldenpath.rules.files import WAIVED
from goldenpath.rules.reading import COPIER_FILES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from goldenpath.core.errors import GoldenpathError
    from goldenpath.core.model import Check, Step
    from goldenpath.flows.examining import Checked
    from goldenpath.flows.prove_ground import Job

SOLUTION, UNKNOWN = "solution-fails", "check-unknown"

PROOFS: Mapping[str, str] = {
    "start-fails": "a project can be started with every set of answers",
    "project-check": "every rendered project passes the checks in path.md's front matter",
    "passes-unsolved": "the checks of a step fail before its solution",
    SOLUTION: "the solution of every step can be applied",
    "check-fails": "the checks of a step pass after its solution",
    "check-unsteady": "checks that passed pass again",
    "check-changes": "checking changes nothing in the project",
    "breaks-earlier": "what earlier steps claim for good still holds after a later one",
    "over-time": "a step's commands end within its minutes",
    "never-walked": "every step is on the path of some set of answers that is walked",
    "needs-network": "a step that needs the network says `network: true`",
    UNKNOWN: "every check can be looked at where the proof runs",
    "unnoticed": "some check notices when a part of the solution is missing (--mutate)",
    "idle-waiver": "what a solution's waived.yml names is there, and noticed by no check (--mutate)",
}
"""By id: what the proof claims of every path."""


def start_fails(folder: Path, error: GoldenpathError) -> Fault:
    """No project can be started: told of the line that the error names, else of the file with the questions."""
    asked = next((name for name in COPIER_FILES if (folder / name).is_file()), FILE)
    at = fault_of(error, asked) if isinstance(error, TemplateError) else Fault(asked, 1, "", "", "")
    return Fault(at.file, at.line, "start-fails", error.message, error.hint)


def gives_up(step: Step, error: GoldenpathError) -> Fault:
    """The step can't be gone on with, because of what the template says or did."""
    if isinstance(error, TemplateError) and error.fault:
        return error.fault
    return Fault(FILE, step.line, "check-fails", f"step `{step.id}`: {brief(error.message)}", error.hint)


def passes_unsolved(step: Step) -> Fault:
    """The checks pass on a project in which nobody did anything for the step."""
    problem = f"step `{step.id}` is passed before anything of it is done"
    return Fault(FILE, _line(step), "passes-unsolved", problem, "add a check of what the step asks for")


def solving(job: Job, step: Step) -> str:
    """The command that opens the step for its author, from where the proof was asked for."""
    is_elsewhere = job.plan.made_from is not None and job.template != "."
    where = f" --template {shlex.quote(job.template)}" if is_elsewhere else ""
    has_set = (job.plan.template.folder / "answers" / f"{job.case.name}.yml").is_file()
    return f"goldenpath template solve {step.id}{where}{f' --answers {job.case.name}' if has_set else ''}"


def solution_fails(step: Step, file: str, error: GoldenpathError, how: str) -> Fault:
    """The solution can't be applied: what `file` says, or what is missing when there is none. `how` opens the step."""
    if isinstance(error, TemplateError) and error.fault and error.fault.rule == SOLUTION:
        return error.fault
    problem = f"the solution of step `{step.id}` fails: {brief(error.message)}"
    fix = f"do the step by hand, and have that recorded: {how}"
    return Fault(file or FILE, 1 if file else step.line, SOLUTION, problem, fix)


def check_fails(step: Step, checked: Checked, how: str, *, is_offline: bool, again: bool) -> Fault:
    """A check does not pass on the solved project, or not once more. `how` is the command that opens the step."""
    finding, line = checked.finding, _line_of(step, checked)
    said = f"expected: {finding.expected}; found: {brief(finding.found)}"
    if finding.outcome is Outcome.UNKNOWN:
        problem = f"check {checked.number} of step `{step.id}` can't be looked at here; {said}"
        return Fault(FILE, line, UNKNOWN, problem, finding.fix or "run the proof where it can be")
    if again:
        problem = f"check {checked.number} of step `{step.id}` passed, and does not pass again; {said}"
        return Fault(FILE, line, "check-unsteady", problem, "let the check look at what stays as it is")
    where = ", without network" if is_offline else ""
    problem = f"check {checked.number} of step `{step.id}` does not pass after its solution{where}; {said}"
    fix = f"put the check right, or the solution: {how}"
    return Fault(FILE, line, "check-fails", problem, fix)


def check_changes(step: Step, check: Check, touched: Sequence[str]) -> Fault:
    """Checking left something behind, or wrote over something; `check` is the one that does, if that is known."""
    more = f" and {len(touched) - 3} more" if len(touched) > 3 else ""
    problem = f"checking step `{step.id}` changes {', '.join(touched[:3])}{more}"
    return Fault(
        FILE, check.line, "check-changes", problem, "let the check look only, or write into a folder elsewhere"
    )


def breaks_earlier(folder: Path, step: Step, earlier: Step, checked: Checked) -> Fault:
    """A lasting check of an earlier step fails once this step is solved."""
    file = (solution_files(folder, step) or [FILE])[0]
    finding = checked.finding
    what = f"check {checked.number} of step `{earlier.id}` ({FILE}:{_line_of(earlier, checked)})"
    problem = (
        f"the solution of step `{step.id}` breaks {what}; expected: {finding.expected}; found: {brief(finding.found)}"
    )
    fix = "mend the solution, or say `lasting: false` on the check if later steps rightly undo it"
    return Fault(file, 1, "breaks-earlier", problem, fix)


def over_time(step: Step, seconds: float) -> Fault:
    """The commands alone take longer than the step says for all of it."""
    problem = f"the commands of step `{step.id}` take {seconds / 60:.1f} of its {step.minutes} minutes"
    return Fault(FILE, step.line, "over-time", problem, "give the step more minutes, or make its commands faster")


def never_walked(step: Step) -> Fault:
    """No case that was walked has the step."""
    problem = f"step `{step.id}` is proven with no set of answers: no case that is walked has it"
    fix = "add a set to answers/ for which its `when` says yes, or put `when` right: it is Jinja over the answers"
    return Fault(FILE, step.line, "never-walked", problem, fix)


def needs_network(step: Step, offline: Sequence[Fault]) -> Fault:
    """The step came out only with the network; what it came to without says where it was missed."""
    missed = next((fault.problem for fault in offline if f"`{step.id}`" in fault.problem), "")
    problem = f"step `{step.id}` needs the network, and does not say so; without: {brief(missed, 300)}"
    return Fault(FILE, step.line, "needs-network", problem, "add `network: true` to the step, or do without")


def unnoticed(step: Step, file: str, line: int, what: str, name: str) -> Fault:
    """A part of the solution that no check misses."""
    problem = f"no check of step `{step.id}` notices {what}"
    fix = f"add a check of it, or say why none can see it: `{name}: REASON` in solutions/{step.id}/{WAIVED}"
    return Fault(file, line, "unnoticed", problem, fix)


def idle_waiver(folder: Path, step: Step, name: str, why: str) -> Fault:
    """A waiver that waives nothing."""
    file = f"solutions/{step.id}/{WAIVED}"
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, start=1) if text.strip("'\" ").startswith(name)), 1)
    return Fault(file, line, "idle-waiver", f"`{name}` is waived, and {why}", "take the line out")


SCRIPT = "run.sh"


def solution_files(folder: Path, step: Step) -> list[str]:
    """The files of a step's solution, relative to the template's folder: its patch first, its script last."""
    own = folder / "solutions" / step.id
    found = [file for file in sorted(own.rglob("*")) if file.is_file() and file.name != WAIVED]
    ranked = sorted(found, key=lambda file: (_rank(file.relative_to(own)), str(file)))
    return [file.relative_to(folder).as_posix() for file in ranked]


def _rank(file: Path) -> int:
    return 1 if len(file.parts) > 1 else 2 if file.name.startswith(SCRIPT) else 0


def script_of(folder: Path, step: Step) -> str:
    """The script of the step's solution; empty when it has none."""
    own = f"solutions/{step.id}/{SCRIPT}"
    return next((file for file in solution_files(folder, step) if file in {own, f"{own}.jinja"}), "")


def is_laid(folder: Path, step: Step) -> bool:
    """Whether the solution has more than a script."""
    return any(file != script_of(folder, step) for file in solution_files(folder, step))


def _line(step: Step) -> int:
    return step.checks[0].line if step.checks else step.line


def _line_of(step: Step, checked: Checked) -> int:
    return step.checks[checked.number - 1].line if checked.number <= len(step.checks) else step.line
