"""Names: changed by a reviewed pull request, through octoDNS, and served by the edge; jobs and static files beside."""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.nameserver.asking import services
from tests.production.ground import Ground, get, standing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow
SONG = "song:\n  type: A\n  value: 127.0.0.1\n"
MUSIC = "music:\n  type: CNAME\n  value: song.prod.test.\n"
ELSEWHERE = "else:\n  type: A\n  value: 192.0.2.1\n"
NS = "ns:\n  type: A\n  value: 127.0.0.1\n"


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with standing(tmp_path_factory.mktemp("names") / "home") as ground:
        (ground.home / ".gitconfig").write_text("[user]\n\tname = Ada Example\n\temail = ada@example.org\n")
        ground.deploy(ground.project())
        yield ground


@pytest.fixture(scope="module")
def zone(ground: Ground) -> Path:
    """A checkout of the zone's repository, as `up` says how to get it."""
    command = ground.run("prod", "up").out
    (line,) = (line for line in command.splitlines() if "git clone" in line)
    subprocess.run(line.split()[1:], cwd=ground.home, env=ground.environment, check=True, capture_output=True)
    return ground.home / "zone"


@pytest.fixture(scope="module")
def exposed(ground: Ground, zone: Path) -> Path:
    """The same once a pull request has given the service two names."""
    merge(ground, zone, MUSIC + NS + ELSEWHERE + SONG)
    return zone


def merge(ground: Ground, zone: Path, names: str) -> None:
    ground.git(zone, "switch", "-q", "-c", f"names-{len(names)}")
    (zone / "zones" / "prod.test.yaml").write_text(f"---\n{names}")
    ground.git(zone, "commit", "-qam", "Change the names")
    ground.git(zone, "push", "-q", "-u", "origin", "HEAD")
    ground.run("pr", "open", folder=zone)
    merged = ground.run("pr", "merge", folder=zone)
    assert "goldenpath prod dns plan" in merged.out
    ground.run("prod", "dns", "apply")
    ground.git(zone, "switch", "-q", "main")
    ground.git(zone, "pull", "-q")


def port(ground: Ground, part: str) -> int:
    (found,) = (each["address"] for each in ground.status()["parts"] if each["name"] == part)
    return int(found.rsplit(":", 1)[1])


def test_a_service_is_called_by_its_names(ground: Ground, exposed: Path) -> None:
    edge, asked = port(ground, "edge"), ["dig", "+short", "@127.0.0.1", "-p", str(port(ground, "dns"))]
    dug = subprocess.run([*asked, "music.prod.test"], check=True, capture_output=True, text=True).stdout
    assert dug == "song.prod.test.\n127.0.0.1\n"
    for name in ("song.prod.test", "music.prod.test", "MUSIC.prod.test"):
        assert get(edge, host=name) == (200, "first")
    for name in ("else.prod.test", "nobody.prod.test", "prod.test", "ns.prod.test"):
        assert get(edge, host=name) == (404, "No service has this name.\n")
    (service,) = (each for each in ground.status()["services"] if each["name"] == "song")
    assert sorted(service["names"]) == ["music.prod.test", "song.prod.test"]


def test_only_names_that_lead_here_are_routed(ground: Ground, exposed: Path) -> None:
    assert services(port(ground, "dns"), "prod.test") == {
        "music.prod.test": "song",
        "ns.prod.test": "ns",
        "song.prod.test": "song",
    }


def test_after_an_apply_there_is_nothing_to_plan(ground: Ground, exposed: Path) -> None:
    assert ground.run("prod", "dns", "plan", "--json").data["plan"]["changes"] == []
    assert ground.run("prod", "dns", "plan", ".", folder=exposed).out.endswith("nothing to change\n")


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("---\nsong: [\n", 3, "zones/prod.test.yaml:"),
        ("---\nsong:\n  type: A\n  value: 127.0.0.300\n", 3, "invalid IPv4"),
        ("---\nsong:\n  type: A\n  value: 127.0.0.1\nsong:\n  type: A\n  value: 127.0.0.2\n", 3, "twice"),
        ("", 3, "zones/prod.test.yaml"),
        ("--- {}\n", 1, "octoDNS refuses it"),
    ],
)
def test_a_zone_that_is_no_good_is_neither_planned_nor_merged_nor_applied(
    ground: Ground, exposed: Path, text: str, code: int, said: str
) -> None:
    before = services(port(ground, "dns"), "prod.test")
    ground.git(exposed, "switch", "-q", "-C", "bad")
    file = exposed / "zones" / "prod.test.yaml"
    file.write_text(text)
    refused = ground.run("prod", "dns", "plan", ".", folder=exposed, code=code)
    assert said in refused.out + refused.err
    ground.git(exposed, "commit", "-qam", "Bad")
    ground.git(exposed, "push", "-q", "-f", "-u", "origin", "bad")
    ground.run("pr", "open", folder=exposed, code=None)
    assert "red" in (red := ground.run("pr", "merge", folder=exposed, code=6)).err or "ended" in red.err, red.err
    ground.git(exposed, "push", "-q", "-f", "origin", "bad:main")
    unmerged = ground.git(exposed, "rev-parse", "main")
    try:
        ground.run("prod", "dns", "apply", code=code)
    finally:
        ground.git(exposed, "push", "-q", "-f", "origin", f"{unmerged}:main")
        ground.git(exposed, "switch", "-q", "main")
    assert services(port(ground, "dns"), "prod.test") == before
    assert get(port(ground, "edge"), host="music.prod.test") == (200, "first")


def test_a_folder_that_is_no_zone_is_told_apart(ground: Ground) -> None:
    assert "git clone" in ground.run("prod", "dns", "plan", str(ground.home), code=2).err


def test_a_name_that_is_taken_out_is_not_served_any_more(ground: Ground, exposed: Path) -> None:
    merge(ground, exposed, NS + ELSEWHERE + SONG)
    assert get(port(ground, "edge"), host="music.prod.test")[0] == 404
    assert get(port(ground, "edge"), host="song.prod.test") == (200, "first")


def test_a_job_runs_and_its_metrics_are_served(ground: Ground) -> None:
    root = ground.project("count", 'name = "count"\nkind = "job"\ncommand = ["serve"]\nevery_seconds = 1\n')
    (root / "serve").write_text('#!/bin/sh\necho run >>runs\necho "runs_total $(wc -l <runs)" >"$METRICS_FILE"\n')
    commit = ground.commit(root)
    deployed = ground.deploy(root, "--json").data
    assert (deployed["commit"], deployed["url"]) == (commit, "")
    edge, end = port(ground, "edge"), time.monotonic() + 20
    while get(edge, "/jobs/count.prom")[1] in {"runs_total 1\n", "runs_total 2\n"} and time.monotonic() < end:
        time.sleep(0.2)
    assert int(get(edge, "/jobs/count.prom")[1].split()[1]) >= 3
    while not _scraped(edge, 'runs_total{job="count"}') and time.monotonic() < end:
        time.sleep(0.2)
    assert _scraped(edge, 'runs_total{job="count"}')
    (root / "serve").write_text("#!/bin/sh\necho no such table >&2\nexit 3\n")
    ground.commit(root)
    refused = ground.deploy(root, code=1)
    assert "ended with 3" in refused.err
    assert "no such table" in refused.err
    assert next(each["commit"] for each in ground.status()["services"] if each["name"] == "count") == commit
    ground.run("prod", "remove", "count", "--yes")
    assert get(edge, "/jobs/count.prom")[0] == 404


def test_static_files_are_served_as_the_commit_has_them(ground: Ground) -> None:
    root = ground.project("site", 'name = "site"\nkind = "static"\nfolder = "pages"\n')
    (root / "pages").mkdir()
    (root / "pages" / "index.html").write_text("<p>one")
    first = ground.commit(root)
    ground.deploy(root)
    address = ground.address("site")
    assert get(address) == (200, "<p>one")
    assert json.loads(get(address, "/version")[1]) == {"commit": first}
    (root / "pages" / "index.html").write_text("<p>two")
    second = ground.commit(root)
    ground.deploy(root)
    assert get(address) == (200, "<p>two")
    assert json.loads(get(address, "/version")[1]) == {"commit": second}
    ground.deploy(root, "--rollback")
    assert get(address) == (200, "<p>one")
    assert get(address, "/../commit.json")[0] == 404
    ground.run("prod", "remove", "site", "--yes")


def _scraped(edge: int, query: str) -> bool:
    return bool(json.loads(get(edge, f"/prometheus/api/v1/query?query={query}")[1])["data"]["result"])
