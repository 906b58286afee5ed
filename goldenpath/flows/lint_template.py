"""Lint templates: every rule over each, without rendering or running anything."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters.bundled import BUNDLE, bundled_folder, bundled_names
from goldenpath.adapters.settings import home_expanded
from goldenpath.core.addresses import is_address
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.flows.compare_with_base import compare_with_base
from goldenpath.flows.fetch_template import fetch_template
from goldenpath.flows.offers import find_offer
from goldenpath.rules import RULES
from goldenpath.rules.ignoring import idle_ignores
from goldenpath.rules.reading import COPIER_FILES, read_source

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.faults import Fault
    from goldenpath.rules.source import Source


@dataclass(frozen=True, slots=True)
class Linted:
    """What lint found in one template: faults in order, and how many the path ignores with a reason.

    `unreadable` says why nothing was found out at all. A template that was fetched is not at hand: its folder is in
    the store.
    """

    name: str
    folder: Path
    is_at_hand: bool
    faults: tuple[Fault, ...] = ()
    ignored: int = 0
    files: int = 0
    seconds: float = 0.0
    unreadable: str = ""
    hint: str = ""

    @property
    def errors(self) -> int:
        """How many faults are no mere warnings."""
        return sum(not fault.is_warning for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Lot:
    """Everything that was linted, and the sums."""

    templates: tuple[Linted, ...]
    errors: int
    warnings: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule as it is listed."""

    id: str
    meaning: str
    needs_path: bool


def list_rules() -> list[RuleLine]:
    """Every rule."""
    return [RuleLine(name, rule.meaning, rule.needs_path) for name, rule in RULES.items()]


def lint_templates(
    settings: Settings, named: Sequence[str], *, base: str | None = None, with_warnings: bool = True
) -> Generator[str, None, Lot]:
    """Lint what is named: paths by their names, folders, git addresses. With nothing named, the templates around here.

    Raises UsageError for what is no template, TemplateError for the one that was named and can't be read.
    """
    found: list[Linted] = []
    wanted = list(named) or templates_here(Path.cwd())
    for what in wanted:
        yield f"linting {what}"
        try:
            each = _lint(settings, what, base)
        except TemplateError as error:
            if len(wanted) == 1:
                raise
            each = Linted(what, Path(what), is_at_hand=False, unreadable=error.message, hint=error.hint)
        shown = tuple(fault for fault in each.faults if with_warnings or not fault.is_warning)
        found.append(replace(each, faults=shown))
    errors = sum(each.errors for each in found)
    warnings = sum(len(each.faults) for each in found) - errors
    return Lot(tuple(found), errors, warnings, sum(bool(each.unreadable) for each in found))


def templates_here(folder: Path) -> list[str]:
    """The templates in `templates/` below a folder, else the bundled ones."""
    near = sorted(file.parent for name in COPIER_FILES for file in folder.glob(f"templates/*/{name}"))
    return [f"./{each.relative_to(folder)}" for each in dict.fromkeys(near)] or bundled_names()


def _lint(settings: Settings, what: str, base: str | None) -> Linted:
    began = time.perf_counter()
    folder = template_folder(settings, what)
    is_at_hand = not folder.is_relative_to(settings.store)
    if base and not is_at_hand:
        raise UsageError(f"{what} is no folder of a repository here", hint="leave --base out, or name a folder")
    before = compare_with_base(folder, base) if base else None
    is_bundled = what in bundled_names() or folder.resolve().parent == bundled_folder().resolve()
    source = read_source(folder, is_bundled=is_bundled, before=before)
    faults, ignored = judge(source)
    files, seconds = len(source.tree.files), round(time.perf_counter() - began, 3)
    return Linted(what, folder, is_at_hand, faults, ignored, files, seconds)


def template_folder(settings: Settings, what: str) -> Path:
    """The folder that is looked at: the author's own where there is one, so that faults name the files at hand."""
    if what in bundled_names() and not (bundled_folder() / what / BUNDLE).is_file():
        return bundled_folder() / what
    offer = None if what.startswith((".", "/", "~")) or is_address(what) else find_offer(settings, what)
    if offer is not None and offer.catalog.folder:
        return offer.folder
    near = home_expanded(what)
    if offer is not None or not near.is_dir():
        return _fetched(settings, what)
    if not any((near / name).is_file() for name in COPIER_FILES):
        raise TemplateError(f"{what} is no template: it has no copier.yml", hint="name the folder that has one")
    return near.absolute()


def _fetched(settings: Settings, what: str) -> Path:
    folder = fetch_template(settings, what).folder
    if not any((folder / name).is_file() for name in COPIER_FILES):
        raise TemplateError(f"{what} is no template: it has no copier.yml", hint="name a repository that has one")
    return folder


def judge(source: Source) -> tuple[tuple[Fault, ...], int]:
    """What every rule finds, in order, without what path.md ignores; and how many faults that were."""
    found = sorted(dict.fromkeys(_all(source)))
    ignore = source.path.ignore if source.path else {}
    kept = [fault for fault in found if fault.rule not in ignore]
    idle = [rule for rule in ignore if rule in RULES and not any(fault.rule == rule for fault in found)]
    return tuple(sorted([*kept, *idle_ignores(source, idle)])), len(found) - len(kept)


def _all(source: Source) -> Iterator[Fault]:
    for rule in RULES.values():
        is_asked = (source.page is not None or not rule.needs_path) and (source.is_known or not rule.needs_copier)
        if is_asked:
            yield from rule.look(source)
