"""Releases: a bad one never gets traffic, and the one before never stops; a good one loses no request."""

from __future__ import annotations

import os
import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest

from tests.production.ground import Asker, Ground, get, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
UNREADY = "ready = False"
STRANGER = 'COMMIT = "0" * 40'
BAD = {
    "ends-at-once": ("sys.exit('no such table')", "no such table"),
    "ends-after-two-seconds": ("threading.Timer(2.0, lambda: os._exit(3)).start()", "it ended by itself"),
    "never-gets-ready": (UNREADY, "/healthz did not answer 200 within 3 s"),
    "is-ready-for-a-moment": (
        "def spoil():\n    global ready\n    ready = False\nthreading.Timer(1.2, spoil).start()",
        "is not any more",
    ),
    "is-another-commit": (STRANGER, "does not answer with its commit"),
    "fails-its-smoke-check": (
        'Answer.do_GET = lambda self, was=Answer.do_GET: self.path == "/" and self.send_error(500) or was(self)',
        "smoke check / fails",
    ),
    "listens-to-the-network": ('HOST = "0.0.0.0"', "where all the network sees it"),
    "has-another-port": ("PORT = 0", "/healthz did not answer 200"),
    "is-no-program": ("import nothing_of_that_name", "nothing_of_that_name"),
}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with standing(tmp_path_factory.mktemp("releases") / "home") as ground:
        yield ground


@pytest.fixture(scope="module")
def song(ground: Ground) -> Path:
    """A project whose first release is live."""
    root = ground.project()
    ground.deploy(root)
    return root


@pytest.mark.parametrize("name", BAD)
def test_a_bad_release_gets_no_traffic_and_the_one_before_never_stops(ground: Ground, song: Path, name: str) -> None:
    before = ground.status()["services"]
    lines, reason = BAD[name]
    ground.fault(song, lines)
    with Asker(ground.address()) as asker:
        refused = ground.deploy(song, code=1)
    assert reason in refused.err
    assert asker.wrong == []
    assert set(asker.said) == {get(ground.address())[1]}
    assert "faulty" not in asker.said
    after = ground.status()["services"]
    assert [(each["commit"], each["slot"]) for each in after] == [(each["commit"], each["slot"]) for each in before]
    assert len(list((ground.folder / "services" / "song").glob("2*"))) == len(after[0]["releases"])
    assert len(list((ground.folder / "programs").glob("song.*.ini"))) == 1


def test_no_request_is_lost_through_deploys_and_rollbacks(ground: Ground, song: Path) -> None:
    with Asker(ground.address()) as asker:
        for number in range(3):
            commit = ground.fault(song, "", f"release {number}")
            assert ground.deploy(song, "--json").data["commit"] == commit
            assert get(ground.address())[1] == f"release {number}"
        assert ground.deploy(song, "--rollback", "--json").data["is_rollback"]
        assert get(ground.address())[1] == "release 1"
        ground.deploy(song, "--rollback")
        assert get(ground.address())[1] == "release 2"
    assert asker.wrong == []
    assert len(asker.said) > 200


def test_who_ignores_the_request_to_stop_is_stopped_by_force(ground: Ground, song: Path) -> None:
    ground.fault(
        song, "signal.signal = lambda *_: None\nimport _signal\n_signal.signal(15, _signal.SIG_IGN)", "stubborn"
    )
    ground.deploy(song)
    assert get(ground.address())[1] == "stubborn"
    stubborn = [pid for pid in ground.pids() if "/source/serve" in _command(pid)]
    ground.fault(song, "", "heeding")
    ground.deploy(song)
    assert get(ground.address())[1] == "heeding"
    assert not set(stubborn) & set(ground.pids())


def test_a_port_that_somebody_took_is_not_waited_for(ground: Ground, song: Path) -> None:
    import json

    state = json.loads((ground.folder / "production.json").read_text())["services"]["song"]
    slot = "blue" if state["slot"] == "green" else "green"
    with socket.socket() as thief:
        thief.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        thief.bind(("127.0.0.1", state["ports"][slot]))
        thief.listen()
        ground.fault(song, "", "elsewhere")
        ground.deploy(song)
        assert get(ground.address())[1] == "elsewhere"


def test_two_deploys_at_once_are_one_after_the_other(ground: Ground, song: Path) -> None:
    first = ground.fault(song, "", "one")
    second = ground.fault(song, "", "two")
    both = [ground.begin("prod", "deploy", "--trust", "--ref", ref, folder=song) for ref in (first, second)]
    said = [each.communicate(timeout=120) for each in both]
    assert [each.returncode for each in both] == [0, 0], said
    (service,) = ground.status()["services"]
    assert {first, second} == set(service["releases"][:2])
    assert get(ground.address())[1] == {first: "one", second: "two"}[service["commit"]]
    assert len(list((ground.folder / "programs").glob("song.*.ini"))) == 1


@pytest.mark.parametrize(
    ("number", "moment_s"),
    [(signal.SIGINT, 1.5), (signal.SIGTERM, 2.9), (signal.SIGKILL, 0.6), (signal.SIGKILL, 2.7), (signal.SIGKILL, 3.2)],
)
def test_whatever_ends_a_deploy_there_is_one_release_that_answers(
    ground: Ground, song: Path, number: signal.Signals, moment_s: float
) -> None:
    before = get(ground.address())[1]
    commit = ground.fault(song, "", f"{number.name} {moment_s}")
    with Asker(ground.address()) as asker:
        process = ground.begin("prod", "deploy", "--trust", folder=song)
        time.sleep(moment_s)
        process.send_signal(number)
        process.communicate(timeout=60)
        assert process.returncode in {0, 130, 143, -signal.SIGKILL}
    assert asker.wrong == []
    (service,) = ground.status()["services"]
    is_new = service["commit"] == commit
    assert get(ground.address())[1] in {before, f"{number.name} {moment_s}"}
    ground.deploy(song)
    assert get(ground.address())[1] == f"{number.name} {moment_s}"
    assert len(list((ground.folder / "programs").glob("song.*.ini"))) == 1
    assert len([pid for pid in ground.pids() if "/source/serve" in _command(pid)]) == 1
    assert is_new or service["commit"] != commit


def test_a_disk_without_room_leaves_the_release_before(ground: Ground, song: Path) -> None:
    before = get(ground.address())[1]
    (song / "large").write_bytes(os.urandom(3_000_000))
    ground.fault(song, "", "too large")
    small = Ground(ground.home, prefix=("bash", "-c", 'ulimit -f 1000; exec "$@"', "bash"))
    refused = small.run("prod", "deploy", "--trust", folder=song, code=None)
    assert refused.code not in {0, 70}, refused.err
    assert "error: " in refused.err
    assert get(ground.address())[1] == before
    assert not list((ground.folder / "services" / "song").glob(".archive*"))
    (song / "large").unlink()
    ground.commit(song)


def _command(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:  # noqa: PTH123
            return file.read()
    except OSError:
        return ""
