"""Render a template as nobody has touched it: into a folder of the cache, where it is found again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import goldenpath
from goldenpath.adapters.durable import make_folder
from goldenpath.adapters.store.sources import repository_of
from goldenpath.adapters.store.tags import recorded as recorded_as
from goldenpath.flows.inspect_render import inspect_render

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Answers, Template

_DROPPED = ".dropped-"
MOST_KEPT = 20
"""How many renders the cache keeps."""


def render_pristine(
    settings: Settings,
    template: Template,
    answers: Answers,
    folder_name: str,
    *,
    is_trusted: bool,
    renders: Path | None = None,
) -> Path:
    """The folder with the template's files over these answers; no task of it was run. Raises TemplateError.

    `folder_name` is what the folder is called, which a template may ask for. It is kept in the cache, or in the folder
    `renders`: what is made of secret answers must not stay.
    """
    from goldenpath.adapters.rendering.process import Ordered, render_template

    repository = repository_of(settings.store, template.source)
    recorded = recorded_as(repository, template.commit)
    kept = (renders or settings.cache / "renders") / _key(template, recorded, answers, folder_name) / folder_name
    if kept.is_dir():
        os.utime(kept.parent)
        return kept
    make_folder(kept.parent.parent)
    scratch = Path(tempfile.mkdtemp(dir=kept.parent.parent, prefix=".making-"))
    try:
        made = scratch / folder_name
        made.mkdir()
        render_template(Ordered(template, repository, recorded, made, answers, is_trusted=is_trusted, runs_tasks=False))
        inspect_render(made)
        with contextlib.suppress(OSError):  # somebody was faster, with the same
            scratch.rename(kept.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    _sweep(kept.parent.parent)
    return kept


def _key(template: Template, recorded: str, answers: Answers, folder_name: str) -> str:
    """What a render depends on."""
    about = [template.source, template.commit, recorded, answers, folder_name]
    parts = [*about, goldenpath.__version__]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=repr).encode()).hexdigest()[:32]


def _sweep(folder: Path) -> None:
    """Keep the renders that were asked for last. One that goes loses its name first: what has a name is whole."""
    with contextlib.suppress(OSError):
        known = [each for each in folder.iterdir() if not each.name.startswith(".")]
        for old in sorted(known, key=lambda each: each.stat().st_mtime, reverse=True)[MOST_KEPT:]:
            old.rename(folder / f"{_DROPPED}{old.name}")
        for dropped in folder.glob(f"{_DROPPED}*"):
            shutil.rmtree(dropped, ignore_errors=True)
