"""The dashboard in production: the edge serves it, Prometheus understands what it asks, and nothing else gets in."""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production import keeping
from goldenpath.adapters.production.page import SOURCE, write_services
from goldenpath.adapters.production.reloading import reload
from goldenpath.core.deploy_file import DeployFile
from goldenpath.core.production import Release, Service
from tests.production.browser import seen
from tests.production.made_metrics import MEASURED, serving_metrics
from tests.production.nameservers import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUERIES: dict[str, str] = json.loads(
    SOURCE.read_text(encoding="utf-8").split('<script type="application/json" id="queries">')[1].split("</script>")[0]
)
RULES = """\
groups:
  - name: made
    rules:
      - alert: MadeToFire
        expr: vector(1)
        labels: {service: handbook}
        annotations: {summary: "It fires <b>always</b>."}
      - alert: MadeToWait
        expr: vector(1)
        for: 1h
"""
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Raised:
    """A production that runs, with one static service in its second release, whose metrics are made."""

    folder: Path
    edge: int
    prometheus: int
    commits: list[str]

    def ask(self, method: str, path: str, *, host: str = "", port: int = 0) -> tuple[int, str]:
        """The status and the body that the edge, or whoever has the port, answers."""
        connection = http.client.HTTPConnection("127.0.0.1", port or self.edge, timeout=10)
        try:
            connection.request(method, path, headers={"Host": host or f"127.0.0.1:{self.edge}"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def query(self, name: str) -> dict[str, float]:
        """The value that each job has for a query of the page, asked as the page asks."""
        status, body = self.ask("GET", f"/prometheus/api/v1/query?query={quote(QUERIES[name])}")
        assert status == 200, body
        return {each["metric"]["job"]: float(each["value"][1]) for each in json.loads(body)["data"]["result"]}


def run(environment: dict[str, str], folder: Path, *words: str) -> str:
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dashboard_production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raised]:
    """Production for the tests of this file."""
    needs("prometheus")
    home = tmp_path_factory.mktemp("dashboard")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GOLDENPATH", "XDG_"))}
    environment = {**kept, "HOME": str(home), "GOLDENPATH_HOME": str(home / "gp"), "GIT_CONFIG_NOSYSTEM": "1"}
    (home / ".gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n")
    goldenpath = (sys.executable, "-m", "goldenpath", "prod")
    with serving_metrics() as targets, contextlib.ExitStack() as after:
        after.callback(run, environment, home, *goldenpath, "reset", "--yes")
        run(environment, home, *goldenpath, "up")
        folder, project = home / "gp" / "data" / "production", home / "handbook"
        commits = deployed_twice(environment, project, goldenpath)
        ports = json.loads((folder / "production.json").read_text())["ports"]
        raised = Raised(folder, ports["edge"], ports["prometheus"], commits)
        write_whole(folder / "targets" / "made.json", json.dumps(targets))
        write_whole(folder / "rules" / "made.yml", RULES)
        assert reload(folder, raised.prometheus)
        yield raised


def deployed_twice(environment: dict[str, str], project: Path, goldenpath: tuple[str, ...]) -> list[str]:
    """The commits of a folder that is deployed, the live one first."""
    (project / "site").mkdir(parents=True)
    (project / ".goldenpath.toml").write_text('id = "prj-00000000000000000001"\npath = "backend"\n')
    (project / "deploy.toml").write_text('name = "handbook"\nkind = "static"\nfolder = "site"\n')
    run(environment, project, "git", "init", "-q")
    for words in ("first", "second"):
        (project / "site" / "index.html").write_text(words)
        run(environment, project, "git", "add", "-A")
        run(environment, project, "git", "commit", "-qm", words)
        run(environment, project, *goldenpath, "deploy", "--trust")
    return run(environment, project, "git", "log", "--format=%H").split()


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "localhost", "phone.example", "test"])
def test_the_page_is_served_whatever_the_host_is_called(dashboard_production: Raised, host: str) -> None:
    status, body = dashboard_production.ask("GET", "/", host=host.format(port=dashboard_production.edge))
    assert (status, body) == (200, SOURCE.read_text(encoding="utf-8"))


def test_a_name_of_the_zone_is_not_the_dashboard(dashboard_production: Raised) -> None:
    assert dashboard_production.ask("GET", "/", host="nowhere.prod.test")[0] == 404


def test_the_page_can_read_what_is_deployed(dashboard_production: Raised) -> None:
    status, body = dashboard_production.ask("GET", "/services.json")
    found: dict[str, Any] = json.loads(body)
    (service,) = found["services"]
    assert (status, found["has_prometheus"], service["name"], service["kind"]) == (200, True, "handbook", "static")
    assert [service["commit"], *(each["commit"] for each in service["earlier"])] == dashboard_production.commits
    port = int(service["url"].removeprefix("http://127.0.0.1:").rstrip("/"))
    assert dashboard_production.ask("GET", "/", port=port) == (200, "second")


@pytest.fixture(scope="module")
def values(dashboard_production: Raised) -> dict[str, dict[str, float]]:
    """What each query of the page gives, once Prometheus has looked at the made metrics often enough."""
    until = time.monotonic() + PATIENCE_S
    while len(rate := dashboard_production.query("rate")) < len(MEASURED) or not rate["song-api"] * rate["fine-api"]:
        assert time.monotonic() < until
        time.sleep(0.2)
    return {name: dashboard_production.query(name) for name in QUERIES}


def test_every_query_of_the_page_gives_what_the_metrics_say(values: dict[str, dict[str, float]]) -> None:
    found = {name: values[name]["song-api"] for name in ("up", "rate", "errors", "p95")}
    assert found["up"] == 1
    assert 0 < found["rate"] < 200
    assert found["errors"] == pytest.approx(25, abs=2)
    assert found["p95"] == pytest.approx(100 + 400 * 0.9, abs=10)


def test_where_nothing_ever_failed_the_share_of_errors_is_zero(values: dict[str, dict[str, float]]) -> None:
    assert values["errors"]["fine-api"] == 0


def test_without_requests_there_is_no_share_of_errors_and_no_duration(values: dict[str, dict[str, float]]) -> None:
    assert values["rate"]["quiet-api"] == 0
    assert "quiet-api" not in values["errors"]
    assert math.isnan(values["p95"]["quiet-api"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/prometheus/api/v1/query?query=up"),
        ("POST", "/prometheus/api/v1/admin/tsdb/snapshot"),
        ("PUT", "/prometheus/api/v1/admin/tsdb/clean_tombstones"),
        ("DELETE", "/prometheus/api/v1/series"),
        ("POST", "/prometheus/-/reload"),
        ("POST", "/-/reload"),
        ("GET", "/prometheus/-/ready"),
        ("GET", "/prometheus/api/v1/../../-/ready"),
        ("GET", "/prometheus/api/v1/%2e%2e/%2e%2e/-/ready"),
        ("POST", "/alertmanager/api/v2/alerts"),
        ("POST", "/alertmanager/api/v2/silences"),
        ("GET", "/alertmanager/-/ready"),
    ],
)
def test_the_edge_lets_nobody_change_what_watches(dashboard_production: Raised, method: str, path: str) -> None:
    assert dashboard_production.ask("GET", "/prometheus/api/v1/query?query=up")[0] == 200
    assert dashboard_production.ask("GET", "/-/ready", port=dashboard_production.prometheus)[0] == 200
    assert dashboard_production.ask(method, path)[0] in {403, 404, 405}


def test_a_browser_shows_services_and_alerts(dashboard_production: Raised, tmp_path: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while '"firing"' not in dashboard_production.ask("GET", "/prometheus/api/v1/alerts")[1]:
        assert time.monotonic() < until
        time.sleep(0.2)
    sight = seen(f"http://127.0.0.1:{dashboard_production.edge}/", tmp_path)
    live, before = dashboard_production.commits
    assert "1 firing, 1 pending, of 2 rules." in sight.text
    assert "MadeToFire of handbook since" in sight.text
    assert "It fires <b>always</b>." in sight.text
    assert "handbook served" in sight.text
    assert f"{live[:10]} since" in sight.text
    assert f"{before[:10]} live from" in sight.text
    assert "no Prometheus" not in sight.text


@pytest.mark.usefixtures("values")
def test_a_browser_shows_rates_errors_and_durations(dashboard_production: Raised, tmp_path: Path) -> None:
    production = keeping.read(dashboard_production.folder)
    live = Release("r1", "c" * 40, DeployFile("x", metrics="/metrics"), "2026-03-02T09:00:00Z")
    ports = {"address": 40001}
    measured = {name: Service(name, "prj-1", "/", ports, "blue", (live,)) for name in ("song-api", "quiet-api")}
    write_services(dashboard_production.folder, replace(production, services=measured))
    sight = seen(f"http://127.0.0.1:{dashboard_production.edge}/", tmp_path)
    write_services(dashboard_production.folder, production)
    assert re.search(
        r"song-api up Requests [\d.]+ 1/s most [\d.]+ Errors 2[3-7]\S* % most \S+ p95 4[56]\d ms", sight.text
    )
    assert re.search(r"quiet-api up Requests 0 1/s most 0 Errors . no data p95 . no data", sight.text)
