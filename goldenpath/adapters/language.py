"""The language of a template's questions: Jinja in the template's dialect, and YAML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.core.answers import Language
from goldenpath.core.errors import TemplateError
from goldenpath.core.questions import FILE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from goldenpath.core.model import Json


def language_of(
    copier: Mapping[str, Json], destination: Path | None, *, is_trusted: bool, template: Path | None = None
) -> Language:
    """What the questions of a template with these settings are written in, for a project in `destination`.

    The Jinja extensions that it brings, which may lie in the folder `template`, are loaded when it is trusted. Raises
    TemplateError for a setting it can't have.
    """
    options = copier.get("_envops") or {}
    if not isinstance(options, dict):
        raise TemplateError(f"{FILE}: `_envops` must be a mapping", hint=f"put it right in {FILE}")
    extensions = copier.get("_jinja_extensions") if is_trusted else None
    names = tuple(str(name) for name in extensions) if isinstance(extensions, list) else ()

    def render(text: str, answers: Mapping[str, Json], where: str) -> str:
        if "{" not in text and not options:
            return text
        from goldenpath.adapters.jinja import Dialect, render_loosely

        dialect = Dialect(options, names, destination, template)
        return render_loosely(text, answers, where=f"{FILE}: {where}", dialect=dialect)

    return Language(render, _load)


def _load(text: str, where: str) -> Json:
    return documents.load(text, file=where)


LANGUAGE = language_of({}, None, is_trusted=False)
"""What the questions of a template that changes nothing are written in."""
