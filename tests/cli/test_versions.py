"""The version that a start says: a release, or a pre-release and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
