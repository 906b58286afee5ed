"""Tell what a template wants done around an update: its migrations, which are not run, and its message."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from goldenpath.adapters.language import language_of
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.core.model import Json
    from goldenpath.flows.merge_versions import UpdateOrder

_FORMER = ("before", "after")
"""Where migrations stood in the former format: https://copier.readthedocs.io/en/stable/configuring/#migrations."""


def migrations_of(order: UpdateOrder) -> tuple[str, ...]:
    """The commands that the new version brings for projects that come from the old one, as they stand there."""
    written = order.plan.after.questionnaire.settings.get("_migrations")
    before, after = order.plan.before.template.version, order.plan.after.template.version
    found = written if isinstance(written, list) else []
    return tuple(text for each in found if _applies(each, before, after) for text in _commands(each))


def message_of(order: UpdateOrder) -> str:
    """What the new version says after an update; empty when that is nothing, or can't be said here."""
    after = order.plan.after
    settings = after.questionnaire.settings
    text = settings.get("_message_after_update")
    if not isinstance(text, str):
        return ""
    root = order.plan.project.root
    language = language_of(settings, root, is_trusted=order.is_trusted, template=after.template.folder)
    try:
        return language.render(text, order.answers, "_message_after_update").strip()
    except TemplateError:
        return ""


def _applies(migration: Json, before: str, after: str) -> bool:
    """Whether it is for a version on the way; without one it always is."""
    from packaging.version import InvalidVersion, Version

    wanted = migration.get("version") if isinstance(migration, dict) else None
    if wanted is None:
        return before != after
    try:
        return Version(before) < Version(str(wanted)) <= Version(after)
    except InvalidVersion:
        return True


def _commands(migration: Json) -> Iterator[str]:
    if isinstance(migration, str):
        yield migration
    elif isinstance(migration, list):
        yield shlex.join(str(word) for word in migration)
    elif isinstance(migration, dict):
        inner = [migration.get("command"), *(each for key in _FORMER for each in _list(migration.get(key)))]
        for each in inner:
            yield from _commands(each)


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []
