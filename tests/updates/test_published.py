"""Projects of a published template: plain Copier updates ours, and we update what plain Copier made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core import events as ev
from goldenpath.core.addresses import unabbreviated
from tests.updates.ground import commit, git, state_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.events import Event
    from tests.cli.conftest import Cli

ANSWERS, IDENTITY = ".copier-answers.yml", ".goldenpath.toml"
SAMPLE = Path(__file__).parent.parent / "samples" / "tiny"


class Forge:
    """A folder of repositories, and the tiny template that is published there, version by version."""

    def __init__(self, cli: Cli, root: Path) -> None:
        self.cli = cli
        self.template = root / "tiny"
        self.place = root / "forge"
        self.url = (self.place / "tiny.git").as_uri()
        subprocess.run(["cp", "-r", SAMPLE, self.template], check=True)
        git(self.template, "init", "--quiet")
        self.publish("1.0.0")

    def publish(self, version: str, *, to: Path | None = None) -> None:
        page = (self.template / "path.md").read_text()
        line = next(line for line in page.splitlines() if line.startswith("version: "))
        (self.template / "path.md").write_text(page.replace(line, f"version: {version}"))
        if version != "1.0.0":
            (self.template / "template" / "news.txt").write_text(f"news of {version}\n")
            read_me = self.template / "template" / "README.md.jinja"
            read_me.write_text(f"{read_me.read_text()}\nOf {version}.\n")
        commit(self.template, version)
        done = self.cli("template", "publish", self.template, "--to", to or self.place)
        assert done.code == 0, done.err


@pytest.fixture
def forge(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Forge:
    """The forge, with the template's first version; the working folder is empty."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return Forge(cli, tmp_path)


def copier(*arguments: str | Path) -> None:
    """Plain Copier, as anybody runs it."""
    subprocess.run([Path(sys.executable).parent / "copier", *arguments, "--defaults", "--trust", "-q"], check=True)


@pytest.fixture
def plain(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that plain Copier made and somebody committed; it is the working folder."""
    copier("copy", forge.url, "plain")
    root = Path.cwd() / "plain"
    git(root, "init", "--quiet")
    commit(root, "made")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def start(forge: Forge, monkeypatch: pytest.MonkeyPatch) -> Callable[[object], Path]:
    """`start(what)` starts a project of ours and goes there."""

    def begin(what: object) -> Path:
        done = forge.cli("start", what, "ours", "--defaults", "--no-input", "--trust", "--forge", "none")
        assert done.code == 0, done.err
        monkeypatch.chdir("ours")
        return Path.cwd()

    return begin


def edit(root: Path) -> None:
    """What an engineer writes far from what the template changes."""
    (root / "README.md").write_text("Mine first.\n" + (root / "README.md").read_text())
    (root / "mine.txt").write_text("mine\n")
    commit(root)


def events_of(settings: Settings) -> list[Event]:
    return [event for event in Ledger(settings.ledger).events() if event.type == ev.PROJECT_UPDATED]


# Plain Copier


def test_a_project_of_ours_from_a_published_address_updates_by_plain_copier(
    forge: Forge, start: Callable[[object], Path]
) -> None:
    root = start(forge.url)
    edit(root)
    forge.publish("1.1.0")
    copier("update")
    assert (root / "news.txt").read_text() == "news of 1.1.0\n"
    assert (root / "README.md").read_text().startswith("Mine first.\n")
    assert f"_commit: v1.1.0\n_src_path: {forge.url}\n" in (root / ANSWERS).read_text()
    assert (root / IDENTITY).is_file()


def test_a_project_that_plain_copier_made_updates_by_plain_copier(forge: Forge, plain: Path) -> None:
    forge.publish("1.1.0")
    forge.publish("1.2.0")
    copier("update")
    assert (plain / "news.txt").read_text() == "news of 1.2.0\n"


# Projects that plain Copier made


def test_a_project_that_plain_copier_made_updates_by_ours(forge: Forge, plain: Path, settings: Settings) -> None:
    edit(plain)
    forge.publish("1.1.0")
    done = forge.cli("update", "--no-input", "--trust", "--json")
    assert done.code == 0, done.err
    assert (done.data["project"], done.data["before"], done.data["after"]) == ("", "1.0.0", "1.1.0")
    assert (plain / "news.txt").read_text() == "news of 1.1.0\n"
    assert (plain / "README.md").read_text().startswith("Mine first.\n")
    assert (plain / "README.md").read_text().endswith("Of 1.1.0.\n")
    finished = forge.cli("update", "--continue")
    assert finished.code == 0, finished.err
    assert git(plain, "status", "--porcelain") == ""
    assert not events_of(settings)
    assert "nothing to do" in forge.cli("update", "--no-input").out


def test_its_update_can_be_aborted(forge: Forge, plain: Path) -> None:
    before = state_of(plain)
    forge.publish("1.1.0")
    assert forge.cli("update", "--no-input", "--trust").code == 0
    assert state_of(plain) != before
    assert forge.cli("update", "--abort").code == 0
    assert state_of(plain) == before


@pytest.mark.parametrize("command", ["status", "check", "next", "pr list"])
def test_without_an_identity_a_command_that_needs_one_says_where_to_get_it(
    command: str, forge: Forge, plain: Path
) -> None:
    (plain / "src").mkdir()
    done = forge.cli(*command.split())
    assert done.code == 2
    assert done.err == "error: this folder was made by Copier and has no identity yet\nhint: goldenpath doctor --fix\n"


def test_with_an_identity_it_is_a_project_like_any(
    forge: Forge, plain: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (plain / "src").mkdir()
    monkeypatch.chdir(plain / "src")
    found = forge.cli("doctor", "--json").data["findings"]
    assert [each["can_fix"] for each in found if "made by Copier" in each["text"]] == [True]
    assert not (plain / IDENTITY).exists()
    mended = forge.cli("doctor", "--fix", "--yes", "--json").data
    assert f"commit {IDENTITY}" in mended["mended"][0]
    assert not any("made by Copier" in each["text"] for each in mended["findings"])
    commit(plain)
    assert forge.cli("check", "--trust", "--json").data["results"][0]["step"] == "say-hello"
    assert forge.cli("status", "--json").data["path"] == "tiny"
    forge.publish("1.1.0")
    assert forge.cli("update", "--no-input", "--trust").code == 0
    assert forge.cli("update", "--continue").code == 0
    (event,) = events_of(settings)
    assert event.data["template"] == forge.url
    assert event.subject == forge.cli("status", "--json").data["project"]


def test_an_identity_that_comes_while_an_update_is_unfinished_is_enough_for_the_ledger(
    forge: Forge, plain: Path, settings: Settings
) -> None:
    forge.publish("1.1.0")
    forge.cli("update", "--no-input", "--trust")
    assert forge.cli("doctor", "--fix", "--yes").code == 0
    assert forge.cli("update", "--continue").code == 0
    assert [event.data["version"] for event in events_of(settings)] == ["1.1.0"]


def test_the_project_around_keeps_its_identity_in_a_folder_that_copier_made(
    forge: Forge, start: Callable[[object], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    start(forge.url)
    outer = forge.cli("status", "--json").data["project"]
    copier("copy", forge.url, "inner")
    commit(Path.cwd())
    forge.publish("1.1.0")
    monkeypatch.chdir("inner")
    assert forge.cli("status", "--json").data["project"] == outer
    done = forge.cli("update", "--no-input", "--json")
    assert done.code == 0, done.err
    assert (done.data["project"], Path(done.data["root"]).name) == ("", "inner")
    assert Path("news.txt").is_file()
    assert not Path("../news.txt").exists()


# Which sources may be asked


def test_an_address_from_which_nothing_was_started_is_asked_for(forge: Forge, plain: Path, settings: Settings) -> None:
    before = state_of(plain)
    done = forge.cli("update", "--no-input")
    assert done.code == 2
    assert forge.url in done.err
    assert "hint: add --trust" in done.err
    assert not (settings.store / "by-url").exists()
    assert state_of(plain) == before
    assert forge.cli("update", "--no-input", "--trust").code == 0
    forge.publish("1.1.0")
    assert forge.cli("update", "--no-input", "--json").data["after"] == "1.1.0"


def test_an_update_asks_the_address_anew_and_goes_on_without_it(
    forge: Forge, start: Callable[[object], Path], tmp_path: Path
) -> None:
    start(forge.url)
    forge.publish("1.1.0")
    assert forge.cli("update", "--no-input", "--dry-run", "--json").data["after"] == "1.1.0"
    forge.place.rename(tmp_path / "away")
    done = forge.cli("update", "--no-input", "--json")
    assert done.code == 0
    assert done.data["after"] == "1.0.0"
    assert "warning: " in done.err
    assert "going on with what is here of it" in done.err


def test_a_version_that_is_here_is_asked_of_nobody(
    forge: Forge, start: Callable[[object], Path], tmp_path: Path
) -> None:
    forge.publish("1.1.0")
    start(forge.url)
    forge.place.rename(tmp_path / "away")
    done = forge.cli("update", "--to", "1.0.0", "--no-input", "--json")
    assert (done.code, done.data["after"]) == (0, "1.0.0")
    assert "warning" not in done.err


def test_another_source_than_the_ledger_knows_is_shown_and_asked_for(
    forge: Forge, start: Callable[[object], Path], tmp_path: Path
) -> None:
    root = start(forge.url)
    forge.publish("1.1.0", to=tmp_path / "other")
    other = (tmp_path / "other" / "tiny.git").as_uri()
    (root / ANSWERS).write_text((root / ANSWERS).read_text().replace(forge.url, other))
    commit(root, "the template is elsewhere")
    before = state_of(root)
    for options in ((), ("--dry-run",)):
        done = forge.cli("update", "--no-input", *options)
        assert done.code == 2
        assert forge.url in done.err
        assert other in done.err
        assert "hint: add --trust" in done.err
        assert state_of(root) == before
    assert forge.cli("update", "--no-input", "--trust", "--dry-run", "--json").data["after"] == "1.1.0"
    assert forge.cli("update", "--no-input").code == 2, "a rehearsal allowed it"
    assert forge.cli("update", "--no-input", "--trust", "--json").data["after"] == "1.1.0"
    assert forge.cli("update", "--continue").code == 0
    assert "nothing to do" in forge.cli("update", "--no-input").out


# Moving to a published source


@pytest.mark.parametrize("options", [(), ("--to", "1.0.0")])
def test_a_project_moves_to_the_published_source_and_nothing_else_changes(
    options: tuple[str, ...], forge: Forge, start: Callable[[object], Path], settings: Settings
) -> None:
    root = start(forge.template)
    edit(root)
    forge.publish("1.1.0")
    before = git(root, "rev-parse", "HEAD").strip()
    rehearsal = forge.cli("update", "--adopt", forge.url, *options, "--dry-run", "--no-input", "--json").data
    done = forge.cli("update", "--adopt", forge.url, *options, "--no-input", "--json")
    assert done.code == 0, done.err
    assert done.data == rehearsal
    assert [each["path"] for each in done.data["changes"]] == [ANSWERS]
    assert (done.data["before"], done.data["after"]) == ("1.0.0", "1.0.0")
    assert done.data["source"] == forge.url
    assert done.data["source_before"].startswith("goldenpath:folder/tiny-")
    finished = forge.cli("update", "--continue")
    assert finished.code == 0, finished.err
    assert git(root, "diff", "--unified=0", before).count("\n+") == 2
    assert f"+_src_path: {forge.url}" in git(root, "diff", before)
    assert git(root, "log", "-1", "--format=%s").strip() == f"Take tiny 1.0.0 from {forge.url}"
    (event,) = events_of(settings)
    assert (event.data["template"], event.data["version"]) == (forge.url, "1.0.0")
    copier("update")
    assert (root / "news.txt").read_text() == "news of 1.1.0\n"


def test_a_project_of_a_bundled_path_moves_too(
    forge: Forge, start: Callable[[object], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = start("golden-path")
    assert "_src_path: goldenpath:golden-path.git" in (root / ANSWERS).read_text()
    assert forge.cli("template", "publish", "golden-path", "--to", forge.place).code == 0
    done = forge.cli("update", "--adopt", forge.place / "golden-path.git", "--no-input", "--json")
    assert done.code == 0, done.err
    assert [each["path"] for each in done.data["changes"]] == [ANSWERS]
    assert f"_src_path: {forge.place.as_uri()}/golden-path.git" in (root / ANSWERS).read_text()
    monkeypatch.chdir(root)
    assert forge.cli("update", "--continue").code == 0
    copier("update")
    assert git(root, "status", "--porcelain") == ""


def test_moving_can_be_aborted_and_done_with_a_version(forge: Forge, start: Callable[[object], Path]) -> None:
    root = start(forge.template)
    forge.publish("1.1.0")
    before = state_of(root)
    assert forge.cli("update", "--adopt", forge.url, "--no-input").code == 0
    assert forge.cli("update", "--abort").code == 0
    assert state_of(root) == before
    done = forge.cli("update", "--adopt", forge.url, "--to", "1.1.0", "--no-input", "--json").data
    assert (done["before"], done["after"], done["source"]) == ("1.0.0", "1.1.0", forge.url)
    assert (root / "news.txt").is_file()
    assert forge.cli("update", "--continue").code == 0
    forge.publish("1.2.0")
    assert forge.cli("update", "--no-input", "--json").data["after"] == "1.2.0"


def test_other_content_under_the_same_version_is_refused_with_both_commits(
    forge: Forge, start: Callable[[object], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = start(forge.template)
    before = state_of(root)
    here = git(forge.place / "tiny.git", "rev-parse", "v1.0.0").strip()
    with monkeypatch.context() as patch:
        patch.setenv("GOLDENPATH_HOME", str(tmp_path / "another"))
        (forge.template / "template" / "other.txt").write_text("other\n")
        forge.publish("1.0.0", to=tmp_path / "other")
    there = git(tmp_path / "other" / "tiny.git", "rev-parse", "v1.0.0").strip()
    done = forge.cli("update", "--adopt", tmp_path / "other" / "tiny.git", "--no-input")
    assert done.code == 3
    assert f"commit {there[:10]} there, {here[:10]} here" in done.err
    assert "hint: publish the very same versions" in done.err
    assert state_of(root) == before


@pytest.mark.parametrize(
    ("url", "code", "said"),
    [
        ("ext::sh -c true", 2, "no address"),
        ("backend", 2, "no address"),
        ("./nowhere.git", 6, "nowhere.git"),
        ("http://127.0.0.1:1/tiny.git", 6, "127.0.0.1"),
    ],
)
def test_an_address_that_cannot_be_taken_changes_nothing(
    url: str, code: int, said: str, forge: Forge, start: Callable[[object], Path]
) -> None:
    root = start(forge.template)
    before = state_of(root)
    done = forge.cli("update", "--adopt", url, "--no-input")
    assert done.code == code
    assert said in done.err
    assert state_of(root) == before


def test_a_version_that_was_not_published_is_named(forge: Forge, start: Callable[[object], Path]) -> None:
    forge.publish("1.1.0")
    (forge.template / "template" / "more.txt").write_text("not committed\n")
    start(forge.template)
    done = forge.cli("update", "--adopt", forge.url, "--no-input")
    assert done.code == 3
    assert "has no version 1.1.0.dev0" in done.err
    assert "v1.0.0" in done.err


def test_adopt_goes_with_no_continue(forge: Forge, start: Callable[[object], Path]) -> None:
    start(forge.template)
    assert forge.cli("update", "--adopt", forge.url, "--abort").code == 2


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("gh:org/backend", "https://github.com/org/backend.git"),
        ("gh:/org/backend.git", "https://github.com/org/backend.git"),
        ("gl:group/sub/backend", "https://gitlab.com/group/sub/backend.git"),
        ("git@h:org/backend.git", "git@h:org/backend.git"),
        ("goldenpath:backend.git", "goldenpath:backend.git"),
    ],
)
def test_what_copier_abbreviates_is_written_out(source: str, meant: str) -> None:
    assert unabbreviated(source) == meant
