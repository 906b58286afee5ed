"""Catalogs: added, listed, fetched and removed; their templates are started by name, offline, under the right name."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.store.sources import repository_of
from goldenpath.adapters.store.tags import versions
from tests.cli.conftest import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

    Git = Callable[..., str]

QUIET = ("--defaults", "--no-input", "--trust", "--forge", "none")


@dataclass(frozen=True)
class Remote:
    """A git repository with templates, and how it is changed."""

    folder: Path
    git: Git

    @property
    def url(self) -> str:
        """Its address."""
        return self.folder.as_uri()

    def put(self, name: str, **files: str) -> None:
        """Put a template into it: the tiny one, or the given files; not committed yet."""
        folder = self.folder / "templates" / name
        if not files:
            shutil.copytree(SAMPLES / "tiny", folder)
        for file, text in files.items():
            folder.mkdir(parents=True, exist_ok=True)
            (folder / file.replace("_", ".")).write_text(text)

    def release(self, *tags: str) -> None:
        """Commit everything, and set tags on it."""
        self.git(self.folder, "add", "-A")
        self.git(self.folder, "commit", "-q", "--allow-empty", "-m", "x")
        for tag in tags:
            self.git(self.folder, "tag", "-f", tag)

    def say(self, name: str, version: str) -> None:
        """Let the path of a template name another version."""
        page = self.folder / "templates" / name / "path.md"
        page.write_text(page.read_text().replace("version: 1.0.0", f"version: {version}"))


def remote_at(folder: Path, git: Git) -> Remote:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    return Remote(folder, git)


@pytest.fixture
def remote(tmp_path: Path, git: Git) -> Remote:
    """A repository with the template `tiny`, released as 1.0.0."""
    made = remote_at(tmp_path / "far" / "paths", git)
    made.put("tiny")
    made.release("tiny-v1.0.0")
    return made


@pytest.fixture
def near(tmp_path: Path) -> Path:
    """A folder with the template `tiny`, in no repository."""
    folder = tmp_path / "near"
    shutil.copytree(SAMPLES / "tiny", folder / "templates" / "tiny")
    return folder


def names(cli: Cli) -> list[str]:
    return [each["name"] for each in cli("list", "--json").data]


def listed(cli: Cli, name: str) -> dict[str, str]:
    found: dict[str, str] = next(each for each in cli("list", "--json").data if each["name"] == name)
    return found


def answers(project: str = "p") -> str:
    return Path(project, ".copier-answers.yml").read_text()


# A repository


def test_what_a_repository_holds_is_started_by_name_and_its_answers_name_the_address(cli: Cli, remote: Remote) -> None:
    added = cli("catalog", "add", remote.url)
    assert added.code == 0, added.err
    assert "goldenpath start tiny" in added.out
    assert cli("start", "tiny", "p", *QUIET).code == 0
    assert f"_src_path: {remote.url}#tiny\n" in answers()
    assert "_commit: v1.0.0\n" in answers()


def test_once_added_everything_works_without_the_repository(
    cli: Cli, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("catalog", "add", remote.url)
    remote.folder.rename(remote.folder.with_name("gone"))
    assert cli("show", "tiny").code == 0
    assert cli("template", "lint", "tiny").code == 1  # it has a fault or two, and can be read
    assert cli("start", "tiny", "p", *QUIET).code == 0
    assert "tiny" in names(cli)
    monkeypatch.chdir("p")
    for command in ("status", "check"):
        ended = cli(command)
        assert ended.code in {0, 1}, ended.err
        assert "error" not in ended.err


def test_a_version_is_the_same_commit_on_every_machine(
    cli: Cli, remote: Remote, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings
) -> None:
    cli("catalog", "add", remote.url)
    monkeypatch.setenv("GOLDENPATH_HOME", str(tmp_path / "other"))
    cli("catalog", "add", remote.url)
    here, there = settings.store / "trees", tmp_path / "other" / "cache" / "store" / "trees"
    assert [each.name for each in here.iterdir()] == [each.name for each in there.iterdir()]


def test_the_newest_release_is_started_and_the_present_state_only_without_any(cli: Cli, remote: Remote) -> None:
    remote.put("fresh", copier_yml="who: you\n", a_txt="a\n")
    remote.say("tiny", "1.10.0")
    remote.release("tiny-v1.10.0")
    remote.say("tiny", "1.11.0")
    remote.release()
    cli("catalog", "add", remote.url)
    assert listed(cli, "tiny")["version"] == "1.10.0"
    tree = remote.git(remote.folder, "rev-parse", "HEAD:templates/fresh")
    assert listed(cli, "fresh")["version"] == f"0.0.0.dev0+{tree[:8]}"
    assert cli("start", "fresh", "p", *QUIET, "--json").data["version"] == f"0.0.0.dev0+{tree[:8]}"


def test_a_fetch_brings_new_versions_and_nothing_else_does(cli: Cli, remote: Remote) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    remote.say("tiny", "1.1.0")
    remote.put("second", copier_yml="who: you\n")
    remote.release("tiny-v1.1.0")
    assert listed(cli, "tiny")["version"] == "1.0.0"
    fetched = cli("catalog", "fetch", "--json")
    assert fetched.code == 0, fetched.err
    assert "tiny 1.1.0" in fetched.data[0]["news"]
    assert listed(cli, "tiny")["version"] == "1.1.0"
    assert "second" in names(cli)
    assert cli("catalog", "fetch", "acme", "--json").data[0]["news"] == []


def test_a_version_whose_tag_moved_is_refused_and_the_others_come(cli: Cli, remote: Remote) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    old = listed(cli, "tiny")
    (remote.folder / "templates/tiny/path.md").write_text("something else")
    remote.put("second", copier_yml="who: you\n")
    remote.release("tiny-v1.0.0", "second-v1.0.0")
    fetched = cli("catalog", "fetch")
    assert fetched.code == 3
    assert "tiny 1.0.0 was" in fetched.err
    assert listed(cli, "tiny") == old
    assert listed(cli, "second")["version"] == "1.0.0"


def test_a_moved_tag_is_told_to_who_updates_and_to_who_starts_by_address(
    cli: Cli, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    assert cli("start", "tiny", "p", *QUIET).code == 0
    (remote.folder / "templates/tiny/path.md").write_text("something else")
    remote.release("tiny-v1.0.0")
    by_address = cli("start", f"{remote.url}#tiny", "q", *QUIET)
    monkeypatch.chdir("p")
    for refused in (by_address, cli("update", "--no-input")):
        assert (refused.code, "tiny 1.0.0 was" in refused.err) == (3, True), refused.err


def test_a_tag_that_its_owner_took_away_is_no_version_any_more_and_may_not_come_back_with_other_content(
    cli: Cli, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    remote.say("tiny", "1.1.0")
    remote.release("tiny-v1.1.0")
    cli("catalog", "add", remote.url)
    cli("start", "tiny", "p", *QUIET)
    remote.git(remote.folder, "tag", "-d", "tiny-v1.1.0")
    assert cli("catalog", "fetch").code == 0
    assert listed(cli, "tiny")["version"] == "1.0.0"
    kept = versions(repository_of(settings.store, f"{remote.url}#tiny"))
    assert [each.tag for each in kept if not each.version.is_prerelease] == ["v1.0.0"]
    shutil.rmtree(settings.store / "trees")
    with monkeypatch.context() as inside:
        inside.chdir("p")
        assert cli("status").code == 0
    (remote.folder / "templates/tiny/more.txt").write_text("more")
    remote.release("tiny-v1.1.0")
    assert cli("catalog", "fetch").code == 3


def test_a_template_that_left_the_default_branch_is_not_listed_and_its_projects_go_on(
    cli: Cli, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    remote.put("other")
    remote.release()
    cli("catalog", "add", remote.url)
    cli("start", "tiny", "p", *QUIET)
    shutil.rmtree(remote.folder / "templates/tiny")
    remote.release()
    cli("catalog", "fetch")
    assert "tiny" not in names(cli)
    shutil.rmtree(settings.store / "trees")
    monkeypatch.chdir("p")
    assert cli("status").code == 0


# Names


def test_a_bundled_path_keeps_its_name_and_the_other_has_its_catalogs(cli: Cli, remote: Remote) -> None:
    remote.put("backend")
    remote.release()
    added = cli("catalog", "add", remote.url, "--name", "acme", "--json")
    assert added.data["paths"] == ["acme/backend", "tiny"]
    assert cli("show", "backend", "--json").data["catalog"] == "bundled"
    assert cli("show", "acme/backend", "--json").data["path"]["id"] == "tiny"
    assert cli("show", "acme/tiny").code == 0


def test_a_name_that_two_catalogs_have_is_an_error_that_says_both(cli: Cli, remote: Remote, near: Path) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    cli("catalog", "add", near, "--name", "mine")
    for command in (("start", "tiny"), ("show", "tiny"), ("template", "lint", "tiny")):
        ended = cli(*command)
        assert ended.code == 2
        assert "`acme/tiny` and `mine/tiny`" in ended.err
    assert {"acme/tiny", "mine/tiny"} < set(names(cli))
    assert cli("start", "mine/tiny", "p", *QUIET).code == 0


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (("start", "acme/tny"), "did you mean `acme/tiny`?"),
        (("show", "tinny"), "did you mean `tiny`?"),
        (("catalog", "remove", "acne"), "did you mean `acme`?"),
        (("catalog", "fetch", "acne"), "did you mean `acme`?"),
    ],
)
def test_a_name_that_nothing_has_is_an_error_with_the_nearest_one(
    cli: Cli, remote: Remote, arguments: tuple[str, ...], hint: str
) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    ended = cli(*arguments)
    assert ended.code == 2
    assert hint in ended.err


@pytest.mark.parametrize("name", ["bundled", "trees", "by-url", "..", "a/b", "A", "x.git", "\x1b[31m", "-x", "a" * 65])
def test_a_name_that_no_catalog_can_have_is_refused(cli: Cli, near: Path, settings: Settings, name: str) -> None:
    ended = cli("catalog", "add", near, f"--name={name}")
    assert ended.code == 2
    assert "--name" in ended.err
    assert "\x1b" not in ended.err
    assert not (settings.config / "catalogs.json").exists()


def test_a_name_that_is_taken_is_refused_and_another_one_helps(cli: Cli, remote: Remote, near: Path) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    ended = cli("catalog", "add", near, "--name", "acme")
    assert ended.code == 2
    assert "--name NAME" in ended.err
    assert cli("catalog", "add", near, "--name", "mine").code == 0


# A folder


def test_a_folder_is_read_as_it_is_and_its_answers_name_no_path_of_this_machine(cli: Cli, near: Path) -> None:
    assert cli("catalog", "add", near, "--name", "mine").code == 0
    assert cli("start", "tiny", "p", *QUIET).code == 0
    assert "_src_path: goldenpath:mine/tiny.git\n" in answers()
    page = near / "templates/tiny/path.md"
    page.write_text(page.read_text().replace("Tiny path", "Changed path"))
    assert listed(cli, "tiny")["title"] == "Changed path"


def test_a_project_of_a_folder_that_is_gone_goes_on(
    cli: Cli, near: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("catalog", "add", near, "--name", "mine")
    cli("start", "tiny", "p", *QUIET)
    kept = near.rename(near.with_name("gone"))
    gone = cli("list")
    assert gone.code == 0
    assert "folder" in gone.err
    monkeypatch.chdir("p")
    assert cli("status").code == 0
    shutil.rmtree(settings.cache)
    lost = cli("status")
    assert lost.code == 3
    assert "goldenpath catalog add FOLDER --name mine" in lost.err
    kept.rename(near)
    assert cli("status").code == 0


def test_a_link_out_of_the_catalog_is_no_template_of_it(cli: Cli, near: Path, tmp_path: Path, tiny: Path) -> None:
    (near / "templates/outside").symlink_to(tiny)
    (near / "templates/inside").symlink_to(near / "templates/tiny")
    cli("catalog", "add", near)
    assert listed(cli, "outside")["wrong"]
    assert cli("start", "outside", "p", *QUIET).code == 3
    assert listed(cli, "inside")["title"] == "Tiny path"
    whole = tmp_path / "linked"
    whole.mkdir()
    (whole / "templates").symlink_to(near / "templates")
    refused = cli("catalog", "add", whole)
    assert refused.code == 2
    assert "holds no template" in refused.err


# What is refused, and what is broken


def test_one_broken_template_hides_no_other(cli: Cli, remote: Remote) -> None:
    remote.put("broken", copier_yml="who: you\n", path_md="no front matter \x1b[31m\n")
    remote.put("plain", copier_yml="who: you\n")
    remote.put("\x1b]0;x\x07odd", copier_yml="who: you\n")
    remote.put("..x", copier_yml="who: you\n")
    (remote.folder / "templates/link").symlink_to("tiny")
    remote.release()
    added = cli("catalog", "add", remote.url, "--name", "acme")
    assert added.code == 0, added.err
    shown = cli("list")
    assert shown.code == 0
    assert not {"\x1b", "\x07"} & set(shown.out + shown.err + added.out + added.err)
    assert {"tiny", "plain", "broken", "acme/..x", "link"} < set(names(cli))
    assert listed(cli, "broken")["wrong"].startswith("can't be read: path.md")
    assert listed(cli, "plain")["title"] == ""
    assert cli("start", "acme/..x", "p", *QUIET).code == 3
    assert cli("start", "tiny", "p", *QUIET).code == 0


def test_a_title_with_escape_sequences_is_shown_and_changes_no_screen(cli: Cli, remote: Remote) -> None:
    page = remote.folder / "templates/tiny/path.md"
    page.write_text(page.read_text().replace("The smallest path", '"\\e]0;x\\a[red]').replace("everything.", '"'))
    remote.release()
    cli("catalog", "add", remote.url)
    for command in (("list",), ("show", "tiny"), ("list", "--json")):
        assert not {"\x1b", "\x07"} & set(cli(*command).out)


def test_what_holds_no_template_is_refused_and_nothing_is_kept(
    cli: Cli, tmp_path: Path, git: Git, settings: Settings
) -> None:
    empty = remote_at(tmp_path / "empty", git)
    (empty.folder / "README.md").write_text("x")
    empty.release()
    for place in (empty.url, empty.folder, "nowhere", "https://h/a b", "ftp://h/x", f"{empty.url}#tiny"):
        ended = cli("catalog", "add", place)
        assert ended.code == 2, ended.err
        assert "hint:" in ended.err
    assert not list(settings.store.rglob("HEAD"))
    assert len(cli("catalog", "list", "--json").data) == 1


def test_a_repository_whose_templates_are_a_link_is_refused(cli: Cli, tmp_path: Path, git: Git, tiny: Path) -> None:
    linked = remote_at(tmp_path / "linked", git)
    (linked.folder / "templates").symlink_to(tiny.parent)
    linked.release()
    assert cli("catalog", "add", linked.url).code == 2


def test_an_address_that_does_not_answer_is_exit_6_and_nothing_is_kept(
    cli: Cli, tmp_path: Path, settings: Settings
) -> None:
    ended = cli("catalog", "add", (tmp_path / "nowhere").as_uri())
    assert ended.code == 6
    assert "does not appear to be a git repository" in ended.err
    assert not list(settings.store.rglob("HEAD"))
    assert not (settings.config / "catalogs.json").exists()


def test_a_fetch_without_an_answer_keeps_what_was_there(cli: Cli, remote: Remote, tmp_path: Path, git: Git) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    other = remote_at(tmp_path / "other", git)
    other.put("second")
    other.release()
    cli("catalog", "add", other.url, "--name", "other")
    remote.folder.rename(remote.folder.with_name("gone"))
    assert cli("catalog", "fetch", "acme").code == 6
    all_of_them = cli("catalog", "fetch", "--json")
    assert all_of_them.code == 1
    assert [bool(each["trouble"]) for each in all_of_them.data] == [True, False]
    assert "tiny" in names(cli)


class _Asked(SimpleHTTPRequestHandler):
    """Serves files to who knows the password."""

    def do_GET(self) -> None:
        if self.headers.get("Authorization") == f"Basic {base64.b64encode(b'me:S3CRET').decode()}":
            super().do_GET()
            return
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="x"')
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def guarded(remote: Remote) -> Iterator[str]:
    """The address of the remote on a server that asks for a password, without the scheme."""
    remote.git(remote.folder, "update-server-info")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Asked, directory=str(remote.folder.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}/paths/.git"
    server.shutdown()
    thread.join()
    server.server_close()


def test_credentials_are_used_and_neither_kept_nor_shown(cli: Cli, guarded: str, home: Path) -> None:
    added = cli("catalog", "add", f"http://me:S3CRET@{guarded}", "--name", "acme")
    assert added.code == 0, added.err
    started = cli("start", "tiny", "p", *QUIET)
    fetched = cli("catalog", "fetch")
    assert started.code == 0, started.err
    assert fetched.code == 6
    shown = [added, started, fetched, cli("catalog", "list", "--json"), cli("catalog", "remove", "acme")]
    assert not [each for each in shown if "S3CRET" in each.out + each.err]
    kept = [file for root in (home, Path("p")) for file in root.rglob("*") if file.is_file()]
    assert not [file for file in kept if b"S3CRET" in file.read_bytes()]
    assert f"http://{guarded}#tiny" in answers()


# The list of catalogs


def test_the_list_says_where_paths_come_from(cli: Cli, remote: Remote, near: Path) -> None:
    assert "catalog" not in cli("list").out.splitlines()[0]
    cli("catalog", "add", remote.url, "--name", "acme")
    cli("catalog", "add", near, "--name", "mine")
    assert "catalog" in cli("list").out.splitlines()[0]
    found = {each["name"]: each for each in cli("catalog", "list", "--json").data}
    assert list(found) == ["bundled", "acme", "mine"]
    assert found["acme"]["place"] == remote.url
    assert found["mine"]["place"] == str(near)
    assert found["mine"]["paths"] == ["mine/tiny"]


def test_adding_it_again_fetches_it_and_adds_nothing(cli: Cli, remote: Remote) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    remote.put("second")
    remote.release()
    again = cli("catalog", "add", remote.url, "--json")
    assert again.code == 0
    assert again.data["name"] == "acme"
    assert not again.data["is_new"]
    assert "second" in names(cli)
    assert len(cli("catalog", "list", "--json").data) == 2
    assert cli("catalog", "add", remote.url, "--name", "zeta").code == 2


def test_a_removed_catalog_lists_nothing_and_its_projects_go_on(
    cli: Cli, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("catalog", "add", remote.url, "--name", "acme")
    cli("start", "tiny", "p", *QUIET)
    assert cli("catalog", "remove", "acme").code == 0
    assert "tiny" not in names(cli)
    assert cli("catalog", "remove", "acme").code == 2
    assert cli("catalog", "remove", "bundled").code == 2
    monkeypatch.chdir("p")
    assert cli("status").code == 0


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        "[]",
        '{"catalogs": [{"name": "../x", "url": "https://h/x"}]}',
        '{"catalogs": [{"name": "x", "url": "ext::sh -c id"}]}',
        '{"catalogs": [{"name": "x", "folder": "relative"}]}',
        '{"catalogs": [{"name": "x", "folder": 5}]}',
        '{"catalogs": [{"name": "x", "folder": "/a"}, {"name": "x", "folder": "/b"}]}',
        "[" * 100_000,
    ],
)
def test_a_damaged_list_is_an_error_that_names_the_file_and_bundled_paths_start(
    cli: Cli, settings: Settings, text: str
) -> None:
    settings.config.mkdir(parents=True)
    file = settings.config / "catalogs.json"
    file.write_text(text)
    for command in (("list",), ("catalog", "list"), ("catalog", "fetch"), ("start", "nobody")):
        ended = cli(*command)
        assert ended.code == 2, command
        assert str(file) in ended.err
    assert cli("start", "backend", "p", "--dry-run", *QUIET).code == 0
    assert file.read_text() == text


# Projects of somebody else


def came_from(source: str, folder: Path) -> None:
    folder.mkdir()
    (folder / ".goldenpath.toml").write_text('id = "prj-0123456789abcdef"\npath = "tiny"\n')
    (folder / ".copier-answers.yml").write_text(f"_src_path: {json.dumps(source)}\n_commit: v1.0.0\n")


def test_an_address_in_a_project_is_asked_only_when_it_is_a_catalogs(
    cli: Cli, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    came_from(f"{remote.url}#tiny", Path("p"))
    monkeypatch.chdir("p")
    refused = cli("status")
    assert refused.code == 2
    assert f"goldenpath catalog add {remote.url}" in refused.err
    assert not settings.store.exists() or not list(settings.store.rglob("HEAD"))
    cli("catalog", "add", remote.url)
    assert cli("status").code == 0


@pytest.mark.parametrize(
    "source",
    [
        "goldenpath:../x/tiny.git",
        "goldenpath:nobody/tiny.git",
        "goldenpath:mine/../tiny.git",
        "goldenpath:mine/nobody.git",
        "https://127.0.0.1:1/x#../tiny",
        "ext::sh -c id#tiny",
        "#tiny",
        "\x1b[31m#tiny",
    ],
)
def test_a_source_that_names_nothing_is_two_lines(
    cli: Cli, near: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    cli("catalog", "add", near, "--name", "mine")
    came_from(source, Path("p"))
    monkeypatch.chdir("p")
    ended = cli("status")
    assert ended.code in {2, 3}
    assert len(ended.err.splitlines()) == 2, ended.err
    assert "\x1b" not in ended.err


def test_a_template_of_a_catalog_runs_nothing_before_it_is_trusted(cli: Cli, remote: Remote) -> None:
    remote.put("busy", copier_yml="who: you\n_tasks: [touch made-by-task]\n")
    remote.release()
    cli("catalog", "add", remote.url)
    refused = cli("start", "busy", "p", "--defaults", "--no-input")
    assert refused.code == 2
    assert "touch made-by-task" in refused.err
    doctor = cli("doctor", "tiny")
    assert "not trusted" in doctor.out


def test_a_dry_run_knows_the_names_and_writes_nothing(cli: Cli, remote: Remote, settings: Settings) -> None:
    cli("catalog", "add", remote.url)
    before = sorted(settings.cache.rglob("*"))
    assert cli("start", "tiny", "p", "--dry-run", *QUIET).code == 0
    assert sorted(settings.cache.rglob("*")) == before
