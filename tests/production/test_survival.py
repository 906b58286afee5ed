"""What production survives: parts that are killed, a reboot, ports that are taken, odd folders, another user."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.production.ground import Asker, Ground, get, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
PARTS = ("dns", "prometheus", "alertmanager", "edge")
ODD = "a b'c;d #e %x $HOME {http.request.host} é"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A production with a live service."""
    with standing(tmp_path_factory.mktemp("survival") / "home") as ground:
        ground.deploy(ground.project())
        yield ground


def ports(ground: Ground) -> dict[str, str]:
    return {each["name"]: each["address"] for each in ground.status()["parts"]}


def works(ground: Ground) -> bool:
    """Whether every part and the service answer, and Prometheus scrapes the service."""
    assert set(ground.states().values()) == {"running"}, ground.states()
    assert get(ground.address()) == (200, "first")
    edge = int(ports(ground)["edge"].rsplit(":")[1])
    end = time.monotonic() + 20
    while time.monotonic() < end:
        status, body = get(edge, "/prometheus/api/v1/query?query=up")
        if status == 200 and any(each["value"][1] == "1" for each in json.loads(body)["data"]["result"]):
            return True
        time.sleep(0.2)
    return False


def test_up_again_changes_nothing(ground: Ground) -> None:
    before, pids = ports(ground), set(ground.pids())
    ground.run("prod", "up")
    assert ports(ground) == before
    assert pids <= set(ground.pids())


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_killed_is_there_again(ground: Ground, part: str) -> None:
    before = ports(ground)
    os.kill(_pid(ground, part), signal.SIGKILL)
    ground.run("prod", "up")
    assert ports(ground) == before
    assert works(ground)


def test_a_supervisor_that_is_killed_leaves_no_orphan_that_has_the_ports(ground: Ground) -> None:
    before, pids = ports(ground), set(ground.pids())
    os.kill(int((ground.folder / "supervisord.pid").read_text()), signal.SIGKILL)
    assert ground.states()["edge"] == "stopped"
    raised = ground.run("prod", "up", "--json").data
    assert raised["moved"] == []
    assert ports(ground) == before
    assert not pids & set(ground.pids())
    assert works(ground)


def test_after_a_reboot_old_pid_files_lead_to_nobody(ground: Ground) -> None:
    """All is killed at once, and another program has got the number that the pid file names."""
    for pid in ground.pids():
        os.kill(pid, signal.SIGKILL)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        (ground.folder / "supervisord.pid").write_text(f"{bystander.pid}\n")
        ground.run("prod", "down")
        ground.run("prod", "up")
        assert works(ground)
        assert bystander.poll() is None
        bystander.kill()


def test_down_ends_all_of_it_and_nothing_else(ground: Ground, tmp_path: Path) -> None:
    with standing(tmp_path / "neighbour") as neighbour:
        theirs = set(neighbour.pids())
        os.kill(_pid(ground, "edge"), signal.SIGKILL)
        ground.run("prod", "down")
        assert ground.pids() == []
        assert set(neighbour.pids()) == theirs
        assert set(ground.states().values()) == {"stopped"}
        ground.run("prod", "up")
        assert works(ground)


def test_a_port_that_somebody_took_meanwhile_is_given_up_and_said(ground: Ground) -> None:
    before, address = ports(ground), ground.address()
    ground.run("prod", "down")
    with socket.socket() as thief, socket.socket() as second:
        for each, port in ((thief, int(before["prometheus"].rsplit(":")[1])), (second, address)):
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            each.bind(("127.0.0.1", port))
            each.listen()
        raised = ground.run("prod", "up", "--json").data
        assert sorted(raised["moved"]) == ["prometheus", "song"]
        assert works(ground)
    assert {name: port for name, port in ports(ground).items() if name != "prometheus"} == {
        name: port for name, port in before.items() if name != "prometheus"
    }


def test_nothing_listens_on_anything_but_loopback(ground: Ground) -> None:
    found = [each for pid in ground.pids() for each in psutil.Process(pid).net_connections(kind="inet")]
    open_ones = [each for each in found if each.status == psutil.CONN_LISTEN or each.type == socket.SOCK_DGRAM]
    assert len(open_ones) >= len(PARTS) + 3
    assert {each.laddr.ip for each in open_ones} == {"127.0.0.1"}


def test_a_service_that_is_killed_while_it_is_asked_is_waited_for(ground: Ground) -> None:
    """The supervisor starts it again, and the edge asks again where nobody listens."""
    (pid,) = (each for each in ground.pids() if "/source/serve" in " ".join(psutil.Process(each).cmdline()))
    port = ground.address()
    with Asker(port) as asker:
        time.sleep(0.3)
        os.kill(pid, signal.SIGKILL)
        time.sleep(2.5)
    assert get(port) == (200, "first")
    assert len(asker.wrong) <= 4, "only what was under way at that moment"


def test_bad_rules_are_refused_before_anything_is_built_or_started(ground: Ground) -> None:
    root = ground.project("rules", 'name = "rules"\ncommand = ["serve"]\nmonitoring = "watch"\n')
    (root / "watch").mkdir()
    (root / "watch" / "alerts.yml").write_text("groups: [{name: a, rules: [{alert: A, expr: 'rate(x'}]}]\n")
    ground.commit(root)
    refused = ground.deploy(root, code=1)
    assert "promtool refuses alerts.yml" in refused.err
    assert "unclosed left parenthesis" in refused.err or "could not parse" in refused.err
    assert not list((ground.folder / "rules").iterdir())
    assert "rules" not in ground.states()


def test_rules_come_and_go_with_their_service(ground: Ground) -> None:
    root = ground.project(
        "watched", 'name = "watched"\ncommand = ["serve"]\nmetrics = "/metrics"\nmonitoring = "watch"\n'
    )
    (root / "watch").mkdir()
    rule = "{alert: Made, expr: 'made > 0', labels: {service: watched}, annotations: {summary: It is made.}}"
    (root / "watch" / "alerts.yml").write_text(f"groups: [{{name: a, rules: [{rule}]}}]\n")
    ground.commit(root)
    ground.deploy(root)
    end = time.monotonic() + 20
    while not (found := ground.run("prod", "alerts", "--json").data) and time.monotonic() < end:
        time.sleep(0.2)
    assert [(each["name"], each["service"], each["state"]) for each in found] == [("Made", "watched", "firing")]
    ground.run("prod", "remove", "watched", "--yes")
    assert ground.run("prod", "alerts", "--json").data == []
    assert "watched" not in ground.states()
    assert works(ground)


def test_a_folder_with_any_name_will_do(tmp_path: Path) -> None:
    with standing(tmp_path / ODD) as ground:
        ground.deploy(ground.project())
        assert works(ground)


def test_a_folder_too_long_for_a_socket_will_do_and_leaves_nothing_behind(tmp_path: Path) -> None:
    from goldenpath.adapters.production.keeping import socket_path

    with standing(tmp_path / "/".join(["long" * 10] * 3)) as ground:
        socket_file = socket_path(ground.folder, "supervisor.sock")
        assert socket_file.is_socket()
        assert not socket_file.is_relative_to(ground.folder)
        assert set(ground.states().values()) == {"running"}
        ground.run("prod", "reset", "--yes")
        assert not socket_file.parent.exists()


def test_a_machine_without_prometheus_does_the_rest_and_says_what_to_install(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("git", "sh", "bash", "env", "python3", "sleep"):
        where = subprocess.run(["which", tool], check=True, capture_output=True, text=True).stdout.strip()
        (tools / tool).symlink_to(where)
    with standing(tmp_path / "home", variables={"PATH": str(tools)}) as ground:
        raised = ground.run("prod", "up").out
        assert "prometheus is not on this machine" in raised
        assert "install" in raised
        ground.deploy(ground.project())
        assert get(ground.address()) == (200, "first")
        assert ground.states()["prometheus"] == "missing"
        refused = ground.run("prod", "alerts", code=4)
        assert "this machine has no Prometheus" in refused.err
        later = Ground(ground.home)  # it was installed meanwhile
        later.run("prod", "up")
        assert works(later)


def test_a_user_without_rights_will_do(tmp_path: Path) -> None:
    """Somebody with no capability, who is user 1000 to himself and to all that he starts (user_namespaces(7))."""
    somebody = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "sh", "-c")
    script = """
        goldenpath prod up && id -u && grep CapEff "/proc/$(cat "$1/supervisord.pid")/status"
        goldenpath prod status --json
        goldenpath prod down && goldenpath prod reset --yes
    """
    with standing(tmp_path / "home", is_up=False) as ground:
        command = [*somebody, script, "sh", str(ground.folder)]
        done = subprocess.run(command, env=ground.environment, capture_output=True, text=True, check=False, timeout=120)
        if "unshare failed" in done.stderr and os.environ.get("CI") != "true":
            pytest.skip("this system allows no user namespace")
        assert done.returncode == 0, done.stderr
        assert "\n1000\n" in done.stdout
        assert "CapEff:\t0000000000000000" in done.stdout
        status = next(line for line in done.stdout.splitlines() if line.startswith("{"))
        assert {each["state"] for each in json.loads(status)["data"]["parts"]} == {"running"}
        assert ground.pids() == []


def _pid(ground: Ground, part: str) -> int:
    marks = {
        "dns": "nameserver",
        "edge": "caddy",
        "prometheus": "--storage.tsdb.path",
        "alertmanager": "--cluster.listen",
    }
    (pid,) = (each for each in ground.pids() if marks[part] in " ".join(psutil.Process(each).cmdline()))
    return pid
