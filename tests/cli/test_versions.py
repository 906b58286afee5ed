"""The version that a start says: a release, or a pre-release and why."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli

QUIET = ("--defaults", "--no-input", "--trust")


def make_repository(folder: Path, git: Callable[..., str]) -> None:
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "One")


def test_a_folder_with_changes_is_started_as_a_pre_release_that_says_why(cli: Cli, tiny: Path) -> None:
    started = cli("start", tiny, "p", *QUIET)
    assert "files from tiny 1.0.0.dev0+" in started.out
    assert started.err.count("is a pre-release: its folder has changes that are not committed") == 1
    rehearsed = cli("start", tiny, "q", *QUIET, "--dry-run")
    assert rehearsed.err.count("is a pre-release") == 1
    as_data = cli("start", tiny, "q", *QUIET, "--json")
    assert as_data.data["version"].startswith("1.0.0.dev0+")


def test_a_folder_that_is_committed_is_started_at_its_version(cli: Cli, tiny: Path, git: Callable[..., str]) -> None:
    make_repository(tiny, git)
    started = cli("start", tiny, "p", *QUIET)
    assert "files from tiny 1.0.0, " in started.out
    assert "pre-release" not in started.err


def test_a_tag_that_was_moved_is_refused_and_projects_of_the_version_go_on(
    cli: Cli, tiny: Path, git: Callable[..., str]
) -> None:
    make_repository(tiny, git)
    git(tiny, "tag", "v1.0.0")
    was = git(tiny, "rev-parse", "HEAD")[:8]
    assert cli("start", tiny.as_uri(), "p", *QUIET).code == 0
    (tiny / "template" / "more.txt").write_text("more")
    git(tiny, "add", "-A")
    git(tiny, "commit", "--quiet", "-m", "Two")
    git(tiny, "tag", "--force", "v1.0.0")
    now = git(tiny, "rev-parse", "HEAD")[:8]
    refused = cli("start", tiny.as_uri(), "q", *QUIET)
    assert refused.code == 3
    assert f"the tag v1.0.0 was moved to other content, from commit {was} to {now}" in refused.err
    assert "hint: its owner has to move the tag back" in refused.err


def test_another_spelling_of_a_known_version_is_no_way_in_for_other_content(
    cli: Cli, tiny: Path, git: Callable[..., str]
) -> None:
    make_repository(tiny, git)
    git(tiny, "tag", "1.0.0")
    assert cli("start", tiny.as_uri(), "p", *QUIET).code == 0
    (tiny / "template" / "more.txt").write_text("more")
    git(tiny, "add", "-A")
    git(tiny, "commit", "--quiet", "-m", "Two")
    git(tiny, "tag", "v1.0")
    refused = cli("start", tiny.as_uri(), "q", *QUIET)
    assert (refused.code, "the tag v1.0 was moved to other content" in refused.err) == (3, True), refused.err


def test_a_tag_with_a_space_of_another_script_is_no_version_and_no_trouble(
    cli: Cli, tiny: Path, git: Callable[..., str]
) -> None:
    make_repository(tiny, git)
    for tag in ("v1.0.0", "\u30ea\u30ea\u30fc\u30b9\u30001.0", "v9.0.0\u00a0", "v8.0.0\u2028x"):
        git(tiny, "tag", tag)
    started = cli("start", tiny.as_uri(), "p", *QUIET)
    assert (started.code, "files from tiny 1.0.0, " in started.out) == (0, True), started.out[:200] + started.err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"_src_path: goldenpath:trees/{'a' * 40}/x.git", "names 'goldenpath:trees/"),
        ("_src_path: goldenpath:backend.git/x.git", "names 'goldenpath:backend.git/x.git'"),
        ("_src_path: goldenpath:by-url/0123456789abcdef.git", "names 'goldenpath:by-url/"),
        ('_commit: "1.0.0\\0"', "signs that nobody can see"),
    ],
)
def test_an_answers_file_names_nothing_inside_the_store(
    cli: Cli, tiny: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    assert cli("start", tiny, "p", *QUIET).code == 0
    monkeypatch.chdir("p")
    answers = Path(".copier-answers.yml")
    key = line.partition(":")[0]
    kept = [each for each in answers.read_text().splitlines() if not each.startswith(f"{key}:")]
    answers.write_text("\n".join([*kept, line, ""]))
    git(Path(), "commit", "--quiet", "--all", "--message", "Theirs")
    for words in (("status",), ("update", "--trust")):
        refused = cli(*words)
        assert (refused.code, said in refused.err) == (3, True), refused.err


@pytest.mark.parametrize(
    "words",
    [("start", "~nobody-here/t"), ("template", "lint", "~nobody-here/t"), ("start", "backend", "~nobody-here/p")],
)
def test_a_home_that_nobody_has_is_a_clear_error(cli: Cli, words: tuple[str, ...]) -> None:
    refused = cli(*words)
    assert (refused.code, "knows no such home" in refused.err) == (2, True), refused.err
