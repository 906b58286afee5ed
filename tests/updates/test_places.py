"""Updates wherever a project may lie, two of them at once, and on disks that can't be written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import write as write_texts
from tests.trouble.circumstances import IS_LINUX, give_up_root
from tests.updates.ground import commit, files_of, git, state_of
from tests.updates.places import NEXT, PICKY, UPDATE, Site, clash, here, lines, made, site

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli

__all__ = ["here", "made", "site"]
ROUNDS = 10


def _moved(name: str) -> Callable[[Site], Path]:
    return lambda here: here.root.rename(here.root.parent / name)


def _below(here: Site) -> Path:
    """In a folder of a bigger repository, in which much else is going on."""
    top = here.root.parent / "big"
    top.mkdir()
    shutil.rmtree(here.root / ".git")
    here.root.rename(top / "süß und klein")
    write_texts(top, {"other/staged.txt": "old\n", "other/dirty.txt": "old\n", "app.txt": "not the project's\n"})
    git(top, "init", "--quiet", "--initial-branch=main")
    commit(top)
    return top / "süß und klein"


def _worktree(here: Site) -> Path:
    git(here.root, "worktree", "add", "--quiet", "-b", "work", str(here.root.parent / "linked"))
    return here.root.parent / "linked"


def _git_file(here: Site) -> Path:
    (here.root / ".git").rename(here.root.parent / "elsewhere.git")
    (here.root / ".git").write_text("gitdir: ../elsewhere.git\n")
    return here.root


def _clone(*how: str) -> Callable[[Site], Path]:
    def make(here: Site) -> Path:
        write_texts(here.root, {"mine.txt": "mine\n"})
        commit(here.root)
        to = here.root.parent / "clone"
        git(here.root.parent, "clone", "--quiet", *how, f"file://{here.root}", str(to))
        return to

    return make


def _detached(here: Site) -> Path:
    git(here.root, "checkout", "--quiet", "--detach")
    return here.root


def _sha256(here: Site) -> Path:
    shutil.rmtree(here.root / ".git")
    git(here.root, "init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    commit(here.root)
    return here.root


PLACES: dict[str, Callable[[Site], Path]] = {
    "below": _below,
    "worktree": _worktree,
    "git-file": _git_file,
    "shallow": _clone("--depth=1"),
    "detached": _detached,
    "odd-name": _moved("süß & 'klein' \"ñ\" $x"),
    "sha256": _sha256,
}


@pytest.mark.parametrize("place", PLACES)
def test_a_project_is_updated_wherever_it_lies(
    place: str, here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = PLACES[place](here)
    write_texts(root, {"app.txt": lines({2: "mine"})})
    commit(root)
    before = state_of(root)
    monkeypatch.chdir(root / "many")
    for ending in ("--abort", "--continue"):
        result = cli(*UPDATE, "--json")
        assert result.code == 0, result.err
        found = files_of(root)
        assert found["app.txt"].content == lines({2: "mine", 10: "new line 10"}).encode()
        assert ("away.txt" in found, found["deep/down/new.txt"].content) == (False, b"is new, too\n")
        ended = cli("update", ending)
        assert ended.code == 0, ended.err
        if ending == "--abort":
            assert state_of(root) == before
    assert git(root, "status", "--porcelain") == ""
    assert git(root, "log", "-1", "--format=%s").strip() == "Update from small 1.0.0 to 2.0.0"


def test_what_is_going_on_elsewhere_in_the_repository_stays_as_it_is(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _below(here)
    top = root.parent
    clash(root)
    write_texts(top, {"other/staged.txt": "staged\n", "other/dirty.txt": "dirty\n", "other/new.txt": "new\n"})
    git(top, "add", "other/staged.txt")
    going_on = git(top, "status", "--porcelain", "--untracked-files=all")
    monkeypatch.chdir(root)
    assert cli(*UPDATE).code == 5
    assert cli("update", "--abort").code == 0
    assert git(top, "status", "--porcelain", "--untracked-files=all") == going_on
    assert cli(*UPDATE, "-d", "colour=blue").code == 5
    write_texts(root, {"app.txt": "settled\n"})
    git(root, "add", "--all", ".")
    done = cli("update", "--continue")
    assert done.code == 0, done.err
    assert git(top, "status", "--porcelain", "--untracked-files=all") == going_on
    assert "other/staged.txt" not in git(top, "show", "--name-only", "--format=", "HEAD")


def test_an_unfinished_update_is_not_taken_for_that_of_another_project(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = _below(here)
    two = Path(shutil.copytree(one, one.parent / "two"))
    (two / ".goldenpath.toml").write_text('id = "two"\npath = "small"\n')
    commit(two)
    monkeypatch.chdir(one)
    assert cli(*UPDATE).code == 0
    git(one, "commit", "--quiet", "--message", "elsewhere", "--allow-empty", "--only")
    monkeypatch.chdir(two)
    assert cli("status").code == 0
    refused = cli(*UPDATE)
    assert (refused.code, "is not finished" in refused.err) == (5, True)
    assert cli("update", "--continue").code == 0
    assert git(one, "show", "--name-only", "--format=", "-z", "HEAD").startswith("süß und klein/")


def test_another_machine_updates_a_fresh_clone_once_it_may_fetch(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(_clone()(here))
    monkeypatch.setenv("GOLDENPATH_HOME", str(here.machine.home / "another"))
    refused = cli(*UPDATE)
    assert (refused.code, "--trust" in refused.err) == (2, True), refused.err
    assert cli(*UPDATE, "--trust").code == 0
    assert cli("update", "--continue").code == 0


def test_an_update_after_one_that_was_squashed_into_other_work_has_no_old_conflict(here: Site, cli: Cli) -> None:
    clash(here.root)
    git(here.root, "switch", "--quiet", "--create", "topic")
    assert cli(*UPDATE).code == 5
    write_texts(here.root, {"app.txt": lines({10: "settled"})})
    git(here.root, "add", "--all")
    assert cli("update", "--continue").code == 0
    git(here.root, "switch", "--quiet", "main")
    git(here.root, "merge", "--quiet", "--squash", "topic")
    commit(here.root, "squashed")
    again = cli("update", "--to", PICKY, "--no-input", "--json")
    assert (again.code, again.data["before"], again.data["conflicts"]) == (0, NEXT, []), again.err
    assert (here.root / "app.txt").read_text() == lines({10: "settled"})


@pytest.mark.slow
def test_of_two_updates_at_once_one_wins(site: Site) -> None:
    before = state_of(site.root)
    whole = None
    for _ in range(ROUNDS):
        running = [site.machine.begin(*UPDATE) for _ in range(2)]
        ended = sorted((each.end() for each in running), key=lambda each: each.code or 0)
        assert [each.code for each in ended] == [0, 5], [each.said for each in ended]
        assert "error: " in ended[1].err
        assert "hint: " in ended[1].err
        whole = whole or state_of(site.root)
        assert state_of(site.root) == whole
        assert site.machine.run("update", "--abort").code == 0
        assert state_of(site.root) == before


DISKS = [".", ".git", ".git/objects", "many"]


@pytest.mark.skipif(not IS_LINUX, reason="only there root can be made to heed modes")
@pytest.mark.parametrize("name", DISKS)
def test_a_folder_that_can_not_be_written_leaves_the_project_as_it_was(site: Site, name: str) -> None:
    before, folder = state_of(site.root), site.root / name
    below = [folder, *(each for each in folder.rglob("*") if each.is_dir())] if name.startswith(".git") else [folder]
    for each in below:
        each.chmod(0o500)
    try:
        ended = site.machine.run(*UPDATE, preexec_fn=give_up_root)
    finally:
        for each in below:
            each.chmod(0o755)
    assert ended.code == 4, ended.said
    assert [line.partition(": ")[0] for line in ended.err.strip().splitlines()][-2:] == ["error", "hint"]
    assert state_of(site.root) == before
    again = site.machine.run(*UPDATE)
    assert again.code == 0, again.said


def test_a_file_for_which_there_is_no_room_leaves_the_project_as_it_was(site: Site) -> None:
    before = state_of(site.root)
    ended = site.machine.run(*UPDATE, limits="ulimit -f 400;")
    assert ended.code == 4, ended.said
    assert "the update could not be written: git read-tree" in ended.err
    assert [line.partition(": ")[0] for line in ended.err.strip().splitlines()][-2:] == ["error", "hint"]
    assert state_of(site.root) == before
    assert site.machine.run(*UPDATE).code == 0
