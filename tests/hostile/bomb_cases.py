"""Bombs: templates and answers that take all the time, memory or disk that they can get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.hostile.tables import PLAIN, Case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.hostile.machine import Machine

LIMITS = {"GOLDENPATH_RENDER_SECONDS": "2", "GOLDENPATH_RENDER_MEGABYTES": "20", "GOLDENPATH_RENDER_FILES": "500"}
"""The limits of a render, small enough for a test."""

PATIENT = {**LIMITS, "GOLDENPATH_RENDER_SECONDS": "20"}
"""Enough time on a busy machine, where another limit is meant."""

ENDLESS_S = 9
"""After this time a render that should have ended after two seconds is an endless one."""

TOO_LONG = "longer than 2 s"
NINE = 9


def laughs(levels: int) -> str:
    """A billion laughs: each line holds the line before nine times."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    return "\n".join([*lines, *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * NINE)}]" for n in range(1, levels))]) + "\n"


def asked(text: str, *words: str, name: str, lacking: str = "", limit_s: float = 60) -> Case:
    """A template with one question, of which the rest of its copier.yml is given."""
    files = {**PLAIN, "copier.yml": f"_subdirectory: template\nwho: {text}\n"}
    return Case(name, files, 3, ("copier.yml", *words), variables=LIMITS, timeout_s=limit_s, lacking=lacking)


def rendered(
    text: str, *words: str, name: str, lacking: str = "", limit_s: float = 60, limits: Mapping[str, str] = LIMITS
) -> Case:
    """A template with one file of this content."""
    files = {**PLAIN, "template/b.txt.jinja": text}
    return Case(name, files, 3, words, variables=limits, timeout_s=limit_s, lacking=lacking)


def answered(text: str, *words: str, name: str, lacking: str = "", limit_s: float = 60) -> Case:
    """Answers of this content for a plain template."""

    def prepare(template: Path, _machine: Machine) -> None:
        (template.parent / "work.yml").write_text(text)

    arguments = ("--answers", "../work.yml")
    files = {**PLAIN, "copier.yml": "_subdirectory: template\nwho: {type: yaml, default: 1}\n"}
    return Case(name, files, 2, words, prepare, arguments, LIMITS, timeout_s=limit_s, lacking=lacking)


def tasked(
    task: str, *words: str, name: str, lacking: str = "", limit_s: float = 60, limits: Mapping[str, str] = PATIENT
) -> Case:
    """A trusted template with one task."""
    files = {**PLAIN, "copier.yml": f"_subdirectory: template\n_tasks: ['{task}']\n"}
    return Case(name, files, 3, words, None, ("--trust",), limits, timeout_s=limit_s, lacking=lacking)


NESTED = "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}"
BACKTRACKS = "{{ ('a' * 40 + 'b') | regex_search('(a+)+$') }}"
CALLS_ITSELF = "{% macro f(n) %}{{ f(n) }}{% endmacro %}{{ f(1) }}"
MANY_PARENTHESES = "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}"
DEEP = "[" * 10_000 + "]" * 10_000

YAML = (
    asked(DEEP, "nested deeper", name="yaml-depth"),
    asked("x\nb: " + "{c: " * 60 + "1" + "}" * 60, "nested deeper", name="yaml-depth-of-mappings"),
    asked("x\n_x: !!python/object/apply:os.system [touch q]", "not valid YAML", name="yaml-python-tag"),
    asked("x\nb: {default: 1, <<: 5}", "not valid YAML", name="yaml-merge-of-a-number"),
    asked("x\nb: *nothing", "not valid YAML", name="yaml-alias-of-nothing"),
    asked("x\nb: &b {default: *b}", name="yaml-alias-of-itself"),
    asked("x\n_x: \x07", "not valid YAML", name="yaml-bell"),
    asked("x\n" + "# " + "x" * 30_000_000, "longer than", name="yaml-of-30-MB", limit_s=ENDLESS_S),
    asked(f"x\n{laughs(12)}", "more than", "values", name="yaml-laughs"),
    answered(f"who: {DEEP}\n", "nested deeper", name="answers-depth"),
    answered("- 1\n", "not a mapping", name="answers-no-mapping"),
    answered(f"{laughs(12)}who: *a11\n", "more than", "values", name="answers-laughs", limit_s=ENDLESS_S),
    answered("a: &a [*a]\nwho: *a\n", "work.yml", name="answers-alias-of-itself"),
)

JINJA = (
    rendered(CALLS_ITSELF, "RecursionError", name="jinja-macro-calls-itself"),
    rendered('{% include "template/b.txt.jinja" %}', "RecursionError", name="jinja-includes-itself"),
    rendered(MANY_PARENTHESES, "RecursionError", name="jinja-parentheses"),
    rendered("{% for i in range(10 ** 9) %}{% endfor %}", name="jinja-range"),
    rendered("{{ 'x' * 10 ** 10 }}", "memory", name="jinja-long-text"),
    rendered(NESTED, TOO_LONG, name="jinja-nested-ranges", limit_s=ENDLESS_S),
    rendered(BACKTRACKS, TOO_LONG, name="jinja-pattern", limit_s=ENDLESS_S),
    rendered("{{ 'x' * 30_000_000 }}", "larger than", name="jinja-30-MB", limits=PATIENT),
    asked(f'"{CALLS_ITSELF}"', name="question-macro-calls-itself"),
    asked(f'"{MANY_PARENTHESES}"', name="question-parentheses"),
    asked("\"{{ 'x' * 10 ** 10 }}\"", name="question-long-text"),
    asked(f'"{NESTED}"', TOO_LONG, name="question-nested-ranges", limit_s=ENDLESS_S),
    asked(f'"{BACKTRACKS}"', TOO_LONG, name="question-pattern", limit_s=ENDLESS_S),
)

SIZES = (
    tasked("sleep 47", TOO_LONG, name="task-endless", limit_s=ENDLESS_S, limits=LIMITS),
    tasked("truncate -s 10G big", "more than 20 MB", name="task-file-of-10-GB"),
    tasked("seq 1000 | xargs touch", "more than 500 files", name="task-of-many-files"),
    Case(
        "files-without-end",
        {**PLAIN, "template/{% yield i from range(2000) %}{{ i }}{% endyield %}.txt": "x"},
        3,
        ("more than 500 files",),
        variables=PATIENT,
    ),
    Case(
        "folders-200-deep",
        {**PLAIN, f"template/{'d/' * 200}f": "x"},
        3,
        (TOO_LONG,),
        variables=LIMITS,
        timeout_s=ENDLESS_S,
    ),
)
