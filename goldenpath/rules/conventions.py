"""What a template with a path owes its projects: strict rendering, an answers file, and nothing that runs."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goldenpath.rules.source import Source

ANSWERS = ".copier-answers.yml"
_COMMANDS = ("_tasks", "_migrations", "_jinja_extensions", "_secret_questions")


def strict_rendering(source: Source) -> Iterable[Fault]:
    """Settings that a template with a path has: its own folder, a suffix, and errors for undefined names."""
    options = source.settings.get("_envops")
    undefined = options.get("undefined") if isinstance(options, dict) else None
    below, suffix = source.settings.get("_subdirectory"), source.settings.get("_templates_suffix")
    wanted: list[tuple[str, bool, str]] = [
        ("_subdirectory", below not in (None, "", "."), "_subdirectory: template"),
        ("_templates_suffix", suffix not in (None, ""), "_templates_suffix: .jinja"),
        ("_envops", undefined == "jinja2.StrictUndefined", "_envops: {undefined: jinja2.StrictUndefined}"),
    ]
    reasons = {
        "_subdirectory": "renders path.md and solutions into every project",
        "_templates_suffix": "does not say which files are rendered",
        "_envops": "renders a misspelt name as nothing",
    }
    for key, holds, line in wanted:
        if not holds:
            place = source.place(key)
            yield Fault(place.file, place.line, "strict-rendering", f"the template {reasons[key]}", f"write `{line}`")


def answers_file(source: Source) -> Iterable[Fault]:
    """Templates whose projects don't know where they came from."""
    if not any(_is_answers_file(file, source) for file in source.rendered):
        name = f"{source.roots[0]}{{{{ _copier_conf.answers_file }}}}{source.suffix}"
        why = "it has no steps" if source.page else "it can't be updated"
        problem = f"a project of this template has no answers file, so {why}"
        fix = f"add `{name}` with `{{{{ _copier_answers|to_nice_yaml -}}}}` in it"
        yield Fault(source.copier_file, 1, "answers-file", problem, fix, is_warning=source.page is None)


def _is_answers_file(file: str, source: Source) -> bool:
    """Whether Copier may make the answers file of it.

    That of `_answers_file` counts without a path.md only: a path is walked by the file of Copier's own name.
    """
    named = source.settings.get("_answers_file") if source.page is None else None
    own = posixpath.normpath(str(named or ANSWERS))
    is_own = source.below(file).removesuffix(source.suffix) == own
    return is_own or "_copier_conf.answers_file" in file or ANSWERS in file


def nothing_runs(source: Source) -> Iterable[Fault]:
    """Tasks, migrations, extensions and secret questions in a bundled template, which is trusted by everybody."""
    if not source.is_bundled:
        return
    for key in _COMMANDS:
        if source.settings.get(key):
            place = source.place(key)
            problem = f"a bundled template has no `{key}`: it is trusted unseen"
            yield Fault(place.file, place.line, "nothing-runs", problem, "take it out, or let a step do it")
    for question in source.questions:
        if question.is_secret:
            place = source.place(question.name)
            problem = f"question `{question.name}` is secret, and a bundled template asks for no secret"
            yield Fault(place.file, place.line, "nothing-runs", problem, "take it out")
