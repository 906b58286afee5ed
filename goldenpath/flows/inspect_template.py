"""Inspect a template before its first question: what it would read from elsewhere, and what it says twice."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError
from goldenpath.core.filenames import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.core.model import Json, Template

_SUFFIX = ".jinja"
"""Copier's own `_templates_suffix`."""


def inspect_template(template: Template, settings: Mapping[str, Json]) -> None:
    """Raise TemplateError for a template that no project should be made from, whatever the answers."""
    _refuse_reaching(template, settings)
    _refuse_doubled(template, settings)


def _refuse_reaching(template: Template, settings: Mapping[str, Json]) -> None:
    """Refuse data from outside the project, which Copier would read for a template that is trusted to run commands."""
    external = settings.get("_external_data")
    for path in external.values() if isinstance(external, dict) else ():
        parts = Path(os.path.normpath(str(path))).parts
        if parts and parts[0] in {os.sep, os.pardir}:
            raise _refusal(f"{template.source} reads {path} (`_external_data`), which is not in the project")


def _refuse_doubled(template: Template, settings: Mapping[str, Json]) -> None:
    """Refuse a file with a sibling that is rendered to its name: Copier leaves one of them out without a word.

    Beside copier.yml itself that is usual: the README of the template, and that of its projects.
    """
    below, suffix = settings.get("_subdirectory"), settings.get("_templates_suffix", _SUFFIX)
    if not isinstance(below, str) or not isinstance(suffix, str) or not suffix:
        return
    root = template.folder if "{" in below else template.folder / below
    for folder, _, files in os.walk(root):
        if Path(folder) == template.folder:
            continue
        twice = next((name for name in sorted(files) if f"{name}{suffix}" in files), None)
        if twice:
            place = shown(str((Path(folder) / twice).relative_to(template.folder)))
            raise _refusal(f"{template.source} has {place} twice, as it is and as {twice}{suffix}")


def _refusal(what: str) -> TemplateError:
    return TemplateError(what, hint="tell the template's owner; nothing was written")
