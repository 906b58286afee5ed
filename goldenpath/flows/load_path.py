"""Load a golden path: from a template's path.md to a GoldenPath, and its prose over a project's answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.adapters.reading import read_text
from goldenpath.checks import KEYS
from goldenpath.core.casting import TRUE_WORDS
from goldenpath.core.pathfile import FILE, build_path

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Answers, Check, GoldenPath, Json, Step


def load_path(folder: Path) -> GoldenPath | None:
    """The path in a template's folder, Jinja not yet evaluated; None when there is no path.md. Raises TemplateError."""
    from goldenpath.adapters.markdown import read_page

    try:
        text = read_text(folder / FILE, folder, hint=f"save {FILE} as a file of its own, in UTF-8")
    except FileNotFoundError:
        return None
    page = read_page(text, file=FILE)
    return build_path(page.front, page.intro, page.sections, KEYS)


def step_lines(folder: Path) -> tuple[str, ...]:
    """The lines of path.md that could say which steps there are: as long as they are the same, so are the steps.

    Reading the page as Markdown takes a hundred times as long. Raises TemplateError.
    """
    try:
        text = read_text(folder / FILE, folder, hint=f"save {FILE} as a file of its own, in UTF-8")
    except FileNotFoundError:
        return ()
    return tuple(line for line in text.splitlines() if line.lstrip().startswith(("id:", "when:", "```", "#")))


def steps_for(path: GoldenPath, answers: Answers) -> tuple[Step, ...]:
    """The steps that apply to these answers, titles evaluated. Raises TemplateError naming `path.md:LINE`."""
    applying = [step for step in path.steps if _applies(step, answers)]
    return tuple(replace(step, title=_text(step.title, answers, step.line)) for step in applying)


def told(step: Step, answers: Answers) -> Step:
    """The step with prose, hints and checks evaluated over the answers."""
    return replace(
        step,
        body=_text(step.body, answers, step.line),
        hints=tuple(_text(hint, answers, step.line) for hint in step.hints),
        checks=tuple(_check(check, answers) for check in step.checks),
    )


def _applies(step: Step, answers: Answers) -> bool:
    return not step.when or _text(step.when, answers, step.line).strip().lower() in TRUE_WORDS


def _check(check: Check, answers: Answers) -> Check:
    return replace(
        check,
        expected=_text(check.expected, answers, check.line),
        fail=_text(check.fail, answers, check.line),
        options={key: _value(value, answers, check.line) for key, value in check.options.items()},
        children=tuple(_check(child, answers) for child in check.children),
    )


def _value(value: Json, answers: Answers, line: int) -> Json:
    if isinstance(value, str):
        return _text(value, answers, line)
    if isinstance(value, list):
        return [_value(item, answers, line) for item in value]
    if isinstance(value, dict):
        return {key: _value(item, answers, line) for key, item in value.items()}
    return value


def _text(text: str, answers: Answers, line: int) -> str:
    if "{" not in text:
        return text
    from goldenpath.adapters.jinja import render

    return render(text, answers, where=f"{FILE}:{line}")
