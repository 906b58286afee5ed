"""Made-up reports of `template test`, and work that yields what it does."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from pathlib import Path

from goldenpath.cli.proof_live import follow_proof
from goldenpath.cli.proof_page import show_report
from goldenpath.cli.screen import Screen
from goldenpath.core.faults import Fault
from goldenpath.core.proving import CaseResult, Doing, Done, Level, Proof, ProofReport, Proven, StepProof

Work = Generator[Doing | Done, None, ProofReport]

HOSTILE = "bad\x1b[31m\x07\u202e\nname"
LOOSE = Fault("path.md", 12, "passes-unsolved", "step `clone` passes unsolved", "let a check ask for its work")
ROUGH = Fault("template/a.md", 3, "final-newline", "no new line at its end", "add one", is_warning=True)
STEPS = (
    StepProof("welcome", Proof.READING, 0.0, is_offline=True),
    StepProof("clone", Proof.PROVEN, 3.14, is_offline=True, mutants=4),
    StepProof("add-endpoint", Proof.REFUTED, 12.0, is_offline=False),
    StepProof("deploy", Proof.UNKNOWN, 1.0, is_offline=True),
    StepProof("later", Proof.UNTRIED, 0.0, is_offline=False),
)


def result(
    case: str, *faults: Fault, level: Level = Level.RENDER, steps: tuple[StepProof, ...] = (), kept: str = ""
) -> CaseResult:
    """What a case came to, in half a second."""
    return CaseResult(case, level, faults, 0.5, steps, kept)


def proven(*results: CaseResult, name: str = "backend", faults: tuple[Fault, ...] = ()) -> Proven:
    """A template in the working folder that was tried in all 42 pairs."""
    return Proven(
        name,
        folder=Path.cwd() / name,
        is_at_hand=True,
        strength=2,
        covered=42,
        feasible=42,
        results=results,
        faults=faults,
        seconds=9.25,
    )


def report(*templates: Proven, unchanged: tuple[str, ...] = ()) -> ProofReport:
    """The report on them."""
    results = [each for one in templates for each in one.results]
    faults = [fault for one in templates for fault in one.faults] + [fault for one in results for fault in one.faults]
    errors = sum(not fault.is_warning for fault in faults)
    cases = sum(len({each.case for each in one.results}) for one in templates)
    unreadable = sum(bool(one.unreadable) for one in templates)
    return ProofReport(templates, cases, errors, len(faults) - errors, unreadable, unchanged)


def many(number: int) -> ProofReport:
    """A template with many cases; every fortieth has a fault, which is the same, and hostile."""
    fault = Fault(f"{HOSTILE}.md", 1, "leftover", f"`{{{{` is left over: {HOSTILE}", f"write {HOSTILE}")
    cases = [result(f"pair-{each}", *([] if each % 40 else [fault])) for each in range(1, number)]
    return report(proven(*cases, result(HOSTILE, level=Level.PATH, steps=STEPS, kept=f"/kept/a b/{HOSTILE}")))


def working(ending: ProofReport, seconds: float = 0.0) -> Work:
    """Work that comes to that report, four cases at once; when it ends too early, it says so on stdout."""
    try:
        for each in ending.templates:
            for first in range(0, len(each.results), 4):
                some = each.results[first : first + 4]
                for one in some:
                    yield Doing(each.name, one.case, one.level, f"step add-endpoint: {HOSTILE}")
                time.sleep(seconds)
                for one in some:
                    yield Done(each.name, one, len(each.results))
    except BaseException:
        sys.stdout.write("CLOSED\n")
        raise
    return ending


def _show(number: int, seconds: float) -> None:
    screen = Screen()
    show_report(screen, follow_proof(screen, working(many(number), seconds)))


if __name__ == "__main__":
    _show(int(sys.argv[1]), float(sys.argv[2]))
