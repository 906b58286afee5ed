"""Examine one check: its kind, its children, another try, and the opposite."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.core.model import Finding
from goldenpath.core.outcomes import Evidence, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.world import Kind, World
    from goldenpath.core.model import Check

_OPPOSITE = {
    Outcome.PASSED: Outcome.FAILED,
    Outcome.FAILED: Outcome.PASSED,
    Outcome.UNKNOWN: Outcome.UNKNOWN,
}


def examine(check: Check, world: World, kinds: Mapping[str, Kind]) -> Finding:
    """What a check finds after its retries, with its own `fail` text as the way to put it right."""
    finding = _once(check, world, kinds)
    for _ in range(check.retries):
        if finding.outcome is not Outcome.FAILED:
            break
        time.sleep(check.every_s)
        finding = _once(check, world, kinds)
    if check.expected:
        finding = replace(finding, expected=check.expected)
    if finding.outcome is Outcome.FAILED and check.fail:
        finding = replace(finding, fix=check.fail)
    return finding


def _once(check: Check, world: World, kinds: Mapping[str, Kind]) -> Finding:
    finding = _together(check, world, kinds) if check.children else kinds[check.kind].look(check, world)
    if check.is_negated and finding.is_blind:
        return replace(finding, expected=f"not: {finding.expected}")
    if check.is_negated:
        return replace(finding, outcome=_OPPOSITE[finding.outcome], expected=f"not: {finding.expected}")
    return finding


def _together(check: Check, world: World, kinds: Mapping[str, Kind]) -> Finding:
    decisive = Outcome.PASSED if check.kind == "any" else Outcome.FAILED
    other = Outcome.FAILED if check.kind == "any" else Outcome.PASSED
    findings: list[Finding] = []
    for child in check.children:
        findings.append(examine(child, world, kinds))
        if findings[-1].outcome is decisive:
            return findings[-1]
    outcome = Outcome.UNKNOWN if any(each.outcome is Outcome.UNKNOWN for each in findings) else other
    word = " or " if check.kind == "any" else " and "
    said = any(each.evidence is Evidence.SAID for each in findings)
    return Finding(
        outcome,
        word.join(each.expected for each in findings),
        "; ".join(each.found for each in findings),
        next((each.fix for each in findings if each.fix), ""),
        Evidence.SAID if said else Evidence.VERIFIED,
        is_blind=any(each.is_blind for each in findings),
    )
