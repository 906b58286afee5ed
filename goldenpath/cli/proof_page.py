"""What `template test` found out, on the screen."""

from __future__ import annotations

import shlex
import shutil
from collections import Counter
from pathlib import PurePath
from typing import TYPE_CHECKING

from goldenpath.cli.fault_page import count, show_fault, show_unreadable
from goldenpath.cli.proof_faults import faults_met
from goldenpath.core.proving import Level, Proof
from goldenpath.core.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from goldenpath.cli.screen import Piece, Screen
    from goldenpath.core.proving import CaseResult, ProofReport, Proven, StepProof

_COMBINATIONS: Mapping[int, str] = {1: "answer", 2: "pair", 3: "triple"}
_GOOD, _BAD, _OPEN = ("✓ ", "good"), ("✗ ", "bad"), ("? ", "warn")
_MARKS: Mapping[Proof, Piece] = {
    Proof.PROVEN: _GOOD,
    Proof.REFUTED: _BAD,
    Proof.READING: ("• ", "faint"),
    Proof.UNKNOWN: _OPEN,
    Proof.UNTRIED: ("· ", "faint"),
}
_OPENS = frozenset({Proof.UNKNOWN, Proof.UNTRIED})
_WALKED = frozenset({Proof.PROVEN, Proof.REFUTED, Proof.UNKNOWN})
_WIDEST_NAME, _BESIDE_NAME = 24, 26
"""How far names are padded at most, and what stands beside one in a line that is not to be wrapped."""
_NO_OFFLINE = "not verified offline"


def show_report(screen: Screen, report: ProofReport) -> None:
    """Every template with its cases, its steps and its faults; then the sums, and what to do next."""
    for each in report.templates:
        if each.unreadable:
            show_unreadable(screen, each)
        else:
            _show_template(screen, each)
    _show_sums(screen, report)
    said = _next(report)
    if said:
        screen.line("next: ", said)


def case_line(result: CaseResult, *, width: int = 0) -> list[Piece]:
    """A finished case at its level: mark, level, name, seconds, how many faults. The name is padded to `width`."""
    errors, warnings = result.errors, len(result.faults) - result.errors
    said = [f"{result.seconds:.1f} s"]
    said += [count(errors, "fault")] if errors else []
    said += [count(warnings, "warning")] if warnings else []
    name = visible_line(result.case).ljust(width)
    return [_mark(errors, result.steps), f"{result.level:<7}  ", (name, "strong"), (f"  {', '.join(said)}", "faint")]


def _mark(errors: int, steps: Iterable[StepProof]) -> Piece:
    proofs = {step.proof for step in steps}
    if errors or Proof.REFUTED in proofs:
        return _BAD
    return _OPEN if proofs & _OPENS else _GOOD


def _show_template(screen: Screen, each: Proven) -> None:
    found = faults_met(each)
    said = [count(len({result.case for result in each.results}), "case")]
    if each.feasible:
        word = _COMBINATIONS.get(each.strength, f"combination of {each.strength} answers")
        plural = word.replace("combination", "combinations") if " " in word else f"{word}s"
        said.append(f"{each.covered} of {each.feasible} {word if each.feasible == 1 else plural}")
    if each.earlier is not None:
        said.append(f"updates from {count(len(each.earlier), 'version')}")
    said.append(f"{each.seconds:.1f} s")
    errors = sum(not met.fault.is_warning for met in found)
    mark = _mark(errors, (step for result in each.results for step in result.steps))
    screen.line(mark, (visible_line(each.name), "strong"), (f"  {', '.join(said)}", "faint"))
    width = _width_of(result.case for result in each.results)
    for result in each.results:
        screen.line("  ", *case_line(result, width=width))
        _show_walk(screen, result)
    if each.earlier == ():
        screen.line(("  there is no earlier version to update from; name a revision: --from REV", "faint"))
    for met in found:
        show_fault(screen, each, met.fault, met.where)


def _width_of(names: Iterable[str]) -> int:
    """How far to pad names, so that what follows them stands in a column where there is room."""
    room = max(0, shutil.get_terminal_size().columns - _BESIDE_NAME)
    return min(_WIDEST_NAME, room, max((len(visible_line(name)) for name in names), default=0))


def _show_walk(screen: Screen, result: CaseResult) -> None:
    width = _width_of(step.step for step in result.steps)
    for step in result.steps:
        name = visible_line(step.step).ljust(width)
        line: list[Piece] = ["      ", _MARKS[step.proof], f"{name}  {step.proof:<7}"]
        if step.proof in _WALKED:
            line.append((f"  {step.seconds:.1f} s", "faint"))
        if step.mutants:
            line.append((f", {count(step.mutants, 'mutant')}", "faint"))
        if _is_online(step):
            line.append((f", {_NO_OFFLINE}", "warn"))
        screen.line(*line)
    if result.kept:
        screen.line("      kept: ", (visible_line(result.kept), "strong"))
        screen.line("      ", *_step_in(result))


def _step_in(result: CaseResult) -> list[Piece]:
    """How to look at what was left."""
    if result.level is Level.UPDATE:
        return ["both renders are in it, and of each edit that failed `yours` and the `result`"]
    script = visible_line(f"sh {shlex.quote(str(PurePath(result.kept) / 'enter.sh'))}")
    return ["step in: ", (script, "command"), (", then goldenpath status", "faint")]


def _is_online(step: StepProof) -> bool:
    return not step.is_offline and not step.needs_network and step.proof in _WALKED


def _show_sums(screen: Screen, report: ProofReport) -> None:
    found = [met for each in report.templates for met in faults_met(each)]
    errors = sum(not met.fault.is_warning for met in found)
    said = [count(errors, "fault"), count(len(found) - errors, "warning")]
    if report.unreadable:
        said.append(f"{count(report.unreadable, 'template')} that can't be read")
    screen.line(f"{count(report.cases, 'case')}: {', '.join(said)}")
    steps = [step for each in report.templates for result in each.results for step in result.steps]
    if steps:
        proofs = Counter(step.proof for step in steps)
        sums = [f"{proofs[proof]} {proof}" for proof in Proof if proofs[proof]]
        online = sum(_is_online(step) for step in steps)
        sums += [f"{online} {_NO_OFFLINE}"] if online else []
        screen.line(f"{count(len(steps), 'step')} walked: {', '.join(sums)}")
    if report.unchanged:
        screen.line(("unchanged, not tried: ", "faint"), (", ".join(map(visible_line, report.unchanged)), "faint"))


def _next(report: ProofReport) -> str:
    """What to do after this report; empty when nothing is to be done."""
    results = [result for each in report.templates for result in each.results]
    steps = [step for result in results for step in result.steps]
    has_faults = any(result.errors for result in results) or any(
        not fault.is_warning for each in report.templates for fault in each.faults
    )
    if has_faults:
        failed = [result for result in results if result.errors and result.level is not Level.RENDER]
        may_keep = bool(failed) and not any(result.kept for result in failed)
        look = " with --keep, which leaves the folders of failing cases to look at" if may_keep else ""
        return f"put the faults right, then the same again{look}"
    if report.unreadable:
        return "mend what can't be read, then the same again"
    if any(step.proof in _OPENS for step in steps):
        return "install what the unknown steps need, or go online, then the same again"
    if steps and not any(step.mutants for step in steps):
        return "the same with --mutate, which finds what no check notices"
    return ""
