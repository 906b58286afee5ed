"""Trust: what a template would run here, and the one decision about it per source and commit."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.adapters import durable, state
from goldenpath.core.errors import UsageError
from goldenpath.core.identifiers import mint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Check, GoldenPath, Json, Template
    from goldenpath.flows.start_project import Order


def commands_of(path: GoldenPath | None, copier_settings: Mapping[str, Json], template: Template) -> list[str]:
    """Every command that the template would run on this machine, and file it would choose, as a person reads it."""
    found = settings_commands(copier_settings)
    if path is not None:
        found += [f"need: {need.tool} --version" for need in path.needs]
        found += [f"check: {shlex.join(argv)}" for argv in path.checks]
        found += [f"step {step.id}: {text}" for step in path.steps for check in step.checks for text in _argv(check)]
    for file in sorted(template.folder.glob("solutions/*/run.sh*")):
        found += [f"solution of {file.parent.name}: {line}" for line in _lines(file)]
    return found


def settings_commands(copier_settings: Mapping[str, Json]) -> list[str]:
    """Those that the settings in copier.yml bring."""
    found = [
        f"{key.strip('_')}: {value}"
        for key in ("_tasks", "_migrations", "_jinja_extensions")
        for value in _items(copier_settings.get(key))
    ]
    external = copier_settings.get("_external_data")
    paths = external.values() if isinstance(external, dict) else ()
    return found + [f"reads what an answer names: {path}" for path in paths if "{" in str(path)]


def is_trusted(settings: Settings, template: Template) -> bool:
    """Whether what the template brings may run: it is bundled, or the person said so for this source and commit."""
    return template.is_bundled or state.is_trusted(settings, _key(template))


def trust_template(settings: Settings, template: Template) -> None:
    """Keep the decision for this source at this commit."""
    state.trust(settings, _key(template))


def allow_template(settings: Settings, order: Order) -> None:
    """Keep, once a project was started, that its source may be fetched again and what it brings may run."""
    template = order.plan.template
    if not template.is_bundled:
        note_source(settings, template)
    if order.is_trusted:
        trust_template(settings, template)


def note_source(settings: Settings, template: Template) -> None:
    """Keep that the person started from this source, so that its later versions may be fetched."""
    state.trust(settings, f"source:{template.source}")


def is_source_known(settings: Settings, source: str) -> bool:
    """Whether the person started from this source before, or allowed to fetch from it."""
    return state.is_trusted(settings, f"source:{source}")


def is_project_trusted(settings: Settings, root: Path) -> bool:
    """Whether the code in this repository may run here: it was started here, or the person said so.

    What is trusted is a mark inside `.git`: it moves with the folder, and no clone or download brings it along.
    """
    mark = mark_of(root)
    return mark != "" and state.is_trusted(settings, mark)


def trust_project(settings: Settings, root: Path) -> None:
    """Keep the decision for this repository."""
    file = _mark_file(root)
    mark = mark_of(root) or mint("mark")
    if file is not None:
        durable.write_whole(file, mark + "\n")
        state.trust(settings, mark)


def mark_of(root: Path) -> str:
    """The mark of the repository around a folder; empty when it has none."""
    file = _mark_file(root)
    try:
        return file.read_text(encoding="ascii").strip() if file else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _mark_file(root: Path) -> Path | None:
    """Where the mark is kept; nowhere when `.git` is a file or link, which could have come with the content."""
    found = next((folder / ".git" for folder in (root, *root.parents) if (folder / ".git").exists()), None)
    return found / "goldenpath" / "mark" if found and found.is_dir() and not found.is_symlink() else None


def refusal(what: str, commands: list[str]) -> UsageError:
    """The error when nobody is there to decide."""
    shown = "; ".join(commands[:3]) + (f"; and {len(commands) - 3} more" if len(commands) > 3 else "")
    return UsageError(f"{what} wants to run commands here: {shown}", hint="read them, then add --trust")


def _key(template: Template) -> str:
    return f"{template.source}@{template.commit}"


def _lines(script: Path) -> list[str]:
    """What a script holds; a line without a word is no command."""
    text = script.read_text(encoding="utf-8", errors="replace") if script.is_file() else ""
    return [line for line in text.splitlines() if line.strip()] or [script.name]


def _items(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _argv(check: Check) -> Iterator[str]:
    if check.kind == "command":
        yield shlex.join(str(part) for part in _items(check.options.get("command")))
    if check.kind == "alert":
        argvs = [_items(check.options.get(key)) for key in ("provoke", "relieve")]
        yield from (shlex.join(map(str, argv)) for argv in argvs if argv)
    if check.kind == "tool" and "version" in check.options:
        yield f"{check.options['tool']} --version"
    for child in check.children:
        yield from _argv(child)
