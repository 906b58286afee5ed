"""What the proof of an update finds: each kind of fault once, with the file that is wrong and what puts it right."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.core.errors import TemplateError
from goldenpath.core.faults import Fault, fault_of
from goldenpath.flows.script_edits import EDITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from goldenpath.adapters.merging import Merged
    from goldenpath.core.errors import GoldenpathError
    from goldenpath.core.proving import Since
    from goldenpath.flows.script_edits import Edited
    from goldenpath.flows.sketch_change import Sketch
    from goldenpath.rules.source import Source

UPDATES: Mapping[str, str] = {
    "update-renders": "a project of an earlier version can be rendered anew, without asking anybody",
    "update-keeps": "whatever an engineer wrote is in the result or in a conflict, and what they took away stays away",
    "update-conflicts": "what an engineer did far from every change, or to a whole file or folder, is no conflict",
    "update-settles": "updating once more changes nothing",
}
"""By id: what the proof claims of every update."""

_NAMED = re.compile(r"^\S*[/.]\S*: ")


def unanswered(source: Source, since: Since, question: str) -> Fault:
    """A question that nobody has answered, and nobody is there to ask."""
    place = source.place(question)
    problem = f"`{question}` has no default, and a project at {since.template.version} has no answer to it"
    return Fault(place.file, place.line, "update-renders", problem, "give the question a default that fits them")


def not_rendered(source: Source, since: Since, error: GoldenpathError) -> Fault:
    """The new version can't be rendered with the answers that the project has by then."""
    at = fault_of(error, source.copier_file) if isinstance(error, TemplateError) else None
    problem = f"a project at {since.template.version} can't be rendered anew: {_NAMED.sub('', error.message)}"
    file, line = (at.file, at.line) if at else (source.copier_file, 1)
    return Fault(file, line, "update-renders", problem, "let the template take the answers that the project keeps")


def not_rendered_before(source: Source, since: Since, error: GoldenpathError) -> Fault:
    """There is no such project at the earlier version, so that nothing is known of its update."""
    problem = f"{since.template.version} can't be rendered with these answers: {_NAMED.sub('', error.message)}"
    fix = "nothing here can mend that: a project with these answers was never at that version"
    return Fault(source.copier_file, 1, "update-renders", problem, fix, is_warning=True)


def lost(file: str, since: Since, edited: Edited, paths: Iterable[str]) -> Fault:
    """Something that the engineer wrote is nowhere any more."""
    said = f"updating from {since.template.version} loses a line that was written into {', '.join(sorted(paths))}"
    fix = "look whether its .gitattributes names a merge driver that drops it; if not, tell the owners of goldenpath"
    return Fault(file, 1, "update-keeps", f"{said} (edit: {edited.edit})", fix)


def come_back(file: str, since: Since, edited: Edited, path: str) -> Fault:
    """Something that the engineer took away is there again."""
    problem = f"updating from {since.template.version} brings {path} back, which was taken away (edit: {edited.edit})"
    return Fault(file, 1, "update-keeps", problem, "tell the owners of goldenpath")


def in_conflict(
    made_from: Mapping[str, str], sketch: Sketch, since: Since, edited: Edited, merged: Merged
) -> list[Fault]:
    """A fault for each file of the template over which an edit meets what it should not meet.

    From a version that is not the last before this one it is a warning: who is there can go to a later one first.
    """
    found = [_conflict(made_from, sketch, since, edited, _known_as(edited, path)) for path in sorted(merged.stages)]
    return [replace(fault, is_warning=not since.is_last) for fault in dict.fromkeys(found)]


def _conflict(made_from: Mapping[str, str], sketch: Sketch, since: Since, edited: Edited, path: str) -> Fault:
    version = since.template.version
    if path in sketch.rewritten:
        new = sketch.rewritten[path]
        problem = (
            f"{path} of {version} is renamed to {new} and rewritten at once, so that no edit of it can be followed"
        )
        return Fault(made_from[new], 1, "update-conflicts", problem, "rename it in one version, rewrite it in the next")
    file = made_from[sketch.renamed.get(path, path)]
    if edited.edit == "far" and any(change.path == path and change.is_restyled for change in sketch.changed):
        problem = (
            f"nearly every line of {path} differs from {version} in white space and numbers: any edit is a conflict"
        )
        fix = "change what is meant to change alone: no stamp in every line, and no new format beside other changes"
        return Fault(file, 1, "update-conflicts", problem, fix)
    problem = f"updating from {version}, {EDITS[edited.edit].conflict.format(path=path)}"
    return Fault(file, 1, "update-conflicts", problem, "change it in smaller steps, a version for each")


def _known_as(edited: Edited, path: str) -> str:
    """The name of a file before the engineer did anything."""
    return edited.was.get(path, path)


def unsettled(source: Source, answers_file: str, questions: Iterable[str], paths: Iterable[str]) -> Fault:
    """A second update would render something else."""
    named = ", ".join(f"`{name}`" for name in questions)
    files = ", ".join(sorted(paths)[:3])
    problem = f"updating once more changes {files}, because the answers file does not keep {named}"
    fix = "let it hold `{{ _copier_answers|to_nice_yaml }}`, which has every answer"
    return Fault(answers_file or source.copier_file, 1, "update-settles", problem, fix)
