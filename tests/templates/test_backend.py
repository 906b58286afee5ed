"""The backend template, beside what `goldenpath template test` proves of it in `.ci/run`."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from goldenpath.adapters.settings import read_settings
from goldenpath.cli.boundary import main
from goldenpath.core.deploy_file import SERVICE, read_deploy_file
from goldenpath.flows.load_path import load_path
from tests.conftest import BACKEND

if TYPE_CHECKING:
    from pathlib import Path

SETS = ["defaults", *sorted(file.stem for file in (BACKEND / "answers").glob("*.yml"))]


def start(name: str, root: Path) -> Path:
    """A project with the answers of one set."""
    answers = [] if name == "defaults" else ["--answers", str(BACKEND / "answers" / f"{name}.yml")]
    assert main(["start", "backend", str(root), "--defaults", "--no-input", "--forge", "none", *answers]) == 0
    return root


@pytest.fixture(params=SETS)
def rendered(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return start(request.param, tmp_path / "project")


def test_the_catalogue_entry_names_the_service_and_its_docs(rendered: Path) -> None:
    entity = yaml.safe_load((rendered / "catalog-info.yaml").read_text(encoding="utf-8"))
    name = yaml.safe_load((rendered / ".copier-answers.yml").read_text(encoding="utf-8"))["service_name"]
    assert (entity["apiVersion"], entity["kind"]) == ("backstage.io/v1alpha1", "Component")
    assert re.fullmatch(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", entity["metadata"]["name"])
    assert entity["metadata"]["name"] == name
    assert {"type", "lifecycle", "owner"} <= entity["spec"].keys()
    assert (rendered / "mkdocs.yml").is_file()
    assert (rendered / "docs" / "index.md").is_file()


def test_production_knows_how_to_run_it(rendered: Path) -> None:
    file = read_deploy_file((rendered / "deploy.toml").read_text(encoding="utf-8"))
    name = yaml.safe_load((rendered / ".copier-answers.yml").read_text(encoding="utf-8"))["service_name"]
    assert (file.kind, file.name) == (SERVICE, name)
    assert (rendered / file.monitoring / "alerts.yml").is_file()


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
    from goldenpath.adapters.store.keeping import keep_folder

    one = keep_folder(tmp_path / "one", "backend", BACKEND, "1.0.0")
    two = keep_folder(read_settings().store, "backend", BACKEND, "1.0.0")
    assert one.commit == two.commit
