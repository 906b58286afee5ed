"""`template publish`: the store's versions on a forge, and never in the place of what is there."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.version import Version

from tests.cli.json_contract import ELSEWHERE
from tests.cli.test_json_contract import holds
from tests.updates.git_server import git_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Cli

    Git = Callable[..., str]
    Release = Callable[..., Path]

MAIN, FIRST, SECOND = "refs/heads/main", "refs/tags/v1.0.0", "refs/tags/v1.1.0"


@pytest.fixture
def release(tiny: Path, git: Git) -> Release:
    """`release("1.1.0")` commits the tiny template, with another file, as a version."""
    git(tiny, "init", "--quiet")

    def commit(version: str, content: str = "") -> Path:
        page = (tiny / "path.md").read_text()
        (tiny / "path.md").write_text(page.replace(_version_line(page), f"version: {version}"))
        (tiny / "template" / "news.txt").write_text(content or f"news of {version}\n")
        git(tiny, "add", "--all")
        git(tiny, "commit", "--quiet", "--allow-empty", "--message", version)
        return tiny

    return commit


def _version_line(page: str) -> str:
    return next(line for line in page.splitlines() if line.startswith("version: "))


def refs(repository: Path) -> dict[str, str]:
    shown = subprocess.run(["git", "-C", repository, "show-ref"], check=False, capture_output=True, text=True).stdout
    return {name: commit for commit, name in (line.split() for line in shown.splitlines())}


def released(name: str) -> list[str]:
    """The versions of a bundled template, the newest first; there are more with each release."""
    bundle = Path(__file__).parents[2] / "releases" / f"{name}.bundle"
    listed = subprocess.run(["git", "bundle", "list-heads", bundle], check=True, capture_output=True, text=True).stdout
    found = [line.split("refs/tags/v")[1] for line in listed.splitlines() if "refs/tags/v" in line]
    return sorted(found, key=Version, reverse=True)


def everything(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_bundled_template_is_published_when_none_is_named(cli: Cli) -> None:
    done = cli("template", "publish", "--to", "./forge", "--json")
    assert done.code == 0, done.err
    holds(done.data, ELSEWHERE["template publish"], "template publish")
    assert {each["template"] for each in done.data["templates"]} == {"backend", "golden-path"}
    there, (newest, *older) = refs(Path("forge/backend.git")), released("backend")
    assert there[MAIN] == there[f"refs/tags/v{newest}"]
    assert there.keys() == {MAIN, *(f"refs/tags/v{each}" for each in (newest, *older))}
    assert done.data["templates"][0]["address"] == f"{Path.cwd().as_uri()}/forge/backend.git"


def test_a_folder_by_address_and_by_path_is_the_same_place(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    assert cli("template", "publish", "golden-path", "--to", tmp_path / "a b").code == 0
    again = cli("template", "publish", "golden-path", "--to", (tmp_path / "a b").as_uri(), "--json").data
    assert again["templates"][0]["there"] == released("golden-path")
    assert again["templates"][0]["pushed"] == []


def test_a_rehearsal_says_the_same_and_changes_nothing(cli: Cli, home: Path, release: Release) -> None:
    before = everything(home)
    said = cli("template", "publish", release("1.0.0"), "--to", "./forge", "--dry-run", "--json").data
    assert everything(home) == before
    assert not Path("forge").exists()
    done = cli("template", "publish", release("1.0.0", "the same\n"), "--to", "./forge", "--dry-run", "--json").data
    assert (said["is_rehearsal"], said["templates"]) == (True, done["templates"])
    assert said["templates"][0]["pushed"] == ["1.0.0"]
    assert said["templates"][0]["is_made"]


def test_a_later_version_is_added_and_main_goes_ahead_without_force(cli: Cli, release: Release, git: Git) -> None:
    cli("template", "publish", release("1.0.0"), "--to", "./forge")
    forge = Path("forge/tiny.git")
    git(forge, "config", "receive.denyNonFastForwards", "true")
    before = refs(forge)
    done = cli("template", "publish", release("1.1.0"), "--to", "./forge", "--json").data["templates"][0]
    assert (done["pushed"], done["there"], done["main"]) == (["1.1.0"], ["1.0.0"], "1.1.0")
    after = refs(forge)
    assert after[FIRST] == before[FIRST]
    assert git(forge, "rev-parse", f"{MAIN}^{{tree}}") == git(forge, "rev-parse", f"{SECOND}^{{tree}}")
    for each in (before[MAIN], after[SECOND]):
        git(forge, "merge-base", "--is-ancestor", each, MAIN)
    again = cli("template", "publish", "../templates/tiny", "--to", "./forge", "--json").data["templates"][0]
    assert again["pushed"] == []
    assert refs(forge) == after


def test_the_same_versions_are_the_same_commits_wherever_they_come_from(
    cli: Cli, release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cli("template", "publish", release("1.0.0"), "--to", "./one")
    elsewhere = shutil.copytree(release("1.0.0"), tmp_path / "elsewhere" / "tiny")
    monkeypatch.setenv("GOLDENPATH_HOME", str(tmp_path / "another"))
    assert cli("template", "publish", elsewhere, "--to", "./two").code == 0
    assert refs(Path("one/tiny.git")) == refs(Path("two/tiny.git"))


def test_who_has_fewer_versions_takes_main_nowhere(
    cli: Cli, release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    old = shutil.copytree(release("1.0.0"), tmp_path / "old" / "tiny")
    for version in ("1.0.0", "1.1.0"):
        assert cli("template", "publish", release(version), "--to", "./forge").code == 0
    before = refs(Path("forge/tiny.git"))
    monkeypatch.setenv("GOLDENPATH_HOME", str(tmp_path / "another"))
    done = cli("template", "publish", old, "--to", "./forge", "--json").data["templates"][0]
    assert (done["pushed"], done["main"]) == ([], "1.1.0")
    assert refs(Path("forge/tiny.git")) == before


def test_a_version_that_is_there_with_other_content_is_refused(
    cli: Cli, release: Release, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cli("template", "publish", release("1.0.0"), "--to", "./forge")
    before = refs(Path("forge/tiny.git"))
    monkeypatch.setenv("GOLDENPATH_HOME", str(tmp_path / "another"))
    done = cli("template", "publish", release("1.0.0", "other\n"), "--to", "./forge")
    assert done.code == 6
    assert f"commit {before[FIRST][:10]} there" in done.err
    assert "here" in done.err
    assert "give the new content a new version" in done.err
    assert refs(Path("forge/tiny.git")) == before


def test_a_template_without_a_release_is_refused_with_the_way_out(cli: Cli, tiny: Path) -> None:
    done = cli("template", "publish", tiny, "--to", "./forge")
    assert done.code == 3
    assert "pre-release" in done.err
    assert "commit its folder" in done.err
    assert not Path("forge").exists()


def test_a_prerelease_stays_here(cli: Cli, release: Release) -> None:
    tiny = release("1.0.0")
    cli("template", "publish", tiny, "--to", "./forge")
    (tiny / "template" / "more.txt").write_text("not committed\n")
    done = cli("template", "publish", tiny, "--to", "./forge", "--json").data["templates"][0]
    assert (done["pushed"], done["there"]) == ([], ["1.0.0"])
    assert set(refs(Path("forge/tiny.git"))) == {MAIN, FIRST}


def test_a_release_candidate_is_a_release_and_not_the_newest(cli: Cli, release: Release) -> None:
    for version in ("1.0.0", "2.0.0rc1"):
        done = cli("template", "publish", release(version), "--to", "./forge", "--json").data["templates"][0]
    assert (done["pushed"], done["main"]) == (["2.0.0rc1"], "1.0.0")


def test_a_branch_main_on_which_somebody_works_is_left_alone(cli: Cli, release: Release, git: Git) -> None:
    Path("mine").mkdir()
    git(Path("mine"), "init", "--quiet", "--initial-branch=main")
    git(Path("mine"), "commit", "--quiet", "--allow-empty", "--message", "mine")
    git(Path(), "clone", "--quiet", "--bare", "mine", "forge/tiny.git")
    before = refs(Path("forge/tiny.git"))
    done = cli("template", "publish", release("1.0.0"), "--to", "./forge")
    assert done.code == 6
    assert "no release of the template" in done.err
    assert refs(Path("forge/tiny.git")) == before


def test_one_that_fails_keeps_no_other_back(cli: Cli, tiny: Path) -> None:
    done = cli("template", "publish", tiny, "golden-path", "--to", "./forge", "--json")
    assert done.code == 1
    failed, fine = done.data["templates"]
    assert "pre-release" in failed["trouble"]
    assert fine["pushed"] == released("golden-path")
    assert refs(Path("forge/golden-path.git"))
    shown = cli("template", "publish", tiny, "golden-path", "--to", "./forge")
    assert "✗ tiny" in shown.out
    assert "✓ golden-path" in shown.out


def test_when_the_forge_refuses_all_of_them_it_is_the_forge(cli: Cli) -> None:
    for name in ("backend", "golden-path"):
        Path(f"forge/{name}.git").mkdir(parents=True)
        Path(f"forge/{name}.git/file").write_text("mine")
    done = cli("template", "publish", "--to", "./forge", "--json")
    assert done.code == 6
    assert all("does not appear to be a git repository" in each["trouble"] for each in done.data["templates"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "forge"), "no address that git may be given, and no folder"),
        (("--to", "ext::sh -c true"), "no address"),
        (("--to", "--upload-pack=x@y:z"), "no address"),
        (("--to", "file://host/a"), "names no folder of this machine"),
        (("backend", "./backend", "--to", "./forge"), "two templates are called backend"),
        (("https://h/x.git", "--to", "./forge"), "an address already"),
        (("nowhere", "--to", "./forge"), "no path called `nowhere`"),
        (("./my tiny", "--to", "./forge"), "no repository can be called"),
        ((), "--to"),
    ],
)
def test_what_cannot_be_published_is_a_usage_error_before_anything_is_pushed(
    arguments: tuple[str, ...], said: str, cli: Cli, tiny: Path
) -> None:
    for name in ("backend", "my tiny"):
        shutil.copytree(tiny, name)
    done = cli("template", "publish", *arguments)
    assert done.code == 2
    assert said in done.err
    assert not Path("forge").exists()


def test_hooks_of_the_repository_there_do_not_run(cli: Cli, release: Release, tmp_path: Path) -> None:
    cli("template", "publish", release("1.0.0"), "--to", "./forge")
    hooks = Path("forge/tiny.git/hooks")
    hooks.mkdir(exist_ok=True)
    for name in ("pre-receive", "update", "post-receive", "post-update", "reference-transaction"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{tmp_path}/ran'\nexit 1\n")
        (hooks / name).chmod(0o755)
    done = cli("template", "publish", release("1.1.0"), "--to", "./forge")
    assert done.code == 0, done.err
    assert not (tmp_path / "ran").exists()
    assert SECOND in refs(Path("forge/tiny.git"))


def served(root: Path, git: Git) -> Path:
    """A bare repository that a server lets people push to."""
    repository = root / "tiny.git"
    repository.mkdir(parents=True)
    git(repository, "init", "--quiet", "--bare", "--initial-branch=main")
    git(repository, "config", "http.receivepack", "true")
    return repository


def test_a_server_takes_what_is_pushed(cli: Cli, release: Release, git: Git, tmp_path: Path) -> None:
    repository = served(tmp_path / "served", git)
    with git_server(tmp_path / "served", "s3cret") as address:
        place = address.replace("//", "//me:s3cret@")
        for version in ("1.0.0", "1.1.0"):
            done = cli("template", "publish", release(version), "--to", place)
            assert done.code == 0, done.err
            assert "s3cret" not in done.out + done.err
            assert f"goldenpath start {address}/tiny.git" in done.out
    assert set(refs(repository)) == {MAIN, FIRST, SECOND}


def test_what_a_server_refuses_is_one_clear_line(cli: Cli, release: Release, git: Git, tmp_path: Path) -> None:
    repository = served(tmp_path / "served", git)
    hook = repository / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho '======' >&2\necho 'GL-HOOK-ERR: you may not push here' >&2\nexit 1\n")
    hook.chmod(0o755)
    with git_server(tmp_path / "served") as address:
        done = cli("template", "publish", release("1.0.0"), "--to", address)
    assert done.code == 6
    error, hint = done.err.splitlines()[-2:]
    assert "pre-receive hook declined" in error
    assert "GL-HOOK-ERR: you may not push here" in error
    assert hint.startswith("hint: ")
    assert not refs(repository)


@pytest.mark.parametrize(("name", "password", "said"), [("gone", "", "not found"), ("", "other", "uthent")])
def test_a_repository_that_is_not_there_or_closed_is_named_without_credentials(
    name: str, password: str, said: str, cli: Cli, release: Release, tmp_path: Path
) -> None:
    subprocess.run(["git", "init", "--quiet", "--bare", tmp_path / "served" / "tiny.git"], check=True)
    with git_server(tmp_path / "served", password) as address:
        place = address.replace("//", "//me:s3cret@") + (f"/{name}" if name else "")
        done = cli("template", "publish", release("1.0.0"), "--to", place, "--json")
        rehearsed = cli("template", "publish", release("1.0.0"), "--to", place, "--dry-run")
    assert done.code == 6
    assert rehearsed.code == (6 if password else 0)
    error = json.loads(done.out)["error"]
    assert said in error["message"]
    assert "git ls-remote" in error["hint"]
    assert "s3cret" not in done.out + done.err


def test_a_server_that_does_not_answer_is_the_forges_trouble(cli: Cli, release: Release) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    done = cli("template", "publish", release("1.0.0"), "--to", f"http://127.0.0.1:{port}/group")
    assert done.code == 6
    assert "127.0.0.1" in done.err
