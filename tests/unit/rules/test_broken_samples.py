"""Broken templates as people break them: each is caught by the rule that is meant for it, and by no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from goldenpath.flows.lint_template import judge
from goldenpath.rules.reading import read_source

BROKEN = Path(__file__).parent.parent.parent / "samples" / "broken"

MEANT_FOR = {
    "a-failure-that-says-nothing": "check-fail",
    "a-hint-that-is-none": "step-hint",
    "a-link-to-a-heading-that-was-renamed": "dead-link",
    "a-misspelt-key": "unknown-key",
    "a-misspelt-variable-in-the-prose": "path-variable",
    "a-pattern-that-is-none": "check-option",
    "a-question-that-nothing-uses": "dead-question",
    "a-solution-of-a-step-that-was-renamed": "solution-left-over",
    "a-step-without-a-solution": "solution-missing",
    "a-tool-that-nobody-was-told-of": "needs-tool",
    "a-year-from-the-clock": "steady",
    "an-answer-that-is-no-choice": "answers-fit",
    "an-ignore-that-has-nothing-to-ignore": "ignore",
    "an-unclosed-condition": "jinja-syntax",
    "minutes-that-don-t-add-up": "minutes",
    "names-that-a-case-blind-disk-folds": "portable-name",
    "no-answers-file": "answers-file",
    "two-files-that-become-one": "same-target",
    "two-steps-with-one-id": "step-id",
    "undefined-names-render-as-nothing": "strict-rendering",
}


def test_every_broken_sample_has_its_rule() -> None:
    assert {folder.name for folder in BROKEN.iterdir()} == set(MEANT_FOR)


@pytest.mark.parametrize(("name", "rule"), MEANT_FOR.items())
def test_a_broken_template_is_caught_by_the_rule_that_is_meant_for_it(name: str, rule: str) -> None:
    assert [fault.rule for fault in judge(read_source(BROKEN / name))[0]] == [rule]
