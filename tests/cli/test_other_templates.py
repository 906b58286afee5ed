"""Any Copier template can be started: folders and git addresses, under one trust decision."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

QUIET = ("--defaults", "--no-input")


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    """A Copier template without path.md, answers file or anything that runs."""
    folder = tmp_path / "plain"
    folder.mkdir()
    (folder / "copier.yml").write_text("who: world\n")
    (folder / "greeting.txt.jinja").write_text("hello {{ who }}\n")
    return folder


def test_a_plain_template_gives_a_project_without_steps(cli: Cli, plain: Path, git: Callable[..., str]) -> None:
    result = cli("start", plain, "p", *QUIET, "-d", "who=there")
    assert result.code == 0, result.err
    assert Path("p/greeting.txt").read_text() == "hello there\n"
    assert git(Path("p"), "rev-list", "--count", "HEAD") == "1"
    assert "no steps" in result.out


def test_a_project_without_a_path_says_so_when_it_is_walked(
    cli: Cli, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("start", plain, "p", *QUIET)
    monkeypatch.chdir("p")
    result = cli("status")
    assert result.code == 2
    assert "no path to walk" in result.err


def test_a_git_address_is_started_at_its_newest_version(cli: Cli, plain: Path, git: Callable[..., str]) -> None:
    (plain / "{{ _copier_conf.answers_file }}.jinja").write_text("{{ _copier_answers|to_nice_yaml -}}\n")
    for version, text in (("v1.0.0", "old"), ("v1.10.0", "new"), ("v1.9.0", "middle")):
        (plain / "greeting.txt.jinja").write_text(f"{text}\n")
        if version == "v1.0.0":
            git(plain, "init", "-q", "-b", "main")
        git(plain, "add", "-A")
        git(plain, "commit", "-q", "-m", version)
        git(plain, "tag", version)
    address = plain.as_uri()
    result = cli("start", address, "p", *QUIET, "--json")
    assert result.code == 0, result.err
    assert result.data["version"] == "1.10.0"
    assert Path("p/greeting.txt").read_text() == "new\n"
    answers = Path("p/.copier-answers.yml").read_text()
    assert "_commit: v1.10.0" in answers


def test_an_address_that_does_not_answer_is_a_template_error(cli: Cli, tmp_path: Path) -> None:
    result = cli("start", (tmp_path / "nowhere").as_uri(), "p", *QUIET)
    assert result.code == 3
    assert "git ls-remote" in result.err


def test_a_folder_without_copier_yml_is_no_template(cli: Cli, tmp_path: Path) -> None:
    result = cli("start", tmp_path, "p", *QUIET)
    assert result.code == 2
    assert "no copier.yml" in result.err


@pytest.fixture
def busy(plain: Path) -> Path:
    """The plain template with a task."""
    (plain / "copier.yml").write_text("who: world\n_tasks:\n  - touch made-by-task\n")
    return plain


def test_a_template_that_runs_something_is_refused_until_it_is_trusted(cli: Cli, busy: Path) -> None:
    refused = cli("start", busy, "p", *QUIET)
    assert refused.code == 2
    assert "touch made-by-task" in refused.err
    assert "--trust" in refused.err
    assert not Path("p").exists()
    assert cli("start", busy, "p", *QUIET, "--trust").code == 0
    assert Path("p/made-by-task").is_file()


def test_trust_is_kept_for_this_content_and_asked_again_for_another(cli: Cli, busy: Path) -> None:
    cli("start", busy, "one", *QUIET, "--trust")
    assert cli("start", busy, "two", *QUIET).code == 0
    (busy / "copier.yml").write_text("who: world\n_tasks:\n  - touch something-else\n")
    assert cli("start", busy, "three", *QUIET).code == 2


def test_a_dry_run_runs_no_task(cli: Cli, busy: Path) -> None:
    result = cli("start", busy, "p", *QUIET, "--dry-run", "--trust", "--json")
    assert "made-by-task" not in result.data["files"]


def test_bundled_templates_need_no_trust(cli: Cli) -> None:
    assert cli("start", "backend", "p", *QUIET, "--dry-run").code == 0


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("bad.txt.jinja", "{{ nobody }", "TemplateSyntaxError"),
        ("{{ '.git' }}/hooks/pre-commit", "#!/bin/sh\n", "is a git folder"),
        (".goldenpath.toml", "id = 'prj-1'\n", "goldenpath writes itself"),
    ],
)
def test_a_template_that_renders_badly_leaves_nothing(
    cli: Cli, plain: Path, settings: Settings, file: str, text: str, message: str
) -> None:
    (plain / "copier.yml").write_text("_subdirectory: template\n")
    target = plain / "template" / file
    target.parent.mkdir(parents=True)
    target.write_text(text)
    result = cli("start", plain, "p", *QUIET)
    assert result.code == 3
    assert message in result.err
    assert not list(Path.cwd().iterdir())
    assert not settings.ledger.exists()


def test_a_task_that_fails_leaves_nothing(cli: Cli, busy: Path) -> None:
    (busy / "copier.yml").write_text("who: world\n_tasks:\n  - exit 3\n")
    result = cli("start", busy, "p", *QUIET, "--trust")
    assert result.code == 3
    assert not list(Path.cwd().iterdir())
