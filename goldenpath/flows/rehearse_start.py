"""Rehearse a start: render into a scratch folder, and name what would be made. Nothing else is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.flows.find_project import IDENTITY
from goldenpath.flows.inspect_render import inspect_render
from goldenpath.flows.start_project import refuse_inside_template, render

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.adapters.settings import Settings
    from goldenpath.flows.start_project import Order


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What a start would make: the project's folder, and its files."""

    root: Path
    template: str
    version: str
    files: tuple[str, ...]


def rehearse_start(settings: Settings, order: Order, scratch: Path) -> Rehearsed:
    """What the order would make; template tasks are not run. Raises TemplateError when it can't be rendered."""
    from dataclasses import replace

    refuse_inside_template(order)
    scratch.mkdir()
    render(settings, replace(order, is_rehearsal=True), scratch)
    inspect_render(scratch)
    files = sorted(str(file.relative_to(scratch)) for file in scratch.rglob("*") if not file.is_dir())
    return Rehearsed(order.destination, order.plan.template.name, order.plan.template.version, (*files, IDENTITY))
