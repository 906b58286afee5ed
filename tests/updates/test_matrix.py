"""What a template changes x what an engineer did: nothing that was written is lost, whatever meets whatever."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pytest

from tests.updates.actions import MINE, NEW, TEMPLATE, USERS, binary, clash, text
from tests.updates.ground import ANSWER, Ground, commit, files_of, git, settle, state_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.cli.conftest import Cli
    from tests.updates.ground import File

LINK = replace(text(), content=b"logo.bin", mode="120000")
FAR, SAME, PLAIN = text({2: MINE}), text({15: MINE}), text()
EXECUTABLE = text(mode="100755")
MOVED, REMARKS, DEEP = "mine/notes.txt", "remarks.txt", "docs/deep/notes.txt"
LABELS = (MOVED, "notes.txt", "notes.txt")


@dataclass(frozen=True)
class Row:
    """One meeting: what is otherwise than in a new project (None: not there), which files are in conflict, and whether
    it is marked in them where; and which ones are told to stay deleted.
    """

    action: str
    user: str
    differs: Mapping[str, File | None] = field(default_factory=dict)
    conflicts: Mapping[str, bool] = field(default_factory=dict)
    deleted: tuple[str, ...] = ()


def _both(*names: str) -> dict[str, bool]:
    return dict.fromkeys(names, False)


ROWS = [
    Row("change", "nothing"),
    Row("change", "far", {"notes.txt": text({2: MINE, 15: NEW})}),
    Row("change", "near", {"notes.txt": clash({14: MINE}, {15: NEW}, 14, 15)}, {"notes.txt": True}),
    Row("change", "same", {"notes.txt": clash({15: MINE}, {15: NEW}, 15, 15)}, {"notes.txt": True}),
    Row("change", "alike"),
    Row("change", "delete", {"notes.txt": None}, deleted=("notes.txt",)),
    Row("change", "move", {"notes.txt": None, MOVED: text({15: NEW})}),
    Row("change", "move-change", {"notes.txt": None, MOVED: text({2: MINE, 15: NEW})}),
    Row(
        "change",
        "move-same",
        {"notes.txt": None, MOVED: clash({15: MINE}, {15: NEW}, 15, 15, names=LABELS)},
        {MOVED: True},
    ),
    Row("change", "mode", {"notes.txt": text({15: NEW}, mode="100755")}),
    Row(
        "change",
        "link",
        {"notes.txt": LINK, "notes.txt~tpl-2.1.0": text({15: NEW})},
        _both("notes.txt", "notes.txt~tpl-2.1.0"),
    ),
    Row("rename", "nothing"),
    Row("rename", "far", {REMARKS: FAR}),
    Row("rename", "same", {REMARKS: SAME}),
    Row("rename", "delete", {REMARKS: None}, deleted=("notes.txt",)),
    Row("rename", "move", {MOVED: PLAIN}, _both("notes.txt", MOVED, REMARKS)),
    Row("rename", "move-change", {MOVED: FAR, REMARKS: FAR}, _both("notes.txt", MOVED, REMARKS)),
    Row("rename", "mode", {REMARKS: EXECUTABLE}),
    Row(
        "rename",
        "add-renamed",
        {REMARKS: clash({}, {}, 1, 30, mine_of="mine", has_base=False)},
        {REMARKS: True},
    ),
    Row("rename-change", "far", {REMARKS: text({2: MINE, 15: NEW})}),
    Row(
        "rename-change",
        "same",
        {REMARKS: clash({15: MINE}, {15: NEW}, 15, 15, names=("notes.txt", "notes.txt", REMARKS))},
        {REMARKS: True},
    ),
    Row("rename-change", "delete", {REMARKS: None}, deleted=("notes.txt",)),
    Row(
        "rename-change",
        "move-same",
        dict.fromkeys(
            (MOVED, REMARKS), clash({15: MINE}, {15: NEW}, 15, 15, names=(MOVED, "notes.txt", REMARKS), size=8)
        ),
        {"notes.txt": False, MOVED: True, REMARKS: True},
    ),
    Row("move", "far", {DEEP: FAR}),
    Row("move", "delete", {DEEP: None}, deleted=("notes.txt",)),
    Row("move", "move-change", {MOVED: FAR, DEEP: FAR}, _both("notes.txt", MOVED, DEEP)),
    Row("delete", "nothing"),
    Row("delete", "far", {"notes.txt": FAR}, _both("notes.txt")),
    Row("delete", "delete"),
    Row("delete", "move-change", {MOVED: FAR}, _both(MOVED)),
    Row("delete", "mode", {"notes.txt": EXECUTABLE}, _both("notes.txt")),
    Row("delete", "link", {"notes.txt": LINK}, _both("notes.txt")),
    Row("add", "nothing"),
    Row("add", "far", {"notes.txt": FAR}),
    Row("add", "delete", {"notes.txt": None}),
    Row("add", "add-same"),
    Row("add", "add-other", {"new.txt": clash({15: MINE}, {}, 1, 30, of="new", has_base=False)}, {"new.txt": True}),
    Row("mode", "nothing"),
    Row("mode", "far", {"notes.txt": text({2: MINE}, mode="100755")}),
    Row("mode", "mode"),
    Row("mode", "delete", {"notes.txt": None}, deleted=("notes.txt",)),
    Row("mode", "move-change", {"notes.txt": None, MOVED: text({2: MINE}, mode="100755")}),
    Row("binary", "nothing"),
    Row("binary", "far", {"notes.txt": FAR}),
    Row("binary", "binary", {"logo.bin": binary(3)}, _both("logo.bin")),
    Row("binary", "delete-binary", {"logo.bin": None}, deleted=("logo.bin",)),
    Row("link", "nothing"),
    Row("link", "far", {"notes.txt~yours": FAR}, _both("notes.txt", "notes.txt~yours")),
    Row("link", "delete", {"notes.txt": None}, deleted=("notes.txt",)),
    Row("link", "link", {"notes.txt": LINK}, _both("notes.txt")),
    Row("file-to-folder", "nothing"),
    Row("file-to-folder", "far", {"notes.txt~yours": FAR}, _both("notes.txt~yours")),
    Row("folder", "nothing"),
    Row("folder", "edit-in-folder", {"place/one.txt": text({2: MINE}, of="one")}),
    Row("folder", "add-in-folder", {"place/mine.txt": text(of="mine")}),
    Row("folder", "delete-in-folder", {"place/one.txt": None}, deleted=("folder/one.txt",)),
    Row(ANSWER, "nothing"),
    Row(ANSWER, "far", {"notes.txt": FAR}),
    Row(ANSWER, "edit-in-package", {"other/code.txt": text({2: MINE}, of="code")}),
    Row(ANSWER, "add-in-package", {"other/mine.txt": text(of="mine")}),
    Row(ANSWER, "delete-in-package", {"other/code.txt": None}, deleted=("app/code.txt",)),
    Row(
        ANSWER,
        "move-in-package",
        {"other/mine.txt": TEMPLATE["{{package}}/code.txt"]},
        _both("app/code.txt", "other/code.txt", "other/mine.txt"),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.action}-{row.user}")
def test_what_both_wrote_is_there_or_in_a_conflict_that_is_told(
    row: Row, ground: Ground, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = ground.copy(tmp_path / "mine")
    USERS[row.user](root)
    commit(root)
    before, expected = state_of(root), ground.expected(row.action, row.differs)
    monkeypatch.chdir(root)
    for ending in (["--abort"], []):
        result = cli(*ground.order(row.action), "--no-input", "--json")
        assert result.code == (5 if row.conflicts else 0), result.err
        found = {each["path"]: each["has_markers"] for each in result.data["conflicts"]}
        assert (found, tuple(result.data["deleted"])) == (row.conflicts, row.deleted)
        assert files_of(root) == expected
        if ending:
            assert cli("update", *ending, "--yes").code == 0
            assert state_of(root) == before
    _finish(row, ground, cli, root)


def _finish(row: Row, ground: Ground, cli: Cli, root: Path) -> None:
    """What is in conflict is not committed before it is settled; then it is, and there is nothing more to do."""
    if row.conflicts:
        assert cli("update", "--continue").code == 5
        git(root, "add", "--all")
        assert cli("update", "--continue").code == (5 if any(row.conflicts.values()) else 0)
        settle(root, row.conflicts)
    if not row.conflicts or any(row.conflicts.values()):
        assert cli("update", "--continue").code == 0
    after = state_of(root)
    assert after.status == ""
    again = cli(*ground.order(row.action), "--no-input", "--json")
    assert (again.code, again.data["changes"], again.data["conflicts"]) == (0, [], [])
    assert state_of(root) == after
