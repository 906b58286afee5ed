"""From the built wheel to a service that is live, by an instructor's script and by a person at a terminal."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Newcomer

pytestmark = [pytest.mark.network, pytest.mark.slow, pytest.mark.usefixtures("stopping")]

ANSWERS = Path(__file__).parent.parent.parent / "templates" / "backend" / "answers"
AUTHOR = ("--author", "Ada Example <ada@example.org>")
SOLUTIONS = ANSWERS.with_name("solutions")
VERIFIED = ("environment-ready", "first-change", "first-commit", "first-deploy")


def data(newcomer: Newcomer, *command: str, folder: Path | None = None) -> dict[str, object]:
    body: dict[str, dict[str, object]] = json.loads(newcomer.run("goldenpath", *command, "--json", folder=folder))
    return body["data"]


@pytest.fixture
def production(newcomer: Newcomer) -> Iterator[None]:
    """Afterwards, nothing of the newcomer's production runs."""
    yield
    newcomer.run("goldenpath", "prod", "reset", "--yes")


@pytest.mark.usefixtures("production")
def test_a_script_goes_from_start_to_a_service_that_is_live(newcomer: Newcomer, free_port: int) -> None:
    answers = ("--answers", str(ANSWERS / "database.yml"), "-d", f"port={free_port}")
    started = data(newcomer, "start", "backend", "--no-input", *AUTHOR, *answers)
    root = Path(str(started["root"]))
    steps = [str(line["id"]) for line in data(newcomer, "status", folder=root)["steps"]]  # type: ignore[attr-defined]
    for step in steps[: steps.index("deploy-it") + 1]:
        if (SOLUTIONS / step).is_dir():
            newcomer.run("goldenpath", "check", "--no-input", folder=root, code=1)
            newcomer.run("goldenpath", "solution", "--apply", "--yes", "--no-input", folder=root)
        newcomer.run("goldenpath", "check", "--no-input", "--answer", "/greetings/{name}", folder=root)
    newcomer.run("goldenpath", "check", "--all", "--no-input", folder=root)
    milestones = json.loads(newcomer.run("goldenpath", "milestones", "--json"))["data"]
    reached = {line["milestone"]: line["learned"] for line in milestones if line["at"]}
    assert reached["first-pr-merged"] == "forge"
    assert {reached[name] for name in VERIFIED} == {"verified"}
    newcomer.run("goldenpath", "ledger", "verify")
    assert not [file.name for file in newcomer.home.iterdir() if not file.name.startswith(".")]


def test_a_person_answers_and_reads_the_first_step(newcomer: Newcomer) -> None:
    process = pexpect.spawn(
        "goldenpath",
        ["start", "backend"],
        cwd=str(newcomer.folder),
        env=newcomer.environment,
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 100),
    )
    for question, answer in (
        ("name > ", "Ada Example"),
        ("e-mail > ", "ada@example.org"),
        ("What is the service called?", "Song API"),
        ("lower-case letters", "song-api"),
        ("Python package", ""),
        ("What is it for?", ""),
        ("Which squad owns it?", ""),
        ("database?", "no"),
        ("Which port", ""),
        ("package: ", ""),
    ):
        process.expect_exact(question)
        if not question.endswith("> "):
            process.expect("> ")
        process.sendline(answer)
    process.expect("Set up your environment")
    process.expect("goldenpath check")
    process.expect(pexpect.EOF)
    process.close()
    assert process.exitstatus == 0
    assert "song_api" in newcomer.run("ls", "src", folder=newcomer.folder / "song-api")


def test_the_wheel_carries_the_templates_and_no_loose_template_files(installed: Path) -> None:
    package = next(installed.parent.glob("lib/python*/site-packages/goldenpath"))
    carried = sorted(str(file.relative_to(package / "bundled")) for file in (package / "bundled").rglob("*.*"))
    names = ("copier.yml", "path.md", "versions.bundle")
    assert carried == [f"{template}/{name}" for template in ("backend", "golden-path") for name in names]


def test_the_first_output_of_go_names_what_it_does(newcomer: Newcomer, tmp_path: Path) -> None:
    source = Path(__file__).parent.parent.parent
    newcomer.run("git", "clone", "-q", str(source), str(tmp_path / "clone"))
    shown = newcomer.run(sys.executable, "go.py", "start", "backend", "--help", folder=tmp_path / "clone")
    assert shown.startswith("Usage: goldenpath start")
    assert (tmp_path / "clone" / ".venv" / "bin" / "uv").is_file()
