"""The level `update`: what breaks the projects of an earlier version is caught by its rule, and nothing else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.proof.test_seeded import LONGEST_S, found
from tests.proof.update_seeds import BROKEN, GUIDE, HANDBOOK, SOUND_LEAPS, Leap, lay, prose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.hostile.machine import Ended, Machine

    Git = Callable[..., str]

UPDATE = ("--level", "update", "--trust", "--json")
SETS = ("--answers", "defaults", "--answers", "loud")


def commit(git: Git, folder: Path, tag: str = "") -> None:
    """Commit everything, as a release when it has a tag."""
    if not (folder / ".git").is_dir():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "next")
    if tag:
        git(folder, "tag", tag)


def template_of(git: Git, folder: Path, leap: Leap) -> Path:
    """A folder with the later version, whose repository has the earlier one as v1.0.0."""
    lay(folder, leap.before)
    commit(git, folder, "v1.0.0")
    lay(folder, leap.after)
    return folder


def prove(machine: Machine, *arguments: object) -> Ended:
    return machine.run("template", "test", *arguments, timeout_s=LONGEST_S)


@pytest.mark.slow
@pytest.mark.parametrize("name", BROKEN)
def test_a_version_that_breaks_projects_is_caught_by_the_rule_that_is_meant_for_it(
    machine: Machine, git: Git, tmp_path: Path, name: str
) -> None:
    leap = BROKEN[name]
    folder = template_of(git, tmp_path / name, leap)
    ended = prove(machine, folder, "--from", "v1.0.0", *UPDATE, *SETS)
    assert ended.code == 1, ended.said
    caught = found(ended.data["templates"][0])
    assert caught.keys() == leap.cases, caught
    for faults in caught.values():
        assert sorted(each[:2] for each in faults) == sorted(each[:2] for each in leap.faults), caught
        for (_, _, problem), (_, _, words) in zip(sorted(faults), sorted(leap.faults), strict=True):
            assert words in problem
    assert not list(machine.temporary.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("name", SOUND_LEAPS)
def test_a_version_that_breaks_no_project_is_proven(machine: Machine, git: Git, tmp_path: Path, name: str) -> None:
    folder = template_of(git, tmp_path / name, SOUND_LEAPS[name])
    ended = prove(machine, folder, "--from", "v1.0.0", *UPDATE, *SETS)
    (told,) = ended.data["templates"]
    assert (ended.code, found(told)) == (0, {}), ended.said
    tried = {result["case"] for result in told["results"] if result["level"] == "update"}
    assert (told["earlier"], tried) == (["v1.0.0"], {"v1.0.0 defaults", "v1.0.0 loud"})


@pytest.mark.slow
def test_a_revision_that_asks_copier_for_its_commit_is_updated_from(machine: Machine, git: Git, tmp_path: Path) -> None:
    folder = template_of(git, tmp_path / "template", next(iter(SOUND_LEAPS.values())))
    for tag in ("v1.0.0", "v1.1.0"):
        if tag == "v1.0.0":
            git(folder, "checkout", "-q", "-f", "v1.0.0")
        (folder / "template" / "of.txt.jinja").write_text(f"{tag} {{{{ _copier_conf.vcs_ref_hash|length }}}}\n")
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", tag)
        git(folder, "tag", "-f", tag)
    ended = prove(machine, folder, "--from", "v1.0.0", *UPDATE, *SETS)
    assert (ended.code, found(ended.data["templates"][0])) == (0, {}), ended.said


@pytest.mark.slow
def test_every_release_is_updated_from_and_what_an_older_one_meets_is_a_warning(
    machine: Machine, git: Git, tmp_path: Path
) -> None:
    folder = tmp_path / "template"
    rewritten = BROKEN["a-file-that-is-renamed-and-rewritten-at-once"].after[HANDBOOK]
    lay(folder, {GUIDE: prose("moss")})
    commit(git, folder, "v1.0.0")
    lay(folder, {GUIDE: None, HANDBOOK: prose("moss")})
    commit(git, folder, "v1.1.0")
    lay(folder, {HANDBOOK: prose("moss", but={3: "something new"})})
    commit(git, folder, "v1.2.0rc1")
    lay(folder, {HANDBOOK: rewritten})
    commit(git, folder, "v1.2.0")
    ended = prove(machine, f"file://{folder}", *UPDATE, "--answers", "defaults")
    (told,) = ended.data["templates"]
    caught = found(told)
    assert (ended.code, told["earlier"]) == (0, ["1.0.0", "1.1.0"]), ended.said
    assert {case: {fault[:2] for fault in faults} for case, faults in caught.items()} == {
        "1.0.0 defaults": {("update-conflicts", f"{HANDBOOK}:1")}
    }
    assert ended.data["warnings"] == 1


@pytest.mark.slow
def test_without_an_earlier_version_one_line_says_so(machine: Machine, git: Git, tmp_path: Path) -> None:
    lay(tmp_path / "new", {})
    commit(git, tmp_path / "new")
    ended = prove(machine, tmp_path / "new", *UPDATE[:3], "--answers", "defaults")
    assert ended.code == 0, ended.said
    assert "updates from 0 versions" in ended.out
    assert ended.out.count("there is no earlier version to update from") == 1
    same = prove(machine, tmp_path / "new", *UPDATE, "--from", "HEAD", "--answers", "defaults")
    assert (same.code, same.data["templates"][0]["earlier"]) == (0, [])


@pytest.mark.slow
def test_what_is_kept_has_both_renders_the_edit_and_its_result(machine: Machine, git: Git, tmp_path: Path) -> None:
    leap = BROKEN["a-file-that-is-renamed-and-rewritten-at-once"]
    folder = template_of(git, tmp_path / "template", leap)
    ended = prove(machine, folder, "--from", "HEAD", *UPDATE, "--answers", "defaults", "--keep")
    (kept,) = (tmp_path.__class__(each["kept"]) for each in ended.data["templates"][0]["results"] if each["kept"])
    files = {file.relative_to(kept).as_posix() for file in kept.rglob("*.md")}
    assert {"before/guide.md", "after/handbook.md", "far/yours/guide.md", "far/result/handbook.md"} <= files
    assert "a line of yours" in (kept / "far/yours/guide.md").read_text()
    assert not (kept / "near").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "HEAD", "--level", "path"), "--from goes with --level update"),
        (("--from", "nothing", "--level", "update"), "git knows no revision 'nothing' here"),
    ],
)
def test_a_revision_that_is_none_or_of_no_use_is_refused(
    machine: Machine, git: Git, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    lay(tmp_path / "template", {})
    commit(git, tmp_path / "template")
    ended = prove(machine, tmp_path / "template", "--trust", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_a_revision_without_the_template_is_left_out(machine: Machine, git: Git, tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "README.md").write_text("Here will be templates.\n")
    commit(git, tmp_path / "repository", "v1")
    lay(tmp_path / "repository" / "templates" / "first", {})
    folder = tmp_path / "repository" / "templates" / "first"
    ended = prove(machine, folder, "--from", "v1", *UPDATE, "--answers", "defaults")
    assert (ended.code, ended.data["templates"][0]["earlier"]) == (0, [])
