"""The backend template: what it renders for every answer set, and that the result passes its own checks."""

from __future__ import annotations

import filecmp
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from goldenpath.adapters.settings import read_settings
from goldenpath.cli.boundary import main
from goldenpath.flows.load_path import load_path
from tests.conftest import BACKEND, REAL_HOME

SETS = ["defaults", *sorted(file.stem for file in (BACKEND / "answers").glob("*.yml"))]
LEFTOVER = re.compile(r"\{\{(?! *(\$|\.|range|humanize|label|printf))|\{%|^<{7}|^>{7}|StrictUndefined", re.MULTILINE)
OWN_BRACES = {"script.py.mako", "alerts.yml", "alerts_test.yml", "dashboard.json", "ci.yml"}


def start(name: str, root: Path) -> Path:
    """A project with the answers of one set."""
    answers = [] if name == "defaults" else ["--answers", str(BACKEND / "answers" / f"{name}.yml")]
    assert main(["start", "backend", str(root), "--defaults", "--no-input", "--forge", "none", *answers]) == 0
    return root


@pytest.fixture(params=SETS)
def rendered(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return start(request.param, tmp_path / "project")


def files_of(root: Path) -> list[Path]:
    return sorted(file for file in root.rglob("*") if file.is_file() and ".git" not in file.relative_to(root).parts)


def test_every_file_is_clean(rendered: Path) -> None:
    names = [str(file.relative_to(rendered)) for file in files_of(rendered)]
    assert 35 <= len(names) - 1 <= 45
    assert len({name.casefold() for name in names}) == len(names)
    machine = {str(Path.home()), REAL_HOME, os.uname().nodename, str(rendered.parent)} - {"/", ""}
    for file in files_of(rendered):
        text = file.read_bytes().decode()
        assert not text or (text.endswith("\n") and not text.endswith("\n\n")), file
        assert "\r" not in text
        assert not re.search(r"[ \t]+$", text, re.MULTILINE), file
        assert file.name in OWN_BRACES or not LEFTOVER.search(text), file
        assert not [word for word in machine if word in text], file


def test_every_data_file_parses(rendered: Path) -> None:
    for file in files_of(rendered):
        text = file.read_text(encoding="utf-8")
        if file.suffix in {".yml", ".yaml"} and file.name != "mkdocs.yml":
            list(yaml.safe_load_all(text))
        elif file.suffix == ".toml":
            tomllib.loads(text)
        elif file.suffix == ".json":
            json.loads(text)


def test_the_catalogue_entry_names_the_service_and_its_docs(rendered: Path) -> None:
    entity = yaml.safe_load((rendered / "catalog-info.yaml").read_text(encoding="utf-8"))
    name = yaml.safe_load((rendered / ".copier-answers.yml").read_text(encoding="utf-8"))["service_name"]
    assert (entity["apiVersion"], entity["kind"]) == ("backstage.io/v1alpha1", "Component")
    assert re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", entity["metadata"]["name"])
    assert entity["metadata"]["name"] == name
    assert {"type", "lifecycle", "owner"} <= entity["spec"].keys()
    assert (rendered / "mkdocs.yml").is_file()
    assert (rendered / "docs" / "index.md").is_file()


def test_the_same_answers_give_the_same_bytes(tmp_path: Path) -> None:
    one = start("awkward", tmp_path / "one")
    command = [
        sys.executable,
        "-m",
        "goldenpath",
        "start",
        "backend",
        str(tmp_path / "two"),
        "--defaults",
        "--no-input",
    ]
    environment = {**os.environ, "PYTHONHASHSEED": "7", "LC_ALL": "C", "TZ": "Asia/Kathmandu"}
    answers = ["--answers", str(BACKEND / "answers" / "awkward.yml"), "--forge", "none"]
    subprocess.run([*command, *answers], env=environment, check=True, capture_output=True, umask=0o022)
    names = [str(file.relative_to(one)) for file in files_of(one) if file.name != ".goldenpath.toml"]
    same, different, missing = filecmp.cmpfiles(one, tmp_path / "two", names, shallow=False)
    assert (different, missing) == ([], [])
    assert len(same) == len(names)


@pytest.mark.network
@pytest.mark.slow
def test_the_project_passes_its_own_checks(rendered: Path) -> None:
    path = load_path(BACKEND)
    assert path is not None
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    for argv in path.checks:
        done = subprocess.run(argv, cwd=rendered, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{argv}\n{done.stdout}\n{done.stderr}"


@pytest.mark.network
@pytest.mark.slow
def test_the_pins_are_what_uv_resolves() -> None:
    script = BACKEND.parent.parent / "scripts" / "pin_backend.py"
    subprocess.run([sys.executable, str(script), "--check"], check=True, capture_output=True)


def test_the_path_holds_to_the_rules_for_authors() -> None:
    path = load_path(BACKEND)
    assert path is not None
    assert path.minutes == sum(step.minutes for step in path.steps)
    for step in path.steps:
        solution = BACKEND / "solutions" / step.id
        assert solution.is_dir() != step.is_reading, step.id
        assert step.is_reading or len(step.hints) >= 2
        assert "```sh" in step.body
        assert all(check.fail for check in step.checks)
    assert sum(step.is_reading for step in path.steps) == 2
    assert {folder.name for folder in (BACKEND / "solutions").iterdir()} <= {step.id for step in path.steps}


def test_the_store_gives_the_template_the_same_commit_everywhere(tmp_path: Path) -> None:
    from goldenpath.adapters.store import keep_folder

    one = keep_folder(tmp_path / "one", "backend", BACKEND, "1.0.0")
    two = keep_folder(read_settings().store, "backend", BACKEND, "1.0.0")
    assert one.commit == two.commit
