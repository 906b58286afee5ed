"""What production's programs are told: the edge as Caddy itself reads it, scripts as sh runs them."""

from __future__ import annotations

import configparser
import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.production import edge
from goldenpath.core.deploy_file import JOB, SERVICE, STATIC, DeployFile
from goldenpath.core.production import (
    ALERTMANAGER,
    DNS,
    EDGE,
    JOB_SLOT,
    PROMETHEUS,
    STATIC_SLOT,
    Production,
    Release,
    Service,
)
from goldenpath.core.production_files import (
    SUPERVISOR,
    alertmanager_config,
    edge_config,
    program_ini,
    prometheus_config,
    script,
    standing,
    targets,
)
from tests.production.nameservers import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = "/somewhere/my production"
ADMIN = "unix/edge.sock|0600"
PORTS = {EDGE: 9001, DNS: 9003, PROMETHEUS: 9004, ALERTMANAGER: 9005}
SLOT_OF = {SERVICE: "blue", JOB: JOB_SLOT, STATIC: STATIC_SLOT}
HOSTILE = ["a b", "a'b", 'a"b', "$HOME", "`id`", "$(id)", "a\nb", "a;b", "*", "~", "\\", "", "-n", "ä", "#", "%(x)s"]


def service(name: str, first_port: int, kind: str = SERVICE, **more: Any) -> Service:
    """A service whose release is live."""
    file = DeployFile(name, kind, **more)
    ports = {"address": first_port, "blue": first_port + 1, "green": first_port + 2}
    release = Release(f"1-{name}", "c0ffee" * 6, file)
    return Service(name, "prj-1", "/work/songs", ports, SLOT_OF[kind], (release,))


def production(
    *services: Service, names: dict[str, str] | None = None, ports: dict[str, int] | None = None
) -> Production:
    return Production(ports or PORTS, {each.name: each for each in services}, names or {})


ALL = production(
    service("songs", 9100),
    service("guide", 9200, STATIC, folder="site"),
    service("tally", 9300, JOB),
    names={
        "songs.prod.test": "songs",
        "music.prod.test": "songs",
        "guide.prod.test": "guide",
        "tally.prod.test": "tally",
    },
)


def told(of: Production) -> Any:
    return json.loads(edge_config(of, FOLDER, ADMIN))


def values(tree: Any, key: str) -> Iterator[Any]:
    """Every value that a key has, however deep."""
    if isinstance(tree, dict):
        yield from (value for name, value in tree.items() if name == key)
    for below in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
        yield from values(below, key)


def servers(of: Production) -> dict[str, Any]:
    found: dict[str, Any] = told(of)["apps"]["http"]["servers"]
    return found


def routes_by_name(of: Production) -> list[tuple[str, Any]]:
    """What answers for each host at the edge, in order."""
    routes = servers(of)["edge"]["routes"]
    return [(host, route) for route in routes for match in route.get("match", ()) for host in match.get("host", ())]


# The edge


@pytest.mark.parametrize("of", [ALL, production(ports={EDGE: 9001, DNS: 9003})])
def test_nothing_of_the_edge_listens_or_calls_anywhere_but_on_loopback(of: Production) -> None:
    config = told(of)
    places = [place for each in values(config, "listen") for place in (each if isinstance(each, list) else [each])]
    places += values(config, "dial")
    assert {f"127.0.0.1:{PORTS[EDGE]}", ADMIN} <= set(places)
    assert all(place.startswith("127.0.0.1:") for place in places if place != ADMIN)


def test_no_certificate_is_asked_for_and_nothing_is_kept_outside_of_the_folder() -> None:
    config = told(ALL)
    assert all(server["automatic_https"] == {"disable": True} for server in servers(ALL).values())
    assert config["storage"]["root"].startswith(FOLDER)
    assert config["admin"]["config"] == {"persist": False}
    assert all(root.startswith(FOLDER) for root in values(config, "root"))


def test_each_name_has_a_route_and_the_answer_to_every_other_comes_last() -> None:
    hosts = [host for host, _ in routes_by_name(ALL)]
    assert hosts == ["songs.prod.test", "music.prod.test", "guide.prod.test", "*.prod.test", "prod.test"]
    last = routes_by_name(ALL)[-1][1]
    assert [each["status_code"] for each in last["handle"]] == [404]


def test_a_job_and_what_never_was_live_are_served_to_nobody() -> None:
    unborn = Service("unborn", "prj-1", "/work", {"address": 9400, "blue": 9401, "green": 9402})
    of = production(
        unborn, service("tally", 9300, JOB), names={"unborn.prod.test": "unborn", "tally.prod.test": "tally"}
    )
    assert [*servers(of)] == ["edge"]
    assert [host for host, _ in routes_by_name(of)] == ["*.prod.test", "prod.test"]


def test_a_switch_does_not_change_what_the_edge_is_told() -> None:
    blue = service("songs", 9100)
    green = Service(
        "songs", "prj-1", blue.root, blue.ports, "green", (Release("2", "f00d", blue.releases[0].file), *blue.releases)
    )
    assert edge_config(production(blue), FOLDER, ADMIN) == edge_config(production(green), FOLDER, ADMIN)


def test_each_file_that_can_stand_there_leads_to_its_slots_in_its_order() -> None:
    routes = servers(production(service("songs", 9100)))["service-songs"]["routes"]
    by_file = {
        match["file"]["try_files"][0]: [each["dial"] for each in route["handle"][0]["upstreams"]]
        for route in routes
        for match in route.get("match", ())
    }
    assert by_file == {
        "blue": ["127.0.0.1:9101"],
        "green": ["127.0.0.1:9102"],
        "blue-green": ["127.0.0.1:9101", "127.0.0.1:9102"],
        "green-blue": ["127.0.0.1:9102", "127.0.0.1:9101"],
    }
    assert standing(("green", "blue")) in by_file
    assert "match" not in routes[-1], "between two looks, a file can get another name"


def test_prometheus_and_alertmanager_can_be_read_through_the_edge_and_not_written() -> None:
    paths = [route for route in servers(ALL)["edge"]["routes"] if "path" in (route.get("match") or [{}])[0]]
    assert [match["path"] for route in paths for match in route["match"]] == [
        ["/prometheus/api/v1/*"],
        ["/alertmanager/api/v2/alerts"],
    ]
    assert all(match["method"] == ["GET"] for route in paths for match in route["match"])
    without = production(ports={EDGE: 9001, DNS: 9003})
    assert not [*values(told(without), "path")]


@pytest.mark.parametrize("of", [ALL, production()])
def test_caddy_takes_what_the_edge_is_told(of: Production, tmp_path: Path) -> None:
    program = edge.program() or needs("caddy")
    file = tmp_path / "caddy.json"
    file.write_text(edge_config(of, str(tmp_path), ADMIN), encoding="utf-8")
    done = subprocess.run([program, "validate", "--config", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# Prometheus and Alertmanager


def test_prometheus_takes_what_it_is_told(tmp_path: Path) -> None:
    promtool = needs("promtool")
    file = tmp_path / "prometheus.yml"
    file.write_text(prometheus_config(PORTS), encoding="utf-8")
    done = subprocess.run([promtool, "check", "config", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_alerts_go_to_an_alertmanager_that_is_there_and_to_nobody_else() -> None:
    (manager,) = json.loads(prometheus_config(PORTS))["alerting"]["alertmanagers"]
    assert [*values(manager, "targets")] == [["127.0.0.1:9005"]]
    assert json.loads(prometheus_config({PROMETHEUS: 9004}))["alerting"]["alertmanagers"] == []
    assert json.loads(alertmanager_config())["receivers"] == [{"name": "nobody"}]


@pytest.mark.parametrize(
    ("found", "address", "path"),
    [
        (service("songs", 9100, metrics="/metrics"), "127.0.0.1:9101", "/metrics"),
        (service("tally", 9300, JOB), "127.0.0.1:9001", "/jobs/tally.prom"),
        (service("songs", 9100), "", ""),
        (service("guide", 9200, STATIC, folder="site", metrics="/metrics"), "", ""),
        (Service("unborn", "prj-1", "/work", {}), "", ""),
    ],
)
def test_prometheus_asks_the_live_slot_or_the_file_of_a_job(found: Service, address: str, path: str) -> None:
    told_targets = json.loads(targets(production(found), found))
    labels = {"job": found.name, "instance": found.name, "__metrics_path__": path}
    assert told_targets == ([{"targets": [address], "labels": labels}] if address else [])


# Programs


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_script_hands_on_every_word_as_it_is(hostile: str, tmp_path: Path) -> None:
    folder = tmp_path / (hostile.replace("/", "") or "plain")
    folder.mkdir()
    show = [
        "python3",
        "-c",
        "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ['GIVEN'], os.getcwd()]))",
    ]
    (tmp_path / "run.sh").write_text(
        script([*show, hostile, "last"], folder=str(folder), variables={"GIVEN": hostile}), encoding="utf-8"
    )
    done = subprocess.run(["/bin/sh", str(tmp_path / "run.sh")], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[hostile, "last"], hostile, str(folder)]


def test_a_script_becomes_its_command_and_does_nothing_without_its_folder(tmp_path: Path) -> None:
    (tmp_path / "pid.sh").write_text(script(["sh", "-c", "echo $$"], folder=str(tmp_path), variables={}))
    with subprocess.Popen(["/bin/sh", str(tmp_path / "pid.sh")], stdout=subprocess.PIPE, text=True) as started:
        assert started.stdout is not None
        assert int(started.stdout.read()) == started.pid
    (tmp_path / "lost.sh").write_text(
        script(["touch", str(tmp_path / "made")], folder=str(tmp_path / "no"), variables={})
    )
    assert subprocess.run(["/bin/sh", str(tmp_path / "lost.sh")], capture_output=True, check=False).returncode == 70
    assert not (tmp_path / "made").exists()


def test_the_supervisor_s_files_are_read_as_they_are_meant() -> None:
    found = configparser.RawConfigParser()
    found.read_string(SUPERVISOR + program_ini("songs.blue", stop_s=12))
    program = found["program:songs.blue"]
    assert (program["stopwaitsecs"], program["autorestart"], program["stopsignal"]) == ("12", "true", "TERM")
    assert (program["stopasgroup"], program["killasgroup"]) == ("true", "true")
    assert "inet_http_server" not in found, "it listens on a socket in a private folder, and on no port"
