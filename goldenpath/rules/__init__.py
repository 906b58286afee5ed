"""The rules of `template lint`: small files by subject, and one line each in `RULES`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.rules import (
    asking,
    bodies,
    conventions,
    files,
    formats,
    ignoring,
    names,
    pages,
    steps,
    tools,
    versions,
)
from goldenpath.rules.rule import Rule, of_both, of_copier, of_path

if TYPE_CHECKING:
    from collections.abc import Mapping

RULES: Mapping[str, Rule] = {
    "format": Rule("copier.yml, path.md and answers/ can be read, and every value has its type", formats.format_),
    "unknown-key": Rule("every key, setting and block is one that is known", formats.unknown_key),
    "readable": Rule("there are only files, folders, and links that stay inside", formats.readable),
    "strict-rendering": of_both("what is rendered is a folder of its own, strictly", conventions.strict_rendering),
    "answers-file": of_copier("a project gets its answers file", conventions.answers_file),
    "nothing-runs": of_copier("a bundled template brings nothing to run, and no secret", conventions.nothing_runs),
    "dead-question": of_copier("the answer to every question is used", asking.dead_question),
    "default-fits": of_copier("every default is one that its question takes", asking.default_fits),
    "answers-fit": of_copier("every set in answers/ is one that the questions take", asking.answers_fit),
    "jinja-syntax": of_copier("Jinja can read every text, and knows its filters and tests", bodies.jinja_syntax),
    "undefined-variable": of_copier("what Copier renders uses only names that are set", bodies.undefined_variable),
    "steady": of_copier("nothing reads the clock, chance, or a path of this machine", bodies.steady),
    "same-target": of_copier("no two files become one", names.same_target),
    "portable-name": of_copier("every disk and every system takes the names of files", names.portable_name),
    "step-id": of_path("every step has an id of its own, in lower case with dashes", formats.step_id),
    "step-check": of_path("every step has a check, or says `reading: true`", formats.step_check),
    "step-hint": of_path("every step has a hint, or says `reading: true`", steps.step_hint),
    "check-kind": of_path("every check is of one known kind", formats.check_kind),
    "check-fail": of_path("every check says in `fail` what puts it right", steps.check_fail),
    "check-option": of_path("every check has options that its kind can read", steps.check_option),
    "milestone": of_path("every milestone is one that can be reached", formats.milestone),
    "minutes": of_path("the path takes as long as its steps together", steps.minutes),
    "owner": of_path("the path, and a step that names one, has an owner", steps.owner),
    "needs-tool": of_path("every tool that a check or an `sh` block uses is in `needs`", tools.needs_tool),
    "path-variable": of_both("path.md and solutions use only names of questions", bodies.path_variable),
    "solution-missing": of_path("every step that is not for reading has a solution", files.solution_missing),
    "solution-left-over": of_path("every solution belongs to a step", files.solution_left_over),
    "unreferenced": of_both("every file beside what is rendered is read by something", files.unreferenced),
    "dead-link": of_copier("every link of a page leads to a file and a heading that are there", pages.dead_link),
    "new-version": of_path("what changed since `--base` has a new version", versions.new_version),
    "ignore": of_path("what path.md ignores are rules that find something", ignoring.unknown_ignores),
}
