"""What is left half done, by whoever: the release that is remembered answers, now or after the next `up`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.production.keeping import EDGE_SOCKET, SUPERVISOR_SOCKET, socket_path
from goldenpath.adapters.production.supervisor import call
from tests.production.ground import Ground, get, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
STATIC = 'name = "site"\nkind = "static"\nfolder = "pages"\n'
JOB = 'name = "count"\nkind = "job"\ncommand = ["serve"]\nevery_seconds = 1\n'
BAD_RULES = "groups: [{name: a, rules: [{alert: A, expr: 'rate(x'}]}]\n"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with standing(tmp_path_factory.mktemp("half") / "home") as ground:
        yield ground


@pytest.fixture(scope="module")
def song(ground: Ground) -> Path:
    root = ground.project()
    ground.deploy(root)
    return root


def service(ground: Ground, name: str) -> dict[str, str]:
    found: dict[str, str] = next(each for each in ground.status()["services"] if each["name"] == name)
    return found


def test_a_static_release_that_is_not_taken_leaves_the_site_as_it_was(ground: Ground) -> None:
    root = ground.project("site", STATIC)
    (root / "pages").mkdir()
    (root / "pages" / "index.html").write_text("<p>one")
    first = ground.commit(root)
    ground.deploy(root)
    address = ground.address("site")
    (root / "pages" / "index.html").write_text("<p>two")
    ground.commit(root)
    call(ground.folder, "supervisor.stopProcess", "edge")
    ground.deploy(root, code=4)
    assert service(ground, "site")["commit"] == first
    ground.run("prod", "up")
    assert get(address) == (200, "<p>one")
    assert json.loads(get(address, "/version")[1]) == {"commit": first}
    ground.run("prod", "remove", "site", "--yes")


@pytest.mark.parametrize("moment_s", [0.02, 0.1, 0.25])
def test_a_job_that_was_interrupted_runs_as_the_release_that_is_remembered(ground: Ground, moment_s: float) -> None:
    """The first run of a job, whose parent is the command that deploys it, has that interrupted a moment later."""
    root = ground.project(f"count-{int(moment_s * 100)}", JOB.replace("count", f"count-{int(moment_s * 100)}"))
    (root / "serve").write_text('#!/bin/sh\necho first >>runs\ncp runs "$METRICS_FILE"\n')
    first = ground.commit(root)
    ground.deploy(root)
    interrupting = f'[ -e once ] || setsid sh -c "sleep {moment_s}; kill -INT $PPID" &\ntouch once\n'
    (root / "serve").write_text(f'#!/bin/sh\n{interrupting}echo second >>runs\ncp runs "$METRICS_FILE"\n')
    ground.commit(root)
    ground.begin("prod", "deploy", "--trust", folder=root).communicate(timeout=60)
    word = "first" if service(ground, root.name)["commit"] == first else "second"
    metrics = ground.folder / "page" / "jobs" / f"{root.name}.prom"
    before, end = metrics.read_text().count(word), time.monotonic() + 15
    while metrics.read_text().count(word) < before + 2 and time.monotonic() < end:
        time.sleep(0.1)
    assert metrics.read_text().count(word) >= before + 2
    ground.run("prod", "remove", root.name, "--yes")


def test_a_second_ctrl_c_does_not_leave_a_live_release_without_its_files(ground: Ground, song: Path) -> None:
    ground.fault(song, "", "twice")
    process = ground.begin("prod", "deploy", "--trust", folder=song)
    time.sleep(3.0)
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    live = service(ground, "song")["release"]
    assert (ground.folder / "services" / "song" / live / "source" / "serve").is_file()
    ground.run("prod", "down")
    ground.run("prod", "up")
    assert get(ground.address())[0] == 200


def test_rules_that_nobody_could_check_do_not_keep_production_down(ground: Ground, song: Path) -> None:
    (ground.folder / "rules" / "song.yml").write_text(BAD_RULES)  # as a deploy without promtool left them
    root, was = ground.folder / "services" / "song", service(ground, "song")["release"]
    (root / was / "source" / "watch").mkdir(exist_ok=True)
    (root / was / "source" / "watch" / "alerts.yml").write_text(BAD_RULES)
    state = json.loads((ground.folder / "production.json").read_text())
    state["services"]["song"]["releases"][0]["file"]["monitoring"] = "watch"
    ground.run("prod", "down")
    (ground.folder / "production.json").write_text(json.dumps(state))
    raised = ground.run("prod", "up", "--json").data
    assert raised["refused_rules"] == ["song"]
    assert ground.states()["prometheus"] == "running"
    ground.fault(song, "", "mended")
    ground.deploy(song)
    assert get(ground.address())[1] == "mended"


def test_a_slot_whose_port_was_taken_is_started_at_another_one(ground: Ground, song: Path) -> None:
    state = json.loads((ground.folder / "production.json").read_text())["services"]["song"]
    message = get(ground.address())[1]
    ground.run("prod", "down")
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", state["ports"][state["slot"]]))
        thief.listen()
        raised = ground.run("prod", "up", "--json").data
    assert raised["unready"] == []
    assert get(ground.address()) == (200, message)


def test_a_rollback_finds_another_port_too(ground: Ground, song: Path) -> None:
    ground.fault(song, "", "newer")
    ground.deploy(song)
    state = json.loads((ground.folder / "production.json").read_text())["services"]["song"]
    slot = "blue" if state["slot"] == "green" else "green"
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", state["ports"][slot]))
        thief.listen()
        ground.deploy(song, "--rollback")
    assert get(ground.address())[1] != "newer"


def test_while_it_goes_down_status_says_so_and_up_brings_it_back(ground: Ground, song: Path) -> None:
    ground.fault(song, "leave = lambda *_: time.sleep(1.5) or os._exit(0)", "slow to leave")
    ground.deploy(song)
    going = ground.begin("prod", "down")
    time.sleep(0.7)
    states = ground.states()
    assert "edge" in states
    assert ground.run("prod", "up").code == 0
    going.communicate(timeout=60)
    assert going.returncode == 0
    assert set(ground.states().values()) == {"running"}


def test_what_nobody_remembers_is_not_there_after_the_next_up(ground: Ground, song: Path) -> None:
    for place in ("services/ghost/data", "services/song/20200101T000000-dead"):
        (ground.folder / place).mkdir(parents=True)
    for file in ("rules/ghost.yml", "targets/ghost.json", "page/jobs/ghost.prom"):
        (ground.folder / file).write_text("[]")
    ground.run("prod", "up")
    assert not [path for path in ground.folder.rglob("*") if "ghost" in path.name or path.name.endswith("-dead")]
    assert get(ground.address())[0] == 200


def test_a_commit_with_a_link_that_leads_out_of_it_is_refused(ground: Ground, song: Path) -> None:
    (song / "outside").symlink_to("/etc/passwd")
    ground.commit(song)
    refused = ground.deploy(song, code=1)
    assert "what can't be released" in refused.err
    (song / "outside").unlink()
    ground.commit(song)


def test_nobody_else_takes_orders_from_or_gives_them_to_its_programs(ground: Ground, song: Path) -> None:
    """Two files that only their owner may open, and no interface that a web page or another user could reach."""
    for name in (EDGE_SOCKET, SUPERVISOR_SOCKET):
        assert socket_path(ground.folder, name).stat().st_mode & 0o077 == 0
    (port,) = (each["address"] for each in ground.status()["parts"] if each["name"] == "prometheus")
    for order in ("quit", "reload"):
        command = ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", f"http://{port}/-/{order}"]
        assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "403"
    assert ground.states()["prometheus"] == "running"


def test_down_without_a_folder_ends_what_is_left(tmp_path: Path) -> None:
    import shutil

    with standing(tmp_path / "home") as ground:
        shutil.rmtree(ground.folder)
        assert ground.pids()
        ground.run("prod", "down")
        assert ground.pids() == []


def test_reset_of_a_folder_elsewhere_forgets_what_is_there(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "home" / "goldenpath" / "data").mkdir(parents=True)
    elsewhere.mkdir()
    (tmp_path / "home" / "goldenpath" / "data" / "production").symlink_to(elsewhere)
    with standing(tmp_path / "home") as ground:
        assert _all_marked(elsewhere)
        ground.run("prod", "reset", "--yes")
        assert not _all_marked(elsewhere)
        assert not elsewhere.exists()


def _all_marked(folder: Path) -> list[int]:
    from goldenpath.adapters.processes import marked
    from goldenpath.core.deploy_file import MARK

    return [pid for pid in marked(MARK, str(folder.resolve())) if os.path.exists(f"/proc/{pid}")]  # noqa: PTH110
