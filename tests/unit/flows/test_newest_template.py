"""The newest version of what a project records as its template, and whether there is a newer one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import MachineError, TemplateError, UsageError
from goldenpath.flows.fetch_template import fetch_template, template_of
from goldenpath.flows.newer_version import newer_version
from goldenpath.flows.newest_template import newest_template, versions_of
from tests.unit.flows.bundling import ROOT, SOUND

if TYPE_CHECKING:
    from collections.abc import Callable

    from goldenpath.adapters.settings import Settings
    from goldenpath.core.model import Template


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A template in no repository."""
    return Path(shutil.copytree(SOUND, tmp_path / "shop"))


@pytest.fixture
def repository(folder: Path, git: Callable[..., str]) -> Path:
    """A template in a repository of its own, with two releases and a candidate."""
    git(folder, "init", "--quiet", "--initial-branch=main")
    for version in ("1.9.0", "1.10.0", "2.0.0rc1"):
        release(folder, git, version)
    return folder


def release(folder: Path, git: Callable[..., str], version: str) -> None:
    (folder / "template" / "text.txt").write_text(version)
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", version)
    git(folder, "tag", f"v{version}")


def text_of(template: Template) -> str:
    return (template.folder / "template" / "text.txt").read_text()


def test_an_address_is_not_asked_unless_that_is_allowed(
    repository: Path, settings: Settings, git: Callable[..., str]
) -> None:
    source = repository.as_uri()
    with pytest.raises(UsageError, match="nobody said"):
        newest_template(settings, source)
    assert newest_template(settings, source, may_fetch=True).version == "1.10.0"
    release(repository, git, "1.11.0")
    assert newest_template(settings, source, version="1.9.0").version == "1.10.0"
    assert newest_template(settings, source, version="1.9.0", may_fetch=True).version == "1.11.0"
    assert newest_template(settings, f"git+{source}", version="1.9.0").version == "1.11.0"


@pytest.mark.parametrize(
    ("version", "newest"),
    [
        ("1.9.0", "1.10.0"),
        ("2.0.0b1", "2.0.0rc1"),
        ("1.0.0.dev0+0a1b2c3d", "2.0.0rc1"),
        ("", "1.10.0"),
        ("x", "1.10.0"),
    ],
)
def test_a_candidate_is_for_those_who_stand_at_a_pre_release(
    version: str, newest: str, repository: Path, settings: Settings
) -> None:
    found = newest_template(settings, repository.as_uri(), version=version, may_fetch=True)
    assert (found.version, text_of(found)) == (newest, newest)


def test_a_wanted_version_is_given_whatever_it_is(repository: Path, settings: Settings) -> None:
    source = repository.as_uri()
    for want in ("2.0.0rc1", "v1.9.0"):
        assert text_of(newest_template(settings, source, want=want, may_fetch=True)) == want.removeprefix("v")
    with pytest.raises(TemplateError, match=r"no version 7\.0") as caught:
        newest_template(settings, source, want="7.0")
    assert "v1.10.0, v1.9.0, v2.0.0rc1" in caught.value.hint


def test_a_repository_without_a_version_gives_its_head(
    folder: Path, settings: Settings, git: Callable[..., str]
) -> None:
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "-m", "One")
    assert newest_template(settings, folder.as_uri(), may_fetch=True).commit == git(folder, "rev-parse", "HEAD")


def test_the_versions_of_a_source_are_told_without_asking_anybody(repository: Path, settings: Settings) -> None:
    source = repository.as_uri()
    assert versions_of(settings, source) == []
    fetch_template(settings, source)
    repository.rename(repository.with_name("gone"))
    assert versions_of(settings, source) == ["1.10.0", "1.9.0", "2.0.0rc1"]
    assert versions_of(settings, "goldenpath:../x.git") == []


def test_a_folder_gives_its_present_state(folder: Path, settings: Settings) -> None:
    (folder / "template" / "text.txt").write_text("one")
    begun = fetch_template(settings, str(folder))
    (folder / "template" / "text.txt").write_text("two")
    newest = newest_template(settings, begun.source, version=begun.version)
    assert (text_of(newest), text_of(begun)) == ("two", "one")
    assert newest.version.startswith("1.0.0.dev0+")
    assert template_of(settings, begun.source, begun.version) == template_of(settings, begun.source, begun.version)
    assert text_of(newest_template(settings, begun.source, want=begun.version)) == "one"


def test_a_folder_that_is_gone_is_named(folder: Path, settings: Settings) -> None:
    begun = fetch_template(settings, str(folder))
    folder.rename(folder.with_name("gone"))
    with pytest.raises(MachineError, match=str(folder)) as caught:
        newest_template(settings, begun.source, version=begun.version)
    assert begun.version in caught.value.hint
    assert newest_template(settings, begun.source, want=begun.version).commit == begun.commit


@pytest.mark.parametrize("source", ["goldenpath:folder/shop-12345678.git", "/etc/template", "ext::sh -c id"])
def test_what_this_machine_has_not_and_can_not_fetch_is_a_template_error(source: str, settings: Settings) -> None:
    with pytest.raises(TemplateError):
        newest_template(settings, source, may_fetch=True)


@pytest.mark.parametrize(
    ("version", "newer"),
    [
        ("1.9.0", "1.10.0"),
        ("1.10.0", ""),
        ("1.9.9", "1.10.0"),
        ("2.0.0b1", "2.0.0rc1"),
        ("2.0.0rc1", ""),
        ("x", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("kind", ["packed", "loose"])
def test_a_newer_version_is_known_from_what_was_fetched(
    version: str, newer: str, kind: str, repository: Path, settings: Settings, git: Callable[..., str]
) -> None:
    source = repository.as_uri()
    assert newer_version(settings, source, version) == ""
    fetch_template(settings, source)
    if kind == "packed":
        git(next((settings.store / "by-url").iterdir()), "pack-refs", "--all")
    assert newer_version(settings, source, version) == newer


def test_the_state_of_a_folder_that_was_kept_last_is_newer(folder: Path, settings: Settings) -> None:
    begun = fetch_template(settings, str(folder))
    assert newer_version(settings, begun.source, begun.version) == ""
    (folder / "template" / "text.txt").write_text("two")
    now = fetch_template(settings, str(folder))
    assert newer_version(settings, begun.source, begun.version) == now.version
    assert newer_version(settings, begun.source, now.version) == ""


def test_whether_there_is_a_newer_version_is_told_without_git(repository: Path, settings: Settings) -> None:
    fetch_template(settings, repository.as_uri())
    program = (
        "import sys; import goldenpath.flows.newer_version as n;"
        "from goldenpath.adapters.settings import read_settings;"
        f"assert n.newer_version(read_settings(), {repository.as_uri()!r}, '1.9.0') == '1.10.0';"
        "n.newer_version(read_settings(), 'goldenpath:backend.git', '0.0.1');"
        "loaded = {'git', 'yaml', 'jinja2', 'subprocess', 'goldenpath.adapters.repo'} & sys.modules.keys();"
        "assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
