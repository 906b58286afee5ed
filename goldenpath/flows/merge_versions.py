"""Merge what a template changed between two versions into what the engineer wrote.

Both versions are rendered as nobody has touched them. The old render is the base of a three-way merge whose sides are
the project and the new render, so that nothing which the engineer wrote is lost: it is in the result, or in a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from goldenpath.adapters import merging, trees
from goldenpath.adapters.language import language_of
from goldenpath.core.questions import flat
from goldenpath.flows.find_project import ANSWERS
from goldenpath.flows.render_pristine import render_pristine

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from goldenpath.adapters.merging import Merged, Sides
    from goldenpath.adapters.settings import Settings
    from goldenpath.adapters.trees import Workshop
    from goldenpath.core.model import Answers
    from goldenpath.flows.plan_update import UpdatePlan, Version

_ATTRIBUTES = ".gitattributes"
_DELETES = frozenset({"CONFLICT (modify/delete)", "CONFLICT (rename/delete)"})
_MOVES = frozenset({"CONFLICT (rename/delete)", "CONFLICT (file/directory)"})
"""Where git names a second file, which is the one that the first was before."""


@dataclass(frozen=True, slots=True)
class UpdateOrder:
    """What to update: the plan, and every answer for the new version. A rehearsal changes nothing."""

    plan: UpdatePlan
    answers: Answers
    is_trusted: bool
    is_rehearsal: bool
    begun_at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """The merge of one project: its tree before and after, its files before (`MODE BLOB` by path), and the conflicts.

    `deleted` are the files that the engineer deleted and the new version changes; they stay deleted.
    """

    ours: str
    known: Mapping[str, str]
    merged: Merged
    deleted: tuple[str, ...]


def merge_versions(settings: Settings, order: UpdateOrder, shop: Workshop) -> Generator[str, None, Result]:
    """Yields what is being done; returns the merge. Nothing is written into the project.

    The answers file is the new one, and a file that is only for new projects stays as it is.
    """
    plan = order.plan
    below = plan.place.below.rstrip("/")
    ours = plan.place.git("rev-parse", f"HEAD:{below}" if below else "HEAD^{tree}")
    known = trees.entries_of(shop, ours)
    yield f"Rendering {plan.before.title}"
    base = _rendered(settings, order, shop, plan.before, known)
    yield f"Rendering {plan.after.title}"
    theirs = _rendered(settings, order, shop, plan.after, known)
    yield "Merging"
    sides = merging.Sides(base, ours, theirs, plan.before.title, plan.after.title)
    only_new = only_for_new(plan.after, order.answers, plan.project.root, is_trusted=order.is_trusted)
    return merge_trees(shop, sides, known, only_new)


def merge_trees(shop: Workshop, sides: Sides, known: Mapping[str, str], only_new: Sequence[str]) -> Result:
    """The merge of a project with these files (`MODE BLOB` by path), as an update has it.

    What the engineer deleted stays deleted, and a file that is `only_new` for new projects stays as it is.
    """
    if only_new:
        kept = dict.fromkeys(trees.matching(shop, sides.ours, list(only_new)), "")
        base, theirs = (trees.with_entries(shop, tree, kept) for tree in (sides.base, sides.theirs))
        sides = replace(sides, base=base, theirs=theirs)
    attributes = {path: entry.split()[1] for path, entry in known.items() if path.split("/")[-1] == _ATTRIBUTES}
    merged = merging.merge(shop, replace(sides, attributes=attributes))
    deleted = _deleted(merged)
    stages = {path: found for path, found in merged.stages.items() if path not in deleted}
    tree = trees.with_entries(shop, merged.tree, dict.fromkeys(deleted, ""))
    return Result(sides.ours, known, replace(merged, tree=tree, stages=stages), tuple(sorted(deleted.values())))


def _deleted(merged: Merged) -> dict[str, str]:
    """What the engineer deleted and the new version changes, by the name that it has there: the one they knew."""
    changed = {path for path, found in merged.stages.items() if [each.number for each in found] == [1, 3]}
    met = [(each.kind, each.paths) for each in merged.meetings if each.paths[0] in changed]
    moved = {paths[0]: paths[1] for kind, paths in met if kind in _MOVES and len(paths) > 1}
    return {paths[0]: moved.get(paths[0], paths[0]) for kind, paths in met if kind in _DELETES}


def _rendered(
    settings: Settings, order: UpdateOrder, shop: Workshop, version: Version, known: Mapping[str, str]
) -> str:
    """The tree of a version as nobody has touched it, but for the old answers file, which is the project's own.

    What the version's `.gitignore` names is no part of it, unless the project has it in its repository.
    """
    plan = order.plan
    is_old = version is plan.before
    answers, trusted = (plan.answers, plan.is_old_trusted) if is_old else (order.answers, order.is_trusted)
    has_secrets = any(question.is_secret for question in version.questionnaire.questions)
    renders = shop.folder / "renders" if has_secrets else None
    name = plan.project.root.name
    folder = render_pristine(settings, version.template, answers, name, is_trusted=trusted, renders=renders)
    return trees.tree_of(shop, folder, {ANSWERS: known.get(ANSWERS, "")} if is_old else {}, ignored=known)


def only_for_new(version: Version, answers: Answers, root: Path, *, is_trusted: bool) -> list[str]:
    """The patterns of the files that only a new project gets (`_skip_if_exists`)."""
    settings = version.questionnaire.settings
    language = language_of(settings, root, is_trusted=is_trusted, template=version.template.folder)
    patterns = flat([settings.get("_skip_if_exists") or []])
    return [language.render(str(each), answers, "_skip_if_exists") for each in patterns]
