"""git, safely: our settings hold whatever the repository or the environment says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters import repo
from goldenpath.adapters.settings import prepare_environment
from goldenpath.core.errors import MachineError, UsageError
from goldenpath.core.model import Person

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ADA = Person("Ada Example", "ada@example.org")
EVE = Person("Eve", "eve@example.org")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.txt").write_text("a\n")
    repo.init_with_commit(root, ADA, "Start")
    return root


def test_a_project_begins_with_one_commit_on_main_that_holds_everything(
    tmp_path: Path, git: Callable[..., str]
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / ".hidden").write_text("")
    commit = repo.init_with_commit(tmp_path, ADA, "Start")
    assert git(tmp_path, "rev-parse", "main") == commit
    assert git(tmp_path, "log", "--format=%an <%ae> %s") == "Ada Example <ada@example.org> Start"
    assert git(tmp_path, "ls-files") == "deep/.hidden"
    assert repo.changes(tmp_path) == []


def test_an_identity_that_git_has_is_not_written_down_again(project: Path, git: Callable[..., str]) -> None:
    assert "user." not in git(project, "config", "--local", "--list")


def test_another_identity_is_kept_in_the_repository_alone(tmp_path: Path, home: Path, git: Callable[..., str]) -> None:
    before = (home / ".gitconfig").read_text()
    (tmp_path / "a").write_text("")
    repo.init_with_commit(tmp_path, EVE, "Start")
    assert repo.identity(tmp_path) == EVE
    assert git(tmp_path, "log", "--format=%an") == "Eve"
    assert (home / ".gitconfig").read_text() == before


@pytest.mark.parametrize(
    ("config", "environment", "person"),
    [
        ("[user]\nname = Ada\nemail = a@example.org\n", {}, Person("Ada", "a@example.org")),
        ("[user]\nname = Ada\n", {}, None),
        ("", {}, None),
        ("[user]\nname = Ada\nemail = a@example.org\n", {"GIT_AUTHOR_NAME": "Eve"}, Person("Eve", "a@example.org")),
        ("", {"GIT_AUTHOR_NAME": "Eve", "GIT_AUTHOR_EMAIL": "e@example.org"}, Person("Eve", "e@example.org")),
    ],
)
def test_who_commits_is_whom_git_would_name(
    config: str, environment: dict[str, str], person: Person | None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / ".gitconfig").write_text(config)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert repo.identity(home) == person


@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg", "post-commit", "reference-transaction"])
def test_hooks_are_not_run(hook: str, project: Path) -> None:
    script = project / ".git" / "hooks" / hook
    script.parent.mkdir(exist_ok=True)
    script.write_text(f"#!/bin/sh\ntouch {project}/ran\nexit 1\n")
    script.chmod(0o755)
    repo.git(project, "commit", "--quiet", "--allow-empty", "-m", "More")
    assert not (project / "ran").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("core.fsmonitor", "touch {0}/ran"), ("core.hooksPath", "{0}/hooks"), ("commit.gpgSign", "true")],
)
def test_the_repositorys_own_settings_run_nothing(
    name: str, value: str, project: Path, git: Callable[..., str]
) -> None:
    (project / "hooks").mkdir()
    (project / "hooks" / "pre-commit").write_text(f"#!/bin/sh\ntouch {project}/ran\n")
    (project / "hooks" / "pre-commit").chmod(0o755)
    git(project, "config", name, value.format(project))
    repo.git(project, "add", "--all")
    repo.git(project, "commit", "--quiet", "-m", "More")
    repo.changes(project)
    assert not (project / "ran").exists()


def test_a_template_folder_of_the_users_brings_no_hooks(tmp_path: Path, home: Path) -> None:
    (home / "template" / "hooks").mkdir(parents=True)
    (home / "template" / "hooks" / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (home / ".gitconfig").write_text(f"[init]\n\ttemplateDir = {home / 'template'}\n\tdefaultBranch = trunk\n")
    (tmp_path / "a").write_text("")
    repo.init_with_commit(tmp_path, ADA, "Start")
    assert not (tmp_path / ".git" / "hooks" / "pre-commit").exists()
    assert repo.branch(tmp_path) == "main"


def test_an_address_that_runs_a_command_is_refused(project: Path, git: Callable[..., str]) -> None:
    git(project, "config", "protocol.ext.allow", "always")
    with pytest.raises(repo.GitError, match="ext"):
        repo.git(project, "ls-remote", f"ext::touch {project}/ran")
    assert not (project / "ran").exists()


def test_what_the_environment_says_about_git_does_not_reach_us(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path))
    prepare_environment()
    (project / "b.txt").write_text("b\n")
    repo.git(project, "add", "--all")
    assert repo.changes(project) == ["A  b.txt"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["project"]


def test_an_error_tells_what_git_said(project: Path) -> None:
    with pytest.raises(repo.GitError, match="no-such-branch") as caught:
        repo.git(project, "switch", "no-such-branch")
    assert caught.value.code
    assert "no-such-branch" in caught.value.said


def test_a_question_with_a_no_is_none(project: Path) -> None:
    assert repo.asks(project, "rev-parse", "--verify", "none") is None
    assert repo.asks(project, "rev-parse", "--abbrev-ref", "HEAD") == "main"


def test_git_can_be_given_text(project: Path) -> None:
    assert repo.git(project, "hash-object", "--stdin", text="a\n") == repo.git(project, "rev-parse", "HEAD:a.txt")


@pytest.mark.parametrize("name", ["a b.txt", "é.txt", '"quoted".txt'])
def test_a_change_is_named_as_the_file_is(name: str, project: Path) -> None:
    (project / name).write_text("")
    (line,) = repo.changes(project)
    assert line.startswith("?? ")
    assert name.strip('"') in line.replace('\\"', '"')


def test_where_a_folder_belongs(project: Path, tmp_path: Path) -> None:
    (project / "sub").mkdir()
    assert repo.enclosing(project / "sub") == project
    assert repo.enclosing(tmp_path) is None
    assert repo.remote_url(project) == ""
    repo.git(project, "remote", "add", "origin", "https://example.org/x.git")
    assert repo.remote_url(project) == "https://example.org/x.git"
    repo.git(project, "switch", "--quiet", "--detach")
    assert repo.branch(project) == ""


def test_without_git_the_error_says_where_to_get_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(project))
    with pytest.raises(MachineError, match="git is not on this machine") as caught:
        repo.git(project, "status")
    assert "git-scm.com" in caught.value.hint


def test_git_that_takes_too_long_is_no_answer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOLDENPATH_FETCH_SECONDS", "0.2")
    for ask in (repo.git, repo.asks):
        with pytest.raises(repo.GitError, match=r"took longer than 0\.2 s"):
            ask(project, "-c", "alias.wait=!sleep 30", "wait")


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_a_time_limit_that_is_none_is_named(project: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("GOLDENPATH_FETCH_SECONDS", text)
    with pytest.raises(UsageError, match="GOLDENPATH_FETCH_SECONDS"):
        repo.git(project, "status")


def test_no_setting_of_ours_is_lost_on_a_git_that_somebody_else_runs() -> None:
    told = repo.as_environment(("url.a.insteadOf", "b=c"))
    count = int(told["GIT_CONFIG_COUNT"])
    pairs = [f"{told[f'GIT_CONFIG_KEY_{number}']}={told[f'GIT_CONFIG_VALUE_{number}']}" for number in range(count)]
    assert pairs == [*repo.SAFE, "url.a.insteadOf=b=c"]
