"""The page about CI tells the truth: its commands, run as a runner does, tell a sound template from a broken one."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.e2e.conftest import Newcomer

pytestmark = [pytest.mark.network, pytest.mark.slow]

ROOT = Path(__file__).parent.parent.parent
SOUND = ROOT / "tests" / "samples" / "sound"
PAGE = (ROOT / "docs" / "how-to" / "test-templates-in-ci.md").read_text(encoding="utf-8")
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)]
JOBS, SHARDED = (block["jobs"] for block in BLOCKS if "jobs" in block)
GITLAB = next(block["proof"] for block in BLOCKS if "proof" in block)
ONE_LINE = next(re.finditer(r"^pip install goldenpath && .+$", PAGE, re.MULTILINE))[0]
OF_THE_RUNNER = "sudo "
"""What changes the machine itself is for a runner that is thrown away."""
PUSH, PULL_REQUEST = "push", "pull_request"
HOLDS = {
    None: {PUSH, PULL_REQUEST},
    "github.event_name == 'pull_request'": {PULL_REQUEST},
    "github.event_name != 'pull_request'": {PUSH},
}
"""For which events a step's `if` lets it run."""


@dataclass(frozen=True)
class Seen:
    """How a job ended: its exit code, and everything that it printed."""

    code: int
    out: str

    @property
    def annotations(self) -> list[str]:
        return [line for line in self.out.splitlines() if line.startswith(("::error ", "::warning "))]

    @property
    def results(self) -> list[str]:
        """The cases that came out well, each with its level."""
        return re.findall(r"^  ✓ (\w+ +[\w-]+)  ", self.out, re.MULTILINE)


@dataclass(frozen=True)
class Checkout:
    """A repository with one template, as a runner has it: with its history, and `origin`."""

    newcomer: Newcomer
    root: Path

    @property
    def template(self) -> Path:
        return self.root / "templates" / "greeter"

    def git(self, *command: str) -> str:
        who = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.org")
        return self.newcomer.run("git", *who, *command, folder=self.root).strip()

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.template / file).read_text(encoding="utf-8")
        assert old in text
        (self.template / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    def run(self, commands: list[str], **environment: str) -> Seen:
        """Run commands as a job does: each in a shell of its own, up to the first that fails."""
        said = ""
        for command in commands:
            done = subprocess.run(
                ["bash", "-e", "-c", command],
                cwd=self.root,
                env={**self.newcomer.environment, "CI": "true", **environment},
                capture_output=True,
                text=True,
                check=False,
            )
            said += done.stdout + done.stderr
            if done.returncode:
                return Seen(done.returncode, said)
        return Seen(0, said)

    def job(self, job: Mapping[str, Any], event: str, **matrix: object) -> Seen:
        """Run a job of a GitHub workflow."""
        environment = {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.root), "GITHUB_EVENT_NAME": event}
        base = {"GITHUB_BASE_REF": "main" if event == PULL_REQUEST else ""}
        return self.run(list(commands_of(job, event, matrix)), **environment, **base)


def commands_of(job: Mapping[str, Any], event: str, matrix: Mapping[str, object]) -> Iterator[str]:
    for step in job["steps"]:
        if "run" in step and event in HOLDS[step.get("if")] and not step["run"].startswith(OF_THE_RUNNER):
            command = re.sub(r"\$\{\{ matrix\.(\w+) \}\}", lambda found: str(matrix[found[1]]), step["run"])
            assert "${{" not in command
            yield command


@pytest.fixture
def checkout(newcomer: Newcomer) -> Checkout:
    """A clone of somebody's repository, with the template in which nothing is wrong."""
    origin, root = newcomer.folder / "origin", newcomer.folder / "checkout"
    shutil.copytree(SOUND, origin / "templates" / "greeter")
    first = Checkout(newcomer, origin)
    first.git("init", "--quiet", "--initial-branch", "main")
    first.git("add", ".")
    first.git("commit", "--quiet", "-m", "Greeter")
    newcomer.run("git", "clone", "--quiet", str(origin), str(root))
    cloned = Checkout(newcomer, root)
    cloned.git("checkout", "--quiet", "-b", "change")
    return cloned


def raise_version(checkout: Checkout) -> None:
    checkout.replace("path.md", "version: 1.0.0", "version: 1.1.0")


def test_a_sound_template_is_green_after_a_push(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "main")
    assert checkout.job(JOBS["lint"], PUSH).code == 0
    seen = checkout.job(JOBS["proof"], PUSH)
    assert (seen.code, seen.annotations) == (0, []), seen.out
    assert "20 of 20 pairs" in seen.out
    assert "1 mutant" in seen.out
    assert 'failures="0" errors="0"' in (checkout.root / "proof.xml").read_text(encoding="utf-8")


def test_a_pull_request_that_breaks_a_step_is_told_where(checkout: Checkout) -> None:
    checkout.replace("solutions/say-hello/files/hello.txt.jinja", "hello", "goodbye")
    raise_version(checkout)
    checkout.git("commit", "--quiet", "--all", "-m", "Be polite")
    assert checkout.job(JOBS["lint"], PULL_REQUEST).code == 0
    seen = checkout.job(JOBS["proof"], PULL_REQUEST)
    assert seen.code == 1, seen.out
    wrong = line_of(checkout.template / "path.md", "- file: hello.txt")
    where = f"::error file=templates/greeter/path.md,line={wrong},title=./templates/greeter%3A check-fails::"
    assert {line.partition("title")[0] for line in seen.annotations} == {where.partition("title")[0]}
    assert all(line.startswith(where) for line in seen.annotations)
    assert all("goldenpath template solve say-hello" in line for line in seen.annotations)
    assert 'type="check-fails"' in (checkout.root / "proof.xml").read_text(encoding="utf-8")


def line_of(file: Path, text: str) -> int:
    return file.read_text(encoding="utf-8").splitlines().index(text) + 1


def test_a_changed_template_without_a_new_version_fails_lint(checkout: Checkout) -> None:
    (checkout.template / "NOTICE").write_text("More of it.\n")
    seen = checkout.job(JOBS["lint"], PULL_REQUEST)
    assert seen.code == 1
    version = line_of(checkout.template / "path.md", "version: 1.0.0")
    assert f"::error file=templates/greeter/path.md,line={version}," in seen.annotations[0]


def test_a_pull_request_that_touches_no_template_tries_none(checkout: Checkout) -> None:
    (checkout.root / "notes.txt").write_text("Something else.\n")
    seen = checkout.job(JOBS["proof"], PULL_REQUEST)
    assert seen.code == 0
    assert "unchanged, not tried: ./templates/greeter" in seen.out
    assert seen.results == []


def test_the_parts_together_do_what_the_one_line_does(checkout: Checkout) -> None:
    whole = checkout.run([ONE_LINE])
    assert whole.code == 0
    job = SHARDED["proof"]
    parts = [checkout.job(job, PUSH, part=part) for part in job["strategy"]["matrix"]["part"]]
    assert [part.code for part in parts] == [0] * len(parts)
    done = [result for part in parts for result in part.results]
    assert sorted(done) == sorted(whole.results)
    assert len(done) == len(set(done)) > 9


def test_gitlab_is_told_by_the_exit_code_the_log_and_junit_of_a_part_that_nobody_notices(checkout: Checkout) -> None:
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": checkout.git("rev-parse", "main")}
    (checkout.template / "solutions" / "say-hello" / "files" / "notes.txt").write_text("why I greet\n")
    checkout.replace("solutions/share-it/run.sh", "hello.txt", ".")
    raise_version(checkout)
    seen = checkout.run(GITLAB["script"], **base)
    assert (seen.code, seen.annotations) == (1, []), seen.out
    found = re.findall(r"^  (\S+)  fault (\S+)$", seen.out, re.MULTILINE)
    assert found == [("templates/greeter/solutions/say-hello/files/notes.txt:1", "unnoticed")]
    assert 'type="unnoticed"' in (checkout.root / GITLAB["artifacts"]["reports"]["junit"]).read_text(encoding="utf-8")


def test_what_changes_the_machine_is_one_line_that_passes_where_there_is_no_such_setting() -> None:
    jobs = [*JOBS.values(), *SHARDED.values()]
    found = {step["run"] for job in jobs for step in job["steps"] if step.get("run", "").startswith(OF_THE_RUNNER)}
    (line,) = found
    assert "--ignore" in line
    setting = re.search(r"[\w.]+userns", line)
    assert setting is not None
    if shutil.which("sysctl") and not os.path.lexists(f"/proc/sys/{setting[0].replace('.', '/')}"):
        command = line.removeprefix(OF_THE_RUNNER).split()
        assert subprocess.run(command, check=False, capture_output=True).returncode == 0
