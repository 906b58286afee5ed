"""A project's own `.gitattributes` and index decide how its files are written and merged; nothing is lost by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.updates.actions import MINE, NEW, ODD, USERS, clash, lines, text
from tests.updates.ground import File, Ground, commit, files_of, git, state_of
from tests.updates.test_git_settings import CLEAN, blobs_of, check_out, with_crlf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

ATTRIBUTES = ".gitattributes"


@pytest.fixture
def root(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of the test's own; it is the working folder."""
    root = ground.copy(tmp_path / "mine")
    monkeypatch.chdir(root)
    return root


def declare(root: Path, attributes: str) -> File:
    """Write the project's attributes and have every file as they say; the file of them."""
    (root / ATTRIBUTES).write_text(attributes)
    commit(root)
    check_out(root)
    assert state_of(root).status == ""
    return File((root / ATTRIBUTES).read_bytes())


def test_line_ends_of_windows_are_no_change_and_stay(ground: Ground, cli: Cli, root: Path) -> None:
    USERS["many"](root)
    commit(root)
    declare(root, "* text=auto eol=crlf\n")
    before = state_of(root)
    expected = ground.expected("many", {**CLEAN, ATTRIBUTES: File(b"* text=auto eol=crlf\n")})
    for ending in ("--abort", "--continue"):
        result = cli(*ground.order("many"), "--no-input", "--json")
        assert (result.code, result.data["conflicts"]) == (0, [])
        assert files_of(root) == with_crlf(expected)
        assert cli("update", ending, "--yes").code == 0
        assert (state_of(root) == before) == (ending == "--abort")
    for name, blob in blobs_of(root).items():
        assert git(root, "cat-file", "blob", blob).encode(errors="surrogateescape") == expected[name].content


def test_a_conflict_has_line_ends_of_windows_as_well(ground: Ground, cli: Cli, root: Path) -> None:
    USERS["same"](root)
    commit(root)
    attributes = File(b"* text=auto eol=crlf\n")
    declare(root, "* text=auto eol=crlf\n")
    before = state_of(root)
    result = cli(*ground.order("change"), "--no-input", "--json")
    assert (result.code, [each["has_markers"] for each in result.data["conflicts"]]) == (5, [True])
    expected = {"notes.txt": clash({15: MINE}, {15: NEW}, 15, 15), ATTRIBUTES: attributes}
    assert files_of(root) == with_crlf(ground.expected("change", expected))
    git(root, "add", "--all")
    assert cli("update", "--continue").code == 5
    assert cli("update", "--abort", "--yes").code == 0
    assert state_of(root) == before


def test_a_text_that_was_committed_with_line_ends_of_windows_takes_the_change(
    ground: Ground, cli: Cli, root: Path
) -> None:
    dos = with_crlf({"notes.txt": text({2: MINE})})["notes.txt"]
    (root / "notes.txt").write_bytes(dos.content)
    commit(root)
    before = state_of(root)
    result = cli(*ground.order("change"), "--no-input", "--json")
    assert result.code == 5, "every line is another one, so git can't tell what to keep"
    assert [(each["path"], each["has_markers"]) for each in result.data["conflicts"]] == [("notes.txt", True)]
    assert f"{MINE}\r\n".encode() in (root / "notes.txt").read_bytes()
    assert cli("update", "--abort").code == 0
    assert state_of(root) == before


@pytest.mark.parametrize("size", [3, 40])
def test_markers_of_another_size_are_found(ground: Ground, cli: Cli, root: Path, size: int) -> None:
    USERS["same"](root)
    attributes = declare(root, f"*.txt conflict-marker-size={size}\n")
    result = cli(*ground.order("change"), "--no-input", "--json")
    assert (result.code, [each["has_markers"] for each in result.data["conflicts"]]) == (5, [True])
    expected = {"notes.txt": clash({15: MINE}, {15: NEW}, 15, 15, size=size), ATTRIBUTES: attributes}
    assert files_of(root) == ground.expected("change", expected)
    git(root, "add", "--all")
    assert cli("update", "--continue").code == 5


def test_a_text_that_is_never_merged_stays_the_engineers(ground: Ground, cli: Cli, root: Path) -> None:
    USERS["far"](root)
    attributes = declare(root, "*.txt -merge\n")
    result = cli(*ground.order("change"), "--no-input", "--json")
    assert (result.code, [each["has_markers"] for each in result.data["conflicts"]]) == (5, [False])
    expected = {"notes.txt": text({2: MINE}), ATTRIBUTES: attributes}
    assert files_of(root) == ground.expected("change", expected)


def test_a_text_that_takes_both_sides_takes_both(ground: Ground, cli: Cli, root: Path) -> None:
    USERS["same"](root)
    attributes = declare(root, "*.txt merge=union\n")
    assert cli(*ground.order("change"), "--no-input").code == 0
    both = [*lines()[:14], MINE, NEW, *lines()[15:]]
    expected = {"notes.txt": File("".join(f"{line}\n" for line in both).encode()), ATTRIBUTES: attributes}
    assert files_of(root) == ground.expected("change", expected)


def test_attributes_in_a_folder_count_there(ground: Ground, cli: Cli, root: Path) -> None:
    name = "süß & klein/.gitattributes"
    (root / name).write_text("*.txt -merge\n")
    (root / ODD).write_bytes(text({2: MINE}, of="odd").content)
    (root / "notes.txt").write_bytes(text({2: MINE}).content)
    commit(root)
    result = cli(*ground.order("many"), "--no-input", "--json")
    assert [(each["path"], each["has_markers"]) for each in result.data["conflicts"]] == [(ODD, False)]
    assert (root / ODD).read_bytes() == text({2: MINE}, of="odd").content
    assert (root / "notes.txt").read_bytes() == text({2: MINE, 15: NEW}).content


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_an_edit_that_git_was_told_not_to_see_is_not_lost(ground: Ground, cli: Cli, root: Path, flag: str) -> None:
    git(root, "update-index", flag, "notes.txt")
    (root / "notes.txt").write_bytes(text({2: MINE}).content)
    before = state_of(root)
    result = cli(*ground.order("change"), "--no-input")
    assert (result.code, "told not to look at: notes.txt" in result.err) == (5, True), result.err
    assert state_of(root) == before


def test_a_mode_that_git_was_told_not_to_see_is_merged(ground: Ground, cli: Cli, root: Path) -> None:
    git(root, "config", "core.fileMode", "false")
    git(root, "update-index", "--chmod=+x", "notes.txt")
    git(root, "commit", "--quiet", "--message", "mine")
    assert cli(*ground.order("change"), "--no-input").code == 0
    assert git(root, "ls-files", "--stage", "notes.txt").startswith("100755 ")
    assert (root / "notes.txt").read_bytes() == text({15: NEW}).content
    assert cli("update", "--abort").code == 0
    assert state_of(root).status == ""
