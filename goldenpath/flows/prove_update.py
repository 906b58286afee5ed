"""Prove an update: from an earlier version to this one, over what people do to their projects in between."""

from __future__ import annotations

import shutil
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from goldenpath.adapters import trees
from goldenpath.adapters.merging import Sides
from goldenpath.adapters.rendering.process import cool_down
from goldenpath.adapters.repo import git, tells
from goldenpath.adapters.settings import Settings, child_environment, replace_environment
from goldenpath.core.errors import TemplateError, UsageError
from goldenpath.flows import prove_update_faults as faults
from goldenpath.flows.find_project import ANSWERS, IDENTITY, identity_text
from goldenpath.flows.merge_versions import merge_trees, only_for_new
from goldenpath.flows.plan_start import folder_name
from goldenpath.flows.plan_update import Version
from goldenpath.flows.read_questions import read_questions
from goldenpath.flows.render_pristine import render_pristine
from goldenpath.flows.script_edits import EDITS, MARK, Edited
from goldenpath.flows.sketch_change import sketch_change
from goldenpath.flows.update_answers import answers_after, answers_again, answers_before
from goldenpath.rules.reading import read_source
from goldenpath.rules.targets import targets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from goldenpath.adapters.merging import Merged
    from goldenpath.adapters.trees import Workshop
    from goldenpath.core.faults import Fault
    from goldenpath.core.model import Answers
    from goldenpath.core.proving import Since
    from goldenpath.flows.prove_ground import Job
    from goldenpath.flows.sketch_change import Sketch
    from goldenpath.rules.source import Source

YOURS, RESULT = "yours", "result"
"""What is left of an edit when it failed: the project as somebody had it, and what the update makes of it."""


@dataclass(frozen=True, slots=True)
class Leap:
    """Both versions, rendered as nobody has touched them, and the answers for the new one."""

    since: Since
    source: Source
    versions: tuple[Version, Version]
    before: Path
    after: Path
    answers: Answers
    made_from: Mapping[str, str]

    @property
    def only_new(self) -> Sequence[str]:
        """The patterns of the files that only a new project gets."""
        return only_for_new(self.versions[1], self.answers, self.after, is_trusted=True)


def prove_update(job: Job, since: Since, tell: Callable[[str], None]) -> tuple[Fault, ...]:
    """What is wrong with updating a project from there, with the answers of the job's case."""
    settings = _settings_in(job)
    try:
        return tuple(dict.fromkeys(_proven(job, since, settings, tell)))
    finally:
        cool_down()


def _settings_in(job: Job) -> Settings:
    """Settings below the job's folder, where everything temporary goes from now on; the store is the one at hand."""
    base = job.folder / "settings"
    settings = Settings(*(base / name for name in ("data", "cache", "config", "state")))
    settings.cache.mkdir(parents=True)
    settings.store.symlink_to(job.store, target_is_directory=True)
    (job.folder / "tmp").mkdir()
    replace_environment({**child_environment(), "TMPDIR": str(job.folder / "tmp")})
    return settings


def _proven(job: Job, since: Since, settings: Settings, tell: Callable[[str], None]) -> Iterator[Fault]:
    source = read_source(job.plan.template.folder, is_trusted=True)
    tell(f"rendering {since.template.version}")
    name = folder_name(job.plan, job.case.answers)
    try:
        old = Version(since.template, read_questions(since.template.folder))
        rendered = render_pristine(settings, old.template, answers_before(old, job.case), name, is_trusted=True)
        before = _moved(rendered, job.folder / "before")
    except (TemplateError, UsageError) as error:
        yield faults.not_rendered_before(source, since, error)
        return
    tell(f"rendering {job.plan.template.version}")
    new = Version(job.plan.template, job.plan.questionnaire)
    try:
        asked = answers_after(new, before, job.case, source)
        for question in asked.unanswered:
            yield faults.unanswered(source, since, question)
        after = _moved(
            render_pristine(settings, new.template, asked.answers, name, is_trusted=True), job.folder / "after"
        )
        made_from: defaultdict[str, str] = defaultdict(lambda: source.copier_file)
        made_from.update({target: file for file, target in targets_of(source, asked.answers)})
        leap = Leap(since, source, (old, new), before, after, asked.answers, made_from)
        yield from _unsettled(job, settings, leap, name)
    except (TemplateError, UsageError) as error:
        yield faults.not_rendered(source, since, error)
        return
    yield from _edited(job, leap, tell)


def _moved(rendered: Path, to: Path) -> Path:
    """The render where whoever looks at a failure finds it."""
    rendered.rename(to)
    return to


def _unsettled(job: Job, settings: Settings, leap: Leap, name: str) -> Iterator[Fault]:
    """What a second update to the same version changes: what its answers file does not keep."""
    new = leap.versions[1]
    again = answers_again(new, leap.after, job.case)
    if again == leap.answers:
        return
    rendered = render_pristine(settings, new.template, again, name, is_trusted=True)
    with _shop(job) as shop:
        one, other = (trees.tree_of(shop, folder) for folder in (leap.after, rendered))
        differing = [path for _, path, _ in trees.changes_between(shop, one, other, finds_renames=False)]
    if differing:
        other_questions = [name for name, answer in again.items() if leap.answers.get(name) != answer]
        yield faults.unsettled(leap.source, leap.made_from.get(ANSWERS, ""), other_questions, differing)


def _shop(job: Job) -> AbstractContextManager[Workshop]:
    """A workshop whose trees are there in the next one, too: each merge takes a fresh one."""
    root = job.folder / "repository"
    if not root.is_dir():
        root.mkdir()
        git(root, "init", "--quiet")
    return trees.workshop(root, keeps=True)


def _edited(job: Job, leap: Leap, tell: Callable[[str], None]) -> Iterator[Fault]:
    with _shop(job) as shop:
        base, theirs = (trees.tree_of(shop, folder) for folder in (leap.before, leap.after))
        sketch = sketch_change(shop, leap.before, leap.after, base, theirs)
    for name in EDITS:
        tell(f"updating what somebody edited: {name}")
        folder = job.folder / name / YOURS
        shutil.copytree(leap.before, folder, symlinks=True)
        (folder / IDENTITY).write_text(identity_text("prj-of-a-proof", ""), encoding="utf-8")
        edited = Edited(folder, name)
        EDITS[name].do(sketch, edited)
        with _shop(job) as shop:
            sides = Sides(base, trees.tree_of(shop, folder), theirs, leap.versions[0].title, leap.versions[1].title)
            merged = merge_trees(shop, sides, trees.entries_of(shop, sides.ours), leap.only_new).merged
            found = list(_judged(shop, leap, sketch, edited, merged))
            if found:
                _lay(shop, merged.tree, job.folder / name / RESULT)
        if not found:
            shutil.rmtree(job.folder / name)
        yield from found


def _judged(shop: Workshop, leap: Leap, sketch: Sketch, edited: Edited, merged: Merged) -> Iterator[Fault]:
    """What is wrong with the result of one merge."""
    said = _written_in(shop, merged) if edited.lines else frozenset()
    lost = {path for line, path in edited.lines.items() if line not in said}
    if lost:
        yield faults.lost(leap.made_from[min(lost)], leap.since, edited, lost)
    there = trees.entries_of(shop, merged.tree) if edited.gone else {}
    for path in edited.gone:
        back = {path, sketch.renamed.get(path, path)} & there.keys() - merged.stages.keys()
        if back:
            yield faults.come_back(leap.made_from[min(back)], leap.since, edited, min(back))
    if EDITS[edited.edit].conflict:
        yield from faults.in_conflict(leap.made_from, sketch, leap.since, edited, merged)


def _written_in(shop: Workshop, merged: Merged) -> frozenset[str]:
    """The lines of the engineer that are in the result, or in their side of a conflict."""
    code, out, _ = tells(shop.folder, "grep", "-a", "-h", "-F", "-e", MARK, merged.tree, **shop.environment)
    blobs = [stage.blob for stages in merged.stages.values() for stage in stages if stage.number == 2]
    texts = [out if code == 0 else "", *(shop.git("cat-file", "blob", blob) for blob in blobs)]
    return frozenset(line.strip() for text in texts for line in text.split("\n"))


def _lay(shop: Workshop, tree: str, folder: Path) -> None:
    """Write a tree into a folder, to be looked at."""
    folder.mkdir()
    index = {"GIT_INDEX_FILE": str(shop.folder / "laying"), "GIT_WORK_TREE": str(folder)}
    shop.git("read-tree", tree, **index)
    shop.git("checkout-index", "--all", **index)
