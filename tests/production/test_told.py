"""What production tells: which alerts fire and whose they are, what runs, what was printed, and what nobody knows."""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.adapters.production import supervisor
from goldenpath.core.outcomes import Outcome
from tests.production.ground import DEPLOY, SERVE, Ground, standing
from tests.production.nameservers import needs
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goldenpath.core.model import Finding, Json

pytestmark = pytest.mark.slow
PATIENCE_S = 30.0
FORGED = "dns is calm\n✓ no alert fires\x1b[2J"
PRINTED = "one\x0bdns  all is well\x1b[2J\x85two\tthree"
SONG = {
    "Shouts": {"expr": "vector(1)", "annotations": {"summary": FORGED}},
    "Shared": {"expr": "vector(1)", "labels": {"service": "song"}},
    "Provoked": {"expr": 'made{job="song"} > 1'},
}
OTHER = {"Shared": {"expr": "vector(1) == 0", "labels": {"service": "other"}}}
LOUD = """\
print(PRINTED)


def do_GET(self, plain=Answer.do_GET):
    if self.path != "/metrics" or not os.path.exists("LOUD"):
        return plain(self)
    self.send_response(200)
    self.send_header("Content-Length", "7")
    self.end_headers()
    self.wfile.write(b"made 2\\n")


Answer.do_GET = do_GET
"""


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """A production with `song`, `other`, and the static `site`."""
    needs("prometheus")
    with standing(tmp_path_factory.mktemp("told") / "home") as ground:
        lines = LOUD.replace("PRINTED", repr(PRINTED)).replace("LOUD", str(ground.home / "loud"))
        (watched(ground, "song", SONG) / "serve").write_text(SERVE.replace("# FAULT", lines))
        many = "for number in range(5000): print('line', number)"
        (watched(ground, "other", OTHER) / "serve").write_text(SERVE.replace("# FAULT", many))
        site = ground.project("site", 'name = "site"\nkind = "static"\nfolder = "pages"\n')
        (site / "pages").mkdir()
        (site / "pages" / "index.html").write_text("<p>one")
        for name in ("song", "other", "site"):
            ground.commit(root(ground, name))
            ground.deploy(root(ground, name))
        yield ground


def root(ground: Ground, name: str) -> Path:
    return ground.home / "projects" / name


def watched(ground: Ground, name: str, rules: dict[str, Any]) -> Path:
    """A project with these alert rules; JSON is YAML, too."""
    made = root(ground, name) if root(ground, name).exists() else ground.project(name)
    (made / "watch").mkdir(exist_ok=True)
    (made / "deploy.toml").write_text(DEPLOY.replace('"song"', f'"{name}"') + 'monitoring = "watch"\n')
    found = [{"alert": alert, **rule} for alert, rule in rules.items()]
    (made / "watch" / "alerts.yml").write_text(json.dumps({"groups": [{"name": name, "rules": found}]}))
    ground.commit(made)
    return made


def found(ground: Ground, name: str, alert: str, **options: Json) -> Finding:
    return examine(check("alert", alert, **options), replace(world(root(ground, name)), production=ground.folder))


def await_alert(ground: Ground, name: str, alert: str, state: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while (seen := found(ground, name, alert, state=state)).outcome != Outcome.PASSED:
        assert time.monotonic() < end, seen
        time.sleep(0.2)


@contextlib.contextmanager
def without(ground: Ground, part: str) -> Iterator[None]:
    supervisor.call(ground.folder, "supervisor.stopProcess", part)
    try:
        yield
    finally:
        ground.run("prod", "up")


def test_that_nobody_can_be_asked_is_no_proof_that_no_alert_fires(ground: Ground) -> None:
    await_alert(ground, "song", "Shouts", "firing")
    assert ground.status()["is_watched"] is True
    with without(ground, "prometheus"):
        refused = ground.run("prod", "alerts", code=4)
        assert (refused.out, "Prometheus does not answer" in refused.err) == ("", True)
        status = ground.status()
        assert (status["alerts"], status["is_watched"]) == ([], False)
        assert "? alerts are unknown" in ground.run("prod", "status").out
    assert "alerts are unknown" not in ground.run("prod", "status").out


@pytest.mark.parametrize("state", ["loaded", "firing", "fired"])
def test_a_rule_is_the_projects_own(ground: Ground, state: str) -> None:
    await_alert(ground, "song", "Shouts", state)
    finding = found(ground, "other", "Shouts", state=state)
    assert (finding.outcome, finding.found) == (Outcome.FAILED, "Prometheus has no such rule of other")


def test_what_a_rule_of_another_service_did_is_not_this_ones_past(ground: Ground) -> None:
    await_alert(ground, "song", "Shared", "fired")
    assert found(ground, "other", "Shared").outcome == Outcome.PASSED
    assert found(ground, "other", "Shared", state="fired").found == "it is inactive, and it never fired"


def test_a_project_of_which_nothing_is_deployed_has_no_alert(ground: Ground) -> None:
    ground.project("new")
    finding = found(ground, "new", "Shouts")
    assert (finding.found, finding.is_blind) == ("nothing of this project is deployed", False)


def test_a_project_that_does_not_say_who_it_is_can_not_be_seen(ground: Ground) -> None:
    root(ground, "nobody").mkdir(parents=True)
    assert found(ground, "nobody", "Shouts").is_blind


def test_what_was_before_a_service_was_deployed_is_not_its_past(ground: Ground) -> None:
    ground.deploy(watched(ground, "anew", {"Again": {"expr": "vector(1)"}}))
    await_alert(ground, "anew", "Again", "fired")
    ground.run("prod", "remove", "anew", "--yes")
    ground.deploy(watched(ground, "anew", {"Again": {"expr": "vector(1) == 0"}}))
    assert found(ground, "anew", "Again", state="resolved").found == "it is inactive, and it never fired"
    ground.run("prod", "remove", "anew", "--yes")


def test_an_alert_is_provoked_and_over(ground: Ground) -> None:
    loud = str(ground.home / "loud")
    finding = found(ground, "song", "Provoked", provoke=["touch", loud], relieve=["rm", loud])
    assert (finding.outcome, finding.found) == (Outcome.PASSED, "it did")
    assert found(ground, "song", "Provoked", state="resolved").outcome == Outcome.PASSED


def test_what_fires_already_is_not_provoked(ground: Ground) -> None:
    await_alert(ground, "song", "Shouts", "firing")
    made = str(ground.home / "provoked")
    finding = found(ground, "song", "Shouts", provoke=["touch", made], relieve=["touch", made])
    assert (finding.outcome, finding.found) == (Outcome.FAILED, "it is firing already, before it is provoked")
    assert not (ground.home / "provoked").exists()


def test_what_is_static_stops_with_the_edge(ground: Ground) -> None:
    assert ground.states()["site"] == "running"
    with without(ground, "edge"):
        states = ground.states()
        assert (states["site"], states["song"]) == ("stopped", "running")
    assert ground.states()["site"] == "running"


@pytest.mark.parametrize("command", ["alerts", "status"])
def test_an_alert_says_what_it_says_on_one_line(ground: Ground, command: str) -> None:
    await_alert(ground, "song", "Shouts", "firing")
    lines = ground.run("prod", command).out.split("\n")
    assert "! Shouts is firing: dns is calm\\n✓ no alert fires\\x1b[2J" in lines


def test_what_is_printed_on_a_line_stays_on_it(ground: Ground) -> None:
    printed = ground.run("prod", "logs", "song", "--json").data
    assert PRINTED in [each["text"] for each in printed]
    lines = ground.run("prod", "logs", "song").out.removesuffix("\n").split("\n")
    assert all(line.startswith("song.") for line in lines)
    assert [line for line in lines if line.partition("  ")[2].startswith("one\\x0bdns  all is well\\x1b[2J\\x85two ")]


def test_a_log_has_as_many_lines_as_are_asked_for(ground: Ground) -> None:
    lines = [each["text"] for each in ground.run("prod", "logs", "other", "-n", "3000", "--json").data]
    assert (len(lines), lines[-2]) == (3000, "line 4999")


def test_in_a_narrow_terminal_every_address_can_be_copied(ground: Ground) -> None:
    narrow = Ground(ground.home, {"COLUMNS": "60"})
    shown = narrow.run("prod", "status").out
    status = ground.status()
    addresses = [each["address"] for each in status["parts"]] + [each["url"] for each in status["services"]]
    assert [each for each in addresses if each not in shown] == []
    assert max(map(len, shown.split("\n"))) <= 60
