"""What is nobody's but the engineer's, or git's, or was never allowed: an update keeps its hands off it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.hostile.machine import write as write_texts
from tests.updates.ground import commit, git, state_of
from tests.updates.places import UPDATE, Site, clash, here, made, site

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Cli

__all__ = ["here", "made", "site"]
SETTINGS = "_subdirectory: template\n_templates_suffix: .jinja\n"
ANSWERS = "template/{{ _copier_conf.answers_file }}.jinja"
QUIET = ("--defaults", "--no-input", "--trust", "--forge=none")


def release(source: Path, version: str, files: dict[str, str | bytes]) -> None:
    """Commit what a template's next version has, and tag it."""
    if not source.is_dir():
        source.parent.mkdir(parents=True, exist_ok=True)
        git(source.parent, "init", "--quiet", "--initial-branch=main", str(source))
        write_texts(source, {"copier.yml": SETTINGS, ANSWERS: "{{ _copier_answers|to_nice_yaml }}"})
    write_texts(source, files)
    commit(source, version)
    git(source, "tag", f"v{version}")


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [("config", "config/base.toml", "config/mine.toml"), ("old/a.txt", "new.txt", "old")],
    ids=["file-to-folder", "file-in-place-of-a-folder"],
)
def test_an_abort_takes_nothing_away_that_git_does_not_track(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch, before: str, after: str, name: str
) -> None:
    source = here.machine.folder / "moving"
    release(source, "1.0.0", {f"template/{before}": "first\n"})
    monkeypatch.chdir(here.machine.folder)
    assert cli("start", source.as_uri(), "m", *QUIET).code == 0
    (source / "template" / before).unlink()
    shutil.rmtree(source / "template" / before.partition("/")[0], ignore_errors=True)
    release(source, "2.0.0", {f"template/{after}": "quite another text\n"})
    root = here.machine.folder / "m"
    monkeypatch.chdir(root)
    assert cli("update", "--no-input").code == 0
    write_texts(root, {name: "mine, and nowhere else\n"})
    refused = cli("update", "--abort", "--yes")
    assert (refused.code, "move them away" in refused.err) == (5, True), refused.err
    assert (root / name).read_text() == "mine, and nowhere else\n"
    (root / name).unlink()
    assert cli("update", "--abort").code == 0
    assert (root / before).read_text() == "first\n"


def test_what_gitignore_names_is_neither_staged_nor_said_to_be_deleted(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = here.machine.folder / "ignoring"
    release(source, "1.0.0", {"template/.gitignore.jinja": ".env\n*.local\n", "template/.env": "PORT=1\n"})
    monkeypatch.chdir(here.machine.folder)
    assert cli("start", source.as_uri(), "i", *QUIET).code == 0
    release(source, "2.0.0", {"template/.env": "PORT=2\n", "template/more.local": "x\n", "template/a.txt": "a\n"})
    root = here.machine.folder / "i"
    monkeypatch.chdir(root)
    result = cli("update", "--no-input", "--json")
    assert (result.code, result.data["deleted"]) == (0, []), result.err
    assert [each["path"] for each in result.data["changes"]] == [".copier-answers.yml", "a.txt"]
    assert (root / ".env").read_text() == "PORT=1\n"


def test_a_file_that_gitignore_names_and_git_tracks_all_the_same_is_updated(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = here.machine.folder / "tracking"
    release(source, "1.0.0", {"template/.gitignore.jinja": ".env\n", "template/.env": "PORT=1\n"})
    monkeypatch.chdir(here.machine.folder)
    assert cli("start", source.as_uri(), "t", *QUIET).code == 0
    root = here.machine.folder / "t"
    git(root, "add", "--force", ".env")
    git(root, "commit", "--quiet", "--message", "Track it")
    release(source, "2.0.0", {"template/.env": "PORT=2\n"})
    monkeypatch.chdir(root)
    assert cli("update", "--no-input").code == 0
    assert (root / ".env").read_text() == "PORT=2\n"


def test_a_version_that_drops_its_extensions_can_be_gone_to(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = here.machine.folder / "extended"
    extended = f"{SETTINGS}_jinja_extensions: [jinja2.ext.do]\n"
    release(source, "1.0.0", {"copier.yml": extended, "template/a.txt.jinja": "{% do [] %}one\n"})
    monkeypatch.chdir(here.machine.folder)
    assert cli("start", source.as_uri(), "e", *QUIET).code == 0
    release(source, "2.0.0", {"copier.yml": SETTINGS, "template/a.txt.jinja": "two\n"})
    monkeypatch.chdir(here.machine.folder / "e")
    result = cli("update", "--no-input")
    assert result.code == 0, result.err
    assert (here.machine.folder / "e" / "a.txt").read_text() == "two\n"


def test_an_older_version_that_was_never_allowed_is_asked_about(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = here.machine.folder / "tempting"
    extended = f"{SETTINGS}_jinja_extensions: [jinja2.ext.do]\n"
    release(source, "1.0.0", {"copier.yml": extended, "template/a.txt.jinja": "{% do [] %}one\n"})
    release(source, "2.0.0", {"copier.yml": SETTINGS, "template/a.txt.jinja": "two\n"})
    monkeypatch.chdir(here.machine.folder)
    assert cli("start", source.as_uri(), "n", *QUIET).code == 0
    root = here.machine.folder / "n"
    answers = root / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("v2.0.0", "v1.0.0"))
    commit(root)
    monkeypatch.chdir(root)
    refused = cli("update", "--no-input")
    assert (refused.code, "jinja2.ext.do" in refused.err, "--trust" in refused.err) == (2, True, True), refused.err


def test_conflicts_can_be_undone_after_git_has_cleared_up(here: Site, cli: Cli) -> None:
    clash(here.root)
    before = state_of(here.root)
    assert cli(*UPDATE).code == 5
    git(here.root, "gc", "--prune=now", "--quiet")
    assert cli("update", "--abort", "--yes").code == 0
    assert state_of(here.root) == before
    assert git(here.root, "for-each-ref", "refs/worktree") == ""


def test_conflicts_in_a_repository_of_longer_ids(here: Site, cli: Cli) -> None:
    shutil.rmtree(here.root / ".git")
    git(here.root, "init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    commit(here.root)
    clash(here.root)
    (here.root / "many" / "1.txt").unlink()
    commit(here.root)
    result = cli(*UPDATE, "--json")
    assert (result.code, result.data["deleted"], len(result.data["conflicts"])) == (5, ["many/1.txt"], 3), result.err
    assert cli("update", "--abort").code == 0


def test_who_stands_between_two_releases_is_not_taken_back(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = here.machine.folder / "between"
    release(source, "1.0.0", {"template/a.txt": "one\n"})
    write_texts(source, {"template/later.txt": "later\n"})
    commit(source)
    later = git(source, "describe", "--tags").strip()
    monkeypatch.chdir(here.machine.folder)
    assert cli("start", source.as_uri(), "b", *QUIET).code == 0
    root = here.machine.folder / "b"
    answers = root / ".copier-answers.yml"
    answers.write_text(answers.read_text().replace("v1.0.0", later))
    write_texts(root, {"later.txt": "later\n"})
    commit(root)
    monkeypatch.chdir(root)
    result = cli("update", "--no-input", "--json")
    assert (result.code, result.data["changes"], result.data["after"]) == (0, [], later.removeprefix("v")), result.err
    assert (root / "later.txt").is_file()


def test_nothing_made_of_secret_answers_stays_in_the_cache(
    here: Site, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = here.machine.folder / "secretive"
    asking = f"{SETTINGS}token:\n  type: str\n  secret: true\n  default: ''\n"
    release(source, "1.0.0", {"copier.yml": asking, "template/a.txt.jinja": "one {{ token }}\n"})
    monkeypatch.chdir(here.machine.folder)
    assert cli("start", source.as_uri(), "s", *QUIET, "-d", "token=hush-hush").code == 0
    release(source, "2.0.0", {"template/b.txt.jinja": "two {{ token }}\n"})
    monkeypatch.chdir(here.machine.folder / "s")
    result = cli("update", "--no-input", "-d", "token=hush-hush")
    assert result.code == 0, result.err
    assert (here.machine.folder / "s" / "b.txt").read_text() == "two hush-hush\n"
    kept = [file for file in here.machine.state.rglob("*") if file.is_file() and b"hush-hush" in file.read_bytes()]
    assert kept == []
