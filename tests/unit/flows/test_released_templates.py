"""What is released: the script that releases and checks, the wheel, and what a checkout and a wheel give."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import goldenpath
from goldenpath.adapters.store.refs import refs_of
from goldenpath.core.errors import TemplateError
from goldenpath.flows.fetch_template import fetch_template, template_of
from goldenpath.flows.newer_version import newer_version
from goldenpath.flows.newest_template import newest_template, versions_of
from tests.unit.flows.bundling import ROOT, Checkout, make_checkout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from goldenpath.adapters.settings import Settings

SOURCE = "goldenpath:shop.git"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return make_checkout(tmp_path / "checkout")


def test_a_release_is_checked_and_the_next_one_keeps_it(checkout: Checkout) -> None:
    assert "1.0.0 is no release yet" in checkout.script("--check").stdout
    checkout.release("1.0.0")
    assert checkout.script("--check").stdout == ""
    first = refs_of(checkout.bundle)
    checkout.write("1.1.0", "new")
    done = checkout.script("--check")
    assert (done.returncode, "1.1.0 is no release yet" in done.stdout) == (0, True)
    checkout.release("1.1.0", "new")
    second = refs_of(checkout.bundle)
    assert second["refs/tags/v1.0.0"] == first["refs/tags/v1.0.0"] == first["refs/heads/main"]
    assert second["refs/heads/main"] == second["refs/tags/v1.1.0"]
    assert checkout.versions() == ["1.0.0", "1.1.0"]


def test_content_that_changed_without_a_new_version_is_found_and_not_released(checkout: Checkout) -> None:
    checkout.release("1.0.0")
    before = checkout.bundle.read_bytes()
    checkout.write("1.0.0", "other")
    found = checkout.script("--check")
    assert found.returncode == 1
    assert found.stderr.splitlines() == [
        "templates/shop: content changed without a new version: 1.0.0 is released with other content"
    ]
    refused = checkout.script("shop")
    assert (refused.returncode, "raise `version`" in refused.stderr) == (1, True)
    assert checkout.bundle.read_bytes() == before


def test_a_version_that_is_no_newer_is_found_and_not_released(checkout: Checkout) -> None:
    checkout.release("1.10.0")
    checkout.write("1.9.0", "other")
    for arguments in (["--check"], ["shop"]):
        done = checkout.script(*arguments)
        assert (done.returncode, "1.9.0 is no newer than 1.10.0" in done.stderr) == (1, True)
    assert checkout.versions() == ["1.10.0"]


def test_a_template_that_is_not_clean_is_not_released(checkout: Checkout) -> None:
    (checkout.template / "template" / "lost.txt.jinja").write_text("{{ nobody_asked }}\n")
    done = checkout.script("shop")
    assert done.returncode == 1
    assert "shop is not clean: template/lost.txt.jinja:1" in done.stderr
    assert not checkout.bundle.exists()


def test_releasing_again_changes_nothing_and_is_the_same_bytes_elsewhere(checkout: Checkout, tmp_path: Path) -> None:
    checkout.release("1.0.0")
    before = checkout.bundle.read_bytes()
    assert "is released already" in checkout.script("shop").stdout
    other = make_checkout(tmp_path / "other")
    other.release("1.0.0")
    assert checkout.bundle.read_bytes() == before == other.bundle.read_bytes()


def test_a_release_that_somebody_else_made_is_found(
    checkout: Checkout, tmp_path: Path, git: Callable[..., str]
) -> None:
    checkout.release("1.0.0")
    git(tmp_path, "clone", "--quiet", str(checkout.bundle), "clone")
    git(tmp_path / "clone", "commit", "--quiet", "--amend", "-m", "Mine")
    git(tmp_path / "clone", "tag", "--force", "v1.0.0")
    git(tmp_path / "clone", "bundle", "create", "--quiet", str(checkout.bundle), "HEAD", "--branches", "--tags")
    done = checkout.script("--check")
    assert done.returncode == 1
    assert "1.0.0 was not made by this script" in done.stderr


def test_the_templates_of_this_repository_are_as_they_were_released() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/release_templates.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_checkout_gives_the_release_when_its_folder_equals_it_else_a_pre_release(
    checkout: Checkout, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.use(monkeypatch)
    assert fetch_template(settings, "shop").version == "1.0.0"
    checkout.release("1.0.0", "released")
    shutil.rmtree(settings.store)
    released = fetch_template(settings, "shop")
    assert released.version == "1.0.0"
    for version in ("1.0.0", "1.1.0"):
        checkout.write(version, "other")
        state = fetch_template(settings, "shop")
        assert state.version.startswith(f"{version}.dev0+")
        assert (state.folder / "template" / "text.txt").read_text() == "other"
        assert template_of(settings, SOURCE, "1.0.0").commit == released.commit
    checkout.write("1.0.0", "released")
    assert fetch_template(settings, "shop") == released


def test_who_stands_at_a_pre_release_goes_to_the_present_state_whatever_other_states_there_were(
    checkout: Checkout, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.release("1.0.0")
    checkout.use(monkeypatch)
    for text in "abcd":
        checkout.write("1.1.0", text)
        now = newest_template(settings, SOURCE, version="1.1.0.dev0+12345678")
        assert (now.folder / "template" / "text.txt").read_text() == text
        assert newest_template(settings, SOURCE, version="1.0.0").version == "1.0.0"


@pytest.mark.parametrize("kind", ["released", "unreleased"])
def test_a_wheel_brings_every_release_and_what_is_none_yet(
    kind: str, checkout: Checkout, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_released = kind == "released"
    checkout.release("1.0.0", "old")
    checkout.write("1.1.0", "new")
    if is_released:
        checkout.release("1.1.0", "new")
    monkeypatch.setattr(goldenpath, "__file__", str(checkout.build(tmp_path / "wheel")))
    checkout.root.rename(tmp_path / "gone")
    old = template_of(settings, SOURCE, "1.0.0")
    assert (old.folder / "template" / "text.txt").read_text() == "old"
    now = fetch_template(settings, "shop")
    assert now.version == "1.1.0" if is_released else now.version.startswith("1.1.0.dev0+")
    assert (now.folder / "template" / "text.txt").read_text() == "new"
    newest = "1.1.0" if is_released else "1.0.0"
    assert newest_template(settings, SOURCE, version="1.0.0").version == newest
    assert newer_version(settings, SOURCE, "1.0.0") == (newest if is_released else "")
    assert newest_template(settings, SOURCE, version="1.0.0.dev0+12345678").version == now.version
    assert newer_version(settings, SOURCE, "1.0.0.dev0+12345678") == now.version
    assert newest_template(settings, SOURCE, version="1.0.0", want=now.version).version == now.version
    assert versions_of(settings, SOURCE) == (["1.1.0", "1.0.0"] if is_released else ["1.0.0", now.version])
    with pytest.raises(TemplateError, match=r"no version 3\.0\.0") as caught:
        newest_template(settings, SOURCE, want="3.0.0")
    assert "v1.0.0" in caught.value.hint


def test_a_store_that_a_newer_installation_wrote_gives_an_older_one_its_own_version(
    checkout: Checkout, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout.release("1.0.0")
    older = checkout.build(tmp_path / "older")
    checkout.release("1.1.0", "new")
    newer = checkout.build(tmp_path / "newer")
    for installation, version in ((older, "1.0.0"), (newer, "1.1.0"), (older, "1.0.0")):
        monkeypatch.setattr(goldenpath, "__file__", str(installation))
        assert fetch_template(settings, "shop").version == version


def test_a_project_of_an_old_release_is_walked_where_only_the_new_installation_ever_was(
    checkout: Checkout, tmp_path: Path, home: Path
) -> None:
    checkout.release("1.0.0")
    install(checkout, tmp_path / "old")
    checkout.release("1.1.0", "new")
    install(checkout, tmp_path / "new")
    arguments = ("start", "shop", "proj", "--defaults", "--no-input", "--json")
    assert run(tmp_path / "old", home, tmp_path, *arguments)["version"] == "1.0.0"
    shutil.rmtree(home / "goldenpath" / "cache")
    assert run(tmp_path / "new", home, tmp_path / "proj", "status", "--json")["version"] == "1.0.0"
    assert (tmp_path / "proj" / "text.txt").read_text() == "text"


def install(checkout: Checkout, where: Path) -> None:
    shutil.copytree(ROOT / "goldenpath", where / "goldenpath", ignore=shutil.ignore_patterns("__pycache__"))
    checkout.build(where)


def run(installation: Path, home: Path, folder: Path, *arguments: str) -> dict[str, str]:
    program = f"import sys; sys.path.insert(0, {str(installation)!r}); from goldenpath.cli.boundary import run; run()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)["data"]
    return found
