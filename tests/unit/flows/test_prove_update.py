"""What a merge is judged by: a line that is nowhere any more, and a file that comes back. No template can do that."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters import trees
from goldenpath.adapters.merging import Merged, Stage
from goldenpath.core.model import Template
from goldenpath.core.proving import Since
from goldenpath.flows.prove_update import Leap, _judged
from goldenpath.flows.script_edits import EDITS, MARK, Edited
from goldenpath.flows.sketch_change import Sketch, sketch_change
from goldenpath.rules.reading import read_source
from tests.proof.seeds import SOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from goldenpath.adapters.trees import Workshop
    from goldenpath.core.faults import Fault

OLD = {"a.txt": "".join(f"{number}\n" for number in range(20)), "b.txt": "one\n"}
NEW = {**OLD, "a.txt": OLD["a.txt"].replace("10\n", "ten\n")}


@pytest.fixture
def shop(tmp_path: Path, git: Callable[..., str]) -> Iterator[Workshop]:
    (tmp_path / "repository").mkdir()
    git(tmp_path / "repository", "init", "-q")
    with trees.workshop(tmp_path / "repository", keeps=True) as shop:
        yield shop


@pytest.fixture
def leap(tmp_path: Path) -> Leap:
    since = Since(Template("it", "goldenpath:it.git", "1.0.0", "0" * 40, SOUND), "defaults", is_last=True)
    for name, files in (("before", OLD), ("after", NEW)):
        lay(tmp_path / name, files)
    source = read_source(SOUND)
    made_from: Mapping[str, str] = defaultdict(lambda: "copier.yml", {"a.txt": "template/a.txt"})
    version: tuple[object, object] = (None, None)
    return Leap(since, source, version, tmp_path / "before", tmp_path / "after", {}, made_from)  # type: ignore[arg-type]


def lay(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)


def sketched(shop: Workshop, leap: Leap) -> Sketch:
    base, theirs = (trees.tree_of(shop, folder) for folder in (leap.before, leap.after))
    return sketch_change(shop, leap.before, leap.after, base, theirs)


def edited_by(shop: Workshop, leap: Leap, edit: str) -> tuple[Sketch, Edited]:
    sketch, folder = sketched(shop, leap), leap.before.parent / "yours"
    lay(folder, OLD)
    edited = Edited(folder, edit)
    EDITS[edit].do(sketch, edited)
    return sketch, edited


def judged(shop: Workshop, leap: Leap, edit: str, merged: Merged | None = None) -> list[Fault]:
    """The faults, when the result is this one, or the new version with nothing of the engineer's."""
    sketch, edited = edited_by(shop, leap, edit)
    result = merged or Merged(trees.tree_of(shop, leap.after), {}, ())
    return list(_judged(shop, leap, sketch, edited, result))


def test_a_line_that_is_nowhere_is_lost(shop: Workshop, leap: Leap) -> None:
    (fault,) = judged(shop, leap, "near")
    assert (fault.file, fault.rule) == ("template/a.txt", "update-keeps")
    assert "loses a line that was written into a.txt (edit: near)" in fault.problem


def test_a_line_on_our_side_of_a_conflict_is_not_lost(shop: Workshop, leap: Leap) -> None:
    blob = shop.git("hash-object", "-w", "--stdin", text=f"{MARK} near 1\n")
    stages = {"a.txt": (Stage(2, "100644", blob),)}
    assert judged(shop, leap, "near", Merged(trees.tree_of(shop, leap.after), stages, ())) == []


def test_a_line_on_their_side_of_a_conflict_is_lost(shop: Workshop, leap: Leap) -> None:
    blob = shop.git("hash-object", "-w", "--stdin", text=f"{MARK} near 1\n")
    stages = {"a.txt": (Stage(3, "100644", blob),)}
    faults = judged(shop, leap, "near", Merged(trees.tree_of(shop, leap.after), stages, ()))
    assert [fault.rule for fault in faults] == ["update-keeps"]


@pytest.mark.parametrize("edit", ["deleted", "renamed"])
def test_what_was_taken_away_does_not_come_back(shop: Workshop, leap: Leap, edit: str) -> None:
    (fault,) = judged(shop, leap, edit)
    assert (fault.file, fault.rule) == ("template/a.txt", "update-keeps")
    assert "brings a.txt back" in fault.problem


def test_edits_are_far_and_near_and_on_the_line(shop: Workshop, leap: Leap) -> None:
    sketch = sketched(shop, leap)
    (change,) = sketch.changed
    assert (change.path, change.far, dict(sketch.unchanged)) == ("a.txt", (0, 6, 20), {"b.txt": (b"one\n",)})
    for edit, places in {"far": [0, 7, 22], "near": [8], "same": [10]}.items():
        folder = leap.before.parent / edit
        lay(folder, OLD)
        EDITS[edit].do(sketch, Edited(folder, edit))
        lines = (folder / "a.txt").read_text().splitlines()
        assert [number for number, line in enumerate(lines) if line.startswith(MARK)] == places
        assert (folder / "b.txt").read_text().count(MARK) == (edit == "far")
