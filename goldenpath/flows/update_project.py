"""Update a project: lay over it what the merge with its template's newer version makes, not committed."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.adapters import checkout, trees
from goldenpath.adapters.signals import put_off
from goldenpath.core.errors import FilesInTheWayError, GoldenpathError, MachineError
from goldenpath.core.identifiers import event_id
from goldenpath.core.updating import AnswerChange, Change, ChangeKind, Unfinished, Update
from goldenpath.flows import unfinished_update
from goldenpath.flows.explain_conflicts import explain_conflicts
from goldenpath.flows.load_path import load_path, step_lines, steps_for
from goldenpath.flows.merge_versions import merge_versions
from goldenpath.flows.plan_update import refuse_unready
from goldenpath.flows.tell_migrations import message_of, migrations_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

    from goldenpath.adapters.checkout import Place
    from goldenpath.adapters.merging import Stage
    from goldenpath.adapters.settings import Settings
    from goldenpath.adapters.trees import Workshop
    from goldenpath.flows.merge_versions import Result, UpdateOrder
    from goldenpath.flows.plan_update import UpdatePlan

_KINDS = {"A": ChangeKind.ADDED, "D": ChangeKind.DELETED, "R": ChangeKind.RENAMED, "C": ChangeKind.ADDED}


def update_project(settings: Settings, order: UpdateOrder) -> Generator[str, None, Update]:
    """Yields what is being done; returns what the update does. It stands in index and files, and is not committed.

    When it raises, the project is as it was.
    """
    plan = order.plan
    if plan.is_same_version and order.answers == plan.answers:
        return _nothing(plan)
    with trees.workshop(plan.project.root, keeps=not order.is_rehearsal) as shop:
        result = yield from merge_versions(settings, order, shop)
        report = _report(order, shop, result)
        if not order.is_rehearsal and not report.is_nothing:
            yield "Writing it into the project"
            _lay(order, shop, result, report)
    return report


def _nothing(plan: UpdatePlan) -> Update:
    old, new = plan.before.template, plan.after.template
    update = Update(plan.project.id, str(plan.project.root), new.name, new.source, old.version, new.version)
    return replace(update, source_before=old.source) if old.source != new.source else update


def _report(order: UpdateOrder, shop: Workshop, result: Result) -> Update:
    plan, merged = order.plan, result.merged
    differences = trees.changes_between(shop, result.ours, merged.tree, finds_renames=True)
    return replace(
        _nothing(plan),
        changes=tuple(
            Change(_KINDS.get(letter, ChangeKind.CHANGED), path, before)
            for letter, path, before in differences
            if path not in merged.stages
        ),
        conflicts=explain_conflicts(merged, plan.after.title),
        deleted=result.deleted,
        answers=_changed_answers(order),
        steps=_new_steps(order),
        commands=migrations_of(order),
        message=message_of(order),
        diff=trees.diff_between(shop, result.ours, merged.tree),
    )


def _changed_answers(order: UpdateOrder) -> tuple[AnswerChange, ...]:
    """What is answered otherwise now; nothing of secret answers."""
    questions = order.plan.after.questionnaire.questions
    shown = [question.name for question in questions if not question.is_secret]
    before = order.plan.answers
    return tuple(
        AnswerChange(name, before.get(name), order.answers[name])
        for name in shown
        if name not in before or before[name] != order.answers[name]
    )


def _new_steps(order: UpdateOrder) -> tuple[str, ...]:
    """The titles of the steps that the path has now and had not before."""
    folders = [version.template.folder for version in (order.plan.before, order.plan.after)]
    if order.answers == order.plan.answers and len({step_lines(folder) for folder in folders}) == 1:
        return ()
    before, after = (load_path(folder) for folder in folders)
    known = {step.id for step in steps_for(before, order.plan.answers)} if before else set()
    return tuple(step.title for step in steps_for(after, order.answers) if step.id not in known) if after else ()


def _lay(order: UpdateOrder, shop: Workshop, result: Result, report: Update) -> None:
    """Lay the result over the project, and keep what is needed to finish or to undo it."""
    place, merged = order.plan.place, result.merged
    tree = trees.below(shop, f"{place.head}^{{tree}}", place.below, merged.tree)
    differing = trees.changes_between(shop, result.ours, merged.tree, finds_renames=False)
    added = [f"{place.below}{path}" for letter, path, _ in differing if letter == "A"]
    stages = {f"{place.below}{path}": found for path, found in merged.stages.items()}
    touched = {f"{place.below}{path}" for _, path, _ in differing} | stages.keys()
    marked = {f"{place.below}{path}" for path in merged.marked}
    _refuse_unwatched(checkout.unwatched(place, touched))
    unfinished = _unfinished(order, report, tree, touched, stages.keys(), marked)
    with unfinished_update.alone(place):
        _refuse_covered(checkout.in_the_way(place, added, {f"{place.below}{path}" for path in result.known}))
        _refuse_moved(place, tree)
        with put_off():
            unfinished_update.begin(place, unfinished)
            _write(place, unfinished, stages)


def _unfinished(
    order: UpdateOrder,
    report: Update,
    tree: str,
    touched: Iterable[str],
    clashing: Iterable[str],
    marked: Iterable[str],
) -> Unfinished:
    """What is kept of the update while it is being laid over the project."""
    return Unfinished(
        project=order.plan.project.id,
        template=report.template,
        source=report.source,
        before=report.before,
        after=report.after,
        head=order.plan.place.head,
        tree=tree,
        below=order.plan.place.below,
        touched=tuple(sorted(touched)),
        open=tuple(sorted(clashing)),
        marked=tuple(sorted(marked)),
        event=event_id(order.begun_at),
        is_applying=True,
        source_before=report.source_before,
    )


def _write(place: Place, unfinished: Unfinished, stages: Mapping[str, Sequence[Stage]]) -> None:
    try:
        checkout.lay(place, f"{unfinished.head}^{{tree}}", unfinished.tree, stages)
        unfinished_update.keep(place, replace(unfinished, is_applying=False))
    except (GoldenpathError, OSError) as error:
        unfinished_update.undo(place, unfinished)
        raise MachineError(f"the update could not be written: {error}", hint="nothing was changed") from error


def _refuse_moved(place: Place, tree: str) -> None:
    """Raise FilesInTheWayError when the project is not as it was when the merge began: what was done since is kept."""
    unfinished_update.refuse_locked(place)
    refuse_unready(place)
    head = place.git("rev-parse", "HEAD")
    said = "it has another commit" if head != place.head else checkout.refusal(place, f"{place.head}^{{tree}}", tree)
    if said:
        raise FilesInTheWayError(
            f"the project changed while the update was made: {said}", hint="nothing was changed; type the same again"
        )


def _refuse_covered(paths: list[str]) -> None:
    if paths:
        raise FilesInTheWayError(
            f"the new version brings files where others are that git does not track: {', '.join(paths[:5])}",
            hint="move them away, or commit them; nothing was changed",
        )


def _refuse_unwatched(paths: list[str]) -> None:
    if paths:
        names = " ".join(shlex.quote(path) for path in paths[:5])
        raise FilesInTheWayError(
            f"the new version changes files that git was told not to look at: {', '.join(paths[:5])}",
            hint=f"let it look again: git update-index --no-assume-unchanged --no-skip-worktree {names}",
        )
