"""The backend path's checks: ways to fool them fail, and other correct ways than the solution's pass."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.settings import scripts_folder
from goldenpath.checks import KINDS, World, examine
from goldenpath.core.model import Finding, PullRequest, PullRequestState
from goldenpath.core.outcomes import Outcome
from goldenpath.flows.load_path import load_path, told
from tests.conftest import BACKEND, UV_CACHE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from goldenpath.core.model import Check, Json

pytestmark = [pytest.mark.network, pytest.mark.slow]

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MERGED = PullRequest(1, "Answer", "add-playlists", "main", "a" * 40, "eng", NOW, PullRequestState.MERGED)
TWO_TESTS = ("tests/conftest.py", "tests/test_api.py")

DICTIONARY = """

from fastapi import HTTPException

PLAYLISTS = {"focus": {"id": "focus", "title": "Deep focus"}}


@router.get("/playlists/{playlist_id}")
def read_playlist(playlist_id: str) -> dict[str, str]:
    if playlist_id not in PLAYLISTS:
        raise HTTPException(404, "No such playlist.")
    return PLAYLISTS[playlist_id]
"""
MODEL = """

from fastapi import HTTPException


class Playlist(BaseModel):
    id: str
    title: str


@router.get("/playlists/{name:path}")
async def read_playlist(name: str) -> Playlist:
    if name != "focus":
        raise HTTPException(404)
    return Playlist(id=name, title="Deep focus")
"""
MODULE = """
from dataclasses import dataclass

from fastapi import APIRouter, Depends, HTTPException

router = APIRouter(prefix="/playlists")


@dataclass
class Playlist:
    id: str
    title: str


class Store:
    def find(self, name: str) -> Playlist:
        if name == "focus":
            return Playlist("focus", "Deep focus")
        raise HTTPException(404, "No such playlist.")


@router.get("/{playlist_id}")
def read_playlist(playlist_id: str, store: Store = Depends(Store)) -> Playlist:
    return store.find(playlist_id)
"""
INCLUDED = "\n\nfrom . import playlists\n\nrouter.include_router(playlists.router)\n"
HARD_CODED = """

@router.get("/playlists/focus")
def read_playlist() -> dict[str, str]:
    return {"id": "focus", "title": "Deep focus"}
"""
NO_SUCH = DICTIONARY.replace("if playlist_id not in PLAYLISTS:", 'if playlist_id.startswith("no-such"):').replace(
    "PLAYLISTS[playlist_id]", 'PLAYLISTS["focus"] | {"id": playlist_id}'
)
NO_SHAPE = (
    DICTIONARY.replace("-> dict[str, str]:", ":")
    .replace('raise HTTPException(404, "No such playlist.")', "return Response(status_code=404)")
    .replace("import HTTPException", "import Response")
)
NO_TITLE = DICTIONARY.replace(', "title": "Deep focus"', "")

ASKS = """
def test_focus(client):
    assert client.get("/playlists/focus").json()["id"] == "focus"
"""
ASKS_ASYNC = """
import httpx2
import pytest


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["focus"])
async def test_focus(app, name):
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://service") as client:
        assert (await client.get(f"/playlists/{name}")).status_code == 200
"""
ASKS_IN_A_CLASS = """
import pytest
from fastapi.testclient import TestClient


@pytest.fixture(scope="module")
def answer():
    from playlist_api.app import create_app

    return TestClient(create_app()).get("/playlists/focus")


class TestPlaylists:
    def test_focus(self, answer):
        assert answer.status_code == 200
"""
ASKS_FOR_NOTHING = """
def test_unknown(client):
    assert client.get("/playlists/unheard-of").status_code == 404


def test_nothing(client):
    client.get("/playlists/focus")
    assert True
"""
FLAKY = """
import random

luck = random.Random(5)


def test_flaky(client):
    client.get("/playlists/focus")
    assert luck.random() < 0.9
"""
ALTERNATING = """
turn = 0


def test_alternating(client):
    global turn
    turn += 1
    client.get("/playlists/focus")
    assert turn % 2
"""
ONCE = ALTERNATING.replace("turn % 2", "turn == 1")
ELSEWHERE = """
turn = 0


def test_elsewhere(client):
    global turn
    turn += 1
    assert turn == 1
    assert client.get("/greetings/Ada").status_code == 200
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Project:
    """A project that was set up once, and is put back after each case."""

    root: Path
    cache: Path
    port: int
    pulls: Sequence[PullRequest] = field(default=())

    def run(self, *argv: str, code: int = 0) -> str:
        done = subprocess.run(argv, cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == code, f"{argv}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def write(self, name: str, text: str) -> None:
        (self.root / name).write_text(text, encoding="utf-8")

    def add(self, code: str, test: str, name: str = "tests/test_playlists.py") -> None:
        api = self.root / "src/playlist_api/api.py"
        api.write_text(api.read_text(encoding="utf-8") + code, encoding="utf-8")
        if test:
            self.write(name, test)

    def commit(self, *names: str) -> None:
        self.run("git", "add", *names)
        self.run("git", "commit", "-qm", "Answer")

    def checks(self, step: str) -> Sequence[Check]:
        """The checks of a step, as they are told in this project."""
        path = load_path(BACKEND)
        assert path is not None
        answers: dict[str, Json] = {
            "service_name": "playlist-api",
            "package": "playlist_api",
            "port": self.port,
            "database": False,
        }
        return told(next(each for each in path.steps if each.id == step), answers).checks

    def look(self, step: str, label: str) -> Finding:
        """What the one check of a step finds whose line begins so."""
        (check,) = [each for each in self.checks(step) if each.expected.startswith(label)]
        nobody = self.root.parent / "production"
        world = World(self.root, self.cache, lambda: self.pulls, lambda: (), lambda _question, _choices: None, nobody)
        return examine(replace(check, retries=0), world, KINDS)

    def passes(self, step: str, label: str) -> bool:
        finding = self.look(step, label)
        assert finding.outcome is not Outcome.UNKNOWN, finding
        return finding.outcome is Outcome.PASSED

    def is_endpoint_fine(self) -> bool:
        return self.passes("add-endpoint", "GET /playlists/focus answers")

    def is_noticed(self) -> bool:
        return self.passes("add-endpoint", "when the endpoint is taken away")


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One project, with an environment and only the quickest of its tests."""
    folder = tmp_path_factory.mktemp("checks")
    (folder / ".gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n", encoding="utf-8")
    project = Project(folder / "playlist-api", folder / "cache", free_port())
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "GOLDENPATH", "VIRTUAL"))}
    environment = kept | {"HOME": str(folder), "GOLDENPATH_HOME": str(folder / "state"), "UV_CACHE_DIR": UV_CACHE}
    uv = str(scripts_folder() / "uv")
    start = [sys.executable, "-m", "goldenpath", "start", "backend", str(project.root), "--defaults", "--no-input"]
    for argv in (
        [*start, "-d", f"port={project.port}"],
        [uv, "sync", "--quiet", "--directory", str(project.root)],
    ):
        subprocess.run(argv, env=environment, check=True, capture_output=True)
    for file in project.root.glob("tests/*.py"):
        if str(file.relative_to(project.root)) not in TWO_TESTS:
            file.unlink()
    for argv in (["git", "commit", "-qam", "Keep the quick tests"], ["git", "push", "-q", "origin", "main"]):
        subprocess.run(argv, cwd=project.root, env=environment, check=True, capture_output=True)
    shutil.copy(project.root / "uv.lock", folder / "uv.lock")
    return project


@pytest.fixture
def project(set_up: Project, home: Path) -> Iterator[Project]:
    assert home.is_dir()  # its PATH ends with the folder that has uv
    yield set_up
    set_up.pulls = ()
    for argv in (("switch", "-qfC", "main", "origin/main"), ("reset", "-q", "--hard"), ("clean", "-fdq")):
        set_up.run("git", *argv)
    if set_up.run("git", "branch", "--list", "add-playlists"):
        set_up.run("git", "branch", "-qD", "add-playlists")
    if set_up.run("git", "ls-remote", "--heads", "origin", "add-playlists"):
        set_up.run("git", "push", "-q", "origin", "--delete", "add-playlists")
    shutil.copy(set_up.cache.parent / "uv.lock", set_up.root / "uv.lock")


def test_a_fresh_project_has_nothing_of_the_endpoint(project: Project) -> None:
    assert not project.is_endpoint_fine()
    assert not project.is_noticed()


@pytest.mark.parametrize(
    ("code", "test", "name"),
    [
        pytest.param(DICTIONARY, ASKS, "tests/test_playlists.py", id="dictionary"),
        pytest.param(MODEL, ASKS_ASYNC, "tests/test_more.py", id="async"),
        pytest.param(DICTIONARY, ASKS_IN_A_CLASS, "tests/test_classes.py", id="class"),
    ],
)
def test_another_correct_way_passes(project: Project, code: str, test: str, name: str) -> None:
    project.add(code, test, name)
    assert project.is_endpoint_fine()
    assert project.is_noticed()


def test_a_router_in_a_module_of_its_own_passes(project: Project) -> None:
    project.write("src/playlist_api/playlists.py", MODULE)
    project.add(INCLUDED, ASKS)
    project.commit("src", "tests", "uv.lock")
    assert project.is_endpoint_fine()
    assert project.is_noticed()
    assert project.passes("commit-on-a-branch", "the endpoint, its test")


@pytest.mark.parametrize("code", [HARD_CODED, NO_SUCH, NO_SHAPE, NO_TITLE], ids=["fixed", "no-such", "shape", "title"])
def test_an_endpoint_that_is_not_one_fails(project: Project, code: str) -> None:
    project.add(code, "")
    finding = project.look("add-endpoint", "GET /playlists/focus answers")
    assert finding.outcome is Outcome.FAILED
    last = finding.found.splitlines()[-1]
    assert "should" in last or "expected" in last, finding.found
    assert "Traceback" not in finding.found


@pytest.mark.parametrize(
    "test",
    ["", ASKS_FOR_NOTHING, FLAKY, ALTERNATING, ONCE, ELSEWHERE],
    ids=["none", "nothing", "flaky", "alternating", "once", "elsewhere"],
)
def test_a_test_that_does_not_guard_the_endpoint_fails(project: Project, test: str) -> None:
    project.add(DICTIONARY, test)
    assert not project.is_noticed()


@pytest.mark.parametrize("test", [ASKS, ALTERNATING, ASKS_FOR_NOTHING], ids=["red", "alternating", "green"])
def test_a_test_without_an_endpoint_fails(project: Project, test: str) -> None:
    project.add("", test)
    finding = project.look("add-endpoint", "when the endpoint is taken away")
    assert finding.outcome is Outcome.FAILED
    assert len(finding.found.splitlines()[-1]) < 120


def test_a_lock_file_must_be_one(project: Project) -> None:
    assert project.passes("set-up-environment", "uv.lock")
    project.write("uv.lock", "")
    assert not project.passes("set-up-environment", "uv.lock")


def test_only_a_lock_file_is_no_change(project: Project) -> None:
    project.add(DICTIONARY, ASKS)
    project.run("git", "switch", "-qc", "add-playlists")
    project.run("git", "stash", "-q", "--include-untracked", "--", "src", "tests")
    project.commit("uv.lock")
    finding = project.look("commit-on-a-branch", "the endpoint, its test")
    assert finding.found.splitlines()[-1].strip() == "without it: src tests"
    project.run("git", "stash", "pop", "-q")
    project.commit("src", "tests")
    assert project.passes("commit-on-a-branch", "the endpoint, its test")
    project.run("git", "branch", "-f", "main", "HEAD~1")
    assert not project.passes("get-it-merged", "the endpoint, its test")
    project.run("git", "branch", "-f", "main", "HEAD")
    assert project.passes("get-it-merged", "the endpoint, its test")


def test_an_empty_lock_file_is_no_lock_file(project: Project) -> None:
    project.add(DICTIONARY, ASKS)
    project.write("uv.lock", "")
    project.commit("src", "tests", "uv.lock")
    assert not project.passes("commit-on-a-branch", "the endpoint, its test")


def test_a_commit_on_main_is_mended_as_the_check_says(project: Project) -> None:
    start = project.run("git", "rev-parse", "main")
    project.add(DICTIONARY, ASKS)
    project.commit("src", "tests", "uv.lock")
    finding = project.look("commit-on-a-branch", "you are on a branch")
    assert finding.outcome is Outcome.FAILED
    for command in ("git switch -c add-playlists", "git branch -f main origin/main"):
        assert f"`{command}`" in finding.fix
        project.run(*command.split())
    assert project.run("git", "rev-parse", "main") == start
    for label in ("you are on a branch", "the endpoint, its test", "nothing is left", "no commit of yours"):
        assert project.passes("commit-on-a-branch", label), label


def test_nothing_says_amend_while_nothing_is_committed(project: Project) -> None:
    project.run("git", "config", "user.email", "other@example.org")
    try:
        assert project.passes("commit-on-a-branch", "no commit of yours")
        project.add(DICTIONARY, ASKS)
        project.commit("src", "tests", "uv.lock")
        project.run("git", "config", "user.email", "ada@example.org")
        assert not project.passes("commit-on-a-branch", "no commit of yours")
    finally:
        project.run("git", "config", "--unset", "user.email")


def test_after_the_merge_the_steps_before_it_still_hold(project: Project) -> None:
    project.add(DICTIONARY, ASKS)
    project.commit("src", "tests", "uv.lock")
    project.pulls = [MERGED]
    for step, label in (
        ("commit-on-a-branch", "you are on a branch"),
        ("commit-on-a-branch", "the endpoint, its test"),
        ("open-pull-request", "your branch is on origin"),
        ("get-it-merged", "you are back on main"),
    ):
        assert project.passes(step, label), label


def test_main_on_origin_is_no_branch_of_yours(project: Project) -> None:
    assert not project.passes("open-pull-request", "your branch is on origin")
    project.run("git", "switch", "-qc", "add-playlists")
    assert not project.passes("open-pull-request", "your branch is on origin")
    project.run("git", "push", "-q", "origin", "add-playlists")
    assert project.passes("open-pull-request", "your branch is on origin")


@pytest.fixture
def foreign(project: Project) -> Iterator[Callable[[bytes], None]]:
    """Somebody else's service on the project's port."""
    bodies = [b""]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(bodies[-1])

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", project.port), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield bodies.append
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_of_another_folder_is_not_yours(project: Project, foreign: Callable[[bytes], None]) -> None:
    for body in (
        b"hello",
        b"[]",
        json.dumps({"service": "other", "commit": f"development in {project.root}"}).encode(),
        json.dumps({"service": "playlist-api", "commit": "development in /home/ada/playlist-api"}).encode(),
    ):
        foreign(body)
        assert not project.passes("run-service", "your playlist-api answers"), body


def test_the_service_of_this_folder_is_yours(project: Project) -> None:
    assert not project.passes("run-service", "your playlist-api answers")
    command = [str(project.root / ".venv/bin/playlist-api")]
    with subprocess.Popen(command, cwd=project.root.parent, stdout=subprocess.DEVNULL) as service:
        try:
            deadline = time.monotonic() + 30
            while not project.passes("run-service", "it says that it is ready") and time.monotonic() < deadline:
                time.sleep(0.2)
            assert project.passes("run-service", "your playlist-api answers")
        finally:
            service.send_signal(signal.SIGTERM)


def test_without_an_environment_looking_makes_none(project: Project) -> None:
    path = load_path(BACKEND)
    assert path is not None
    aside = (project.root / ".venv").rename(project.cache.parent / "aside")
    try:
        for step in path.steps:
            for check in project.checks(step.id):
                if check.kind != "confirm" and step.id != "run-service":
                    project.look(step.id, check.expected)
        assert not project.passes("run-service", "your playlist-api answers")
        assert not (project.root / ".venv").exists()
    finally:
        aside.rename(project.root / ".venv")


def test_a_moved_project_is_mended_as_the_check_says(project: Project) -> None:
    label = "the environment is what uv.lock says"
    assert project.passes("set-up-environment", label)
    here = project.root
    project.root = here.rename(here.parent / "moved")
    try:
        finding = project.look("set-up-environment", label)
        assert finding.outcome is Outcome.FAILED
        assert "`rm -rf .venv && uv sync`" in finding.fix
        shutil.rmtree(project.root / ".venv")
        project.run(str(scripts_folder() / "uv"), "sync", "--quiet")
        assert project.passes("set-up-environment", label)
    finally:
        project.root.rename(here)
        project.root = here
        shutil.rmtree(here / ".venv")
        project.run(str(scripts_folder() / "uv"), "sync", "--quiet")


COUNTS = "playlists_read_total counts by outcome"
GUARDS = "when the metric is taken away"
COUNTER = """
        self.playlists = Counter("playlists_read", "Asked for.", ["outcome"], registry=self.registry)
        self.of = {name: self.playlists.labels(outcome=name) for name in ("found", "unknown")}
"""
BY_ID = COUNTER.replace('["outcome"]', '["outcome", "id"]').replace("outcome=name)", 'outcome=name, id="")')
LATE = COUNTER[: COUNTER.index("        self.of")]
COUNTING = DICTIONARY.replace("playlist_id: str)", "playlist_id: str, request: Request)").replace(
    "import HTTPException", "import HTTPException, Request"
)
FIRST = "    if playlist_id"
COUNT = 'of["found" if playlist_id in PLAYLISTS else "unknown"].inc()'
IN_PLACE = COUNTING.replace(FIRST, f"    of = request.app.state.metrics.of\n    {COUNT}\n{FIRST}")
WHEN_ASKED = IN_PLACE.replace("metrics.of\n", "metrics.playlists\n").replace('of["found"', 'of.labels("found"')
WHEN_ASKED = WHEN_ASKED.replace('"unknown"].inc()', '"unknown").inc()')
WITH_ID = WHEN_ASKED.replace('"unknown").inc()', '"unknown", playlist_id).inc()')
FOUND_ONLY = COUNTING.replace("    return", '    request.app.state.metrics.of["found"].inc()\n    return')
ASKS_FOR_THE_METRIC = """
def test_counted(client):
    client.get("/playlists/focus")
    assert 'playlists_read_total{outcome="found"} 1.0' in client.get("/metrics").text
"""


def count(project: Project, counter: str, counting: str, test: str = "") -> None:
    metrics = project.root / "src/playlist_api/metrics.py"
    before, build, after = metrics.read_text(encoding="utf-8").partition("        build = Info(")
    metrics.write_text(before + counter.lstrip("\n") + build + after, encoding="utf-8")
    project.add(counting, test)


@pytest.mark.parametrize("counter", [COUNTER, COUNTER.replace("playlists_read", "playlists_read_total")])
def test_a_metric_that_is_made_in_another_way_passes(project: Project, counter: str) -> None:
    assert not project.passes("add-a-metric", COUNTS)
    count(project, counter, IN_PLACE, ASKS_FOR_THE_METRIC)
    assert project.passes("add-a-metric", COUNTS)
    assert project.passes("add-a-metric", GUARDS)


@pytest.mark.parametrize(
    ("counter", "counting", "said"),
    [
        pytest.param(LATE, WHEN_ASKED, "before the first request", id="late"),
        pytest.param(BY_ID, WITH_ID, "", id="by id"),
        pytest.param(COUNTER, FOUND_ONLY, "should be counted", id="found only"),
        pytest.param(COUNTER, COUNTING, "should be counted", id="never"),
    ],
)
def test_a_metric_that_does_not_count_fails(project: Project, counter: str, counting: str, said: str) -> None:
    count(project, counter, counting)
    finding = project.look("add-a-metric", COUNTS)
    assert finding.outcome is Outcome.FAILED
    assert said in finding.found.splitlines()[-1]
    assert "Traceback" not in finding.found


@pytest.mark.parametrize("test", ["", ASKS], ids=["none", "of the endpoint"])
def test_a_metric_that_no_test_reads_fails(project: Project, test: str) -> None:
    count(project, COUNTER, IN_PLACE, test)
    assert project.passes("add-a-metric", COUNTS)
    assert not project.passes("add-a-metric", GUARDS)


def test_a_bad_release_is_on_a_branch_and_not_on_main(project: Project) -> None:
    label = "a branch changes something in src"
    assert not project.passes("turn-a-bad-release-away", label)
    project.run("git", "switch", "-qc", "add-playlists")
    project.write("notes.md", "nothing of the service\n")
    project.commit("notes.md")
    assert not project.passes("turn-a-bad-release-away", label)
    project.add("\n\nraise SystemExit\n", "")
    project.commit("src")
    assert project.passes("turn-a-bad-release-away", label)
    assert not project.passes("turn-a-bad-release-away", "production has tried it")
    project.run("git", "switch", "-q", "main")
    project.run("git", "merge", "-q", "--ff-only", "add-playlists")
    assert not project.passes("turn-a-bad-release-away", label)


def test_an_alert_that_is_only_spoken_of_has_no_test_and_no_page(project: Project) -> None:
    for file, spoken, meant, label in (
        ("docs/runbook.md", "UnknownPlaylists\n", "\n## UnknownPlaylists\n", "the runbook says what to do"),
        ("monitoring/alerts_test.yml", "# UnknownPlaylists\n", '- alertname: "UnknownPlaylists"\n', "the alert has a"),
    ):
        text = (project.root / file).read_text(encoding="utf-8")
        project.write(file, text + spoken)
        assert not project.passes("write-the-alert", label)
        project.write(file, text + meant)
        assert project.passes("write-the-alert", label)


def test_a_branch_that_is_left_behind_is_named_wherever_it_is(project: Project) -> None:
    label = "no branch is left but main"
    assert project.passes("clean-up", label)
    project.run("git", "branch", "add-playlists")
    assert project.look("clean-up", label).found.endswith("still there: add-playlists")
    project.run("git", "push", "-q", "origin", "add-playlists:elsewhere")
    try:
        project.run("git", "branch", "-qD", "add-playlists")
        assert project.look("clean-up", label).found.endswith("still there: elsewhere")
    finally:
        project.run("git", "push", "-q", "origin", "--delete", "elsewhere")
    assert project.passes("clean-up", label)
