"""The JSON of `goldenpath prod`, and the events that it leaves, in one life of a small production."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from goldenpath.core import events as ev
from goldenpath.core.identifiers import mint
from tests.cli.production_contract import ALERT, PRODUCTION
from tests.cli.test_json_contract import holds
from tests.interchange import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.cli.conftest import Cli

FIRES_S = 20.0
"""How long an alert may take whose rule always holds."""
RULES = """\
groups:
  - name: handbook
    rules:
      - alert: HandbookIsThere
        expr: vector(1)
        labels: {service: handbook}
        annotations: {summary: The handbook is there.}
"""
NAME = "handbook:\n  type: A\n  value: 127.0.0.1\n"


@pytest.fixture
def handbook(cli: Cli, git: Callable[..., str]) -> Iterator[Path]:
    """A project with files to be served, in the working folder; whatever production it goes into is ended."""
    root = Path.cwd()
    for name, text in {
        ".goldenpath.toml": f'id = "{mint("prj")}"\npath = ""\n',
        "deploy.toml": 'name = "handbook"\nkind = "static"\nfolder = "site"\nmonitoring = "monitoring"\n',
        "monitoring/alerts.yml": RULES,
        "site/index.html": "<h1>Handbook</h1>\n",
    }.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    git(root, "init", "--quiet", "--initial-branch", "main")
    commit(git, root)
    yield root
    assert cli("prod", "reset", "--yes").code == 0


def commit(git: Callable[..., str], root: Path) -> str:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", "Mine")
    return git(root, "rev-parse", "HEAD")


def kept(cli: Cli, command: str, *more: object) -> Any:
    """What a command prints that keeps its contract."""
    done = cli(*command.split(), *more, "--json")
    assert done.code == 0, done.err
    body = json.loads(done.out)
    assert (body["schema"], command.startswith(body["command"])) == (1, True)
    holds(body["data"], PRODUCTION[command], command)
    return body["data"]


@pytest.mark.slow
def test_every_command_about_production_keeps_its_contract(handbook: Path, cli: Cli, git: Callable[..., str]) -> None:
    first = git(handbook, "rev-parse", "HEAD")
    raised = kept(cli, "prod up")
    deployed = kept(cli, "prod deploy", "--trust")
    assert (deployed["commit"], deployed["before"], deployed["is_rollback"]) == (first, "", False)
    second = commit(git, handbook)
    assert (again := kept(cli, "prod deploy"))["before"] == first
    assert again["commit"] == second
    assert kept(cli, "prod deploy --rollback")["commit"] == first
    expose(cli, git, handbook.parent / "zone", raised["zone_repository"])
    if not raised["missing"]:
        assert fired(cli) == [dict.fromkeys(ALERT, "") | {"name": "HandbookIsThere", "service": "handbook"}]
    status = kept(cli, "prod status")
    (service,) = status["services"]
    assert (service["releases"], service["names"]) == ([first, second], ["handbook.prod.test"])
    assert status["is_up"] is True
    assert {"dns", "edge", "supervisor"} <= {line["program"] for line in kept(cli, "prod logs")}
    assert kept(cli, "prod remove", "--yes")["names"] == ["handbook.prod.test"]
    assert {"dns", "edge"} <= {*kept(cli, "prod down")["programs"]}
    assert kept(cli, "prod reset", "--yes")["is_forgotten"] is True
    assert_events(cli, [first, second, first, first])


def expose(cli: Cli, git: Callable[..., str], checkout: Path, repository: str) -> None:
    git(checkout.parent, "clone", "--quiet", repository, str(checkout))
    with (checkout / "zones" / "prod.test.yaml").open("a") as file:
        file.write(NAME)
    planned = kept(cli, "prod dns plan", checkout)
    assert [(each["action"], each["name"]) for each in planned["plan"]["changes"]] == [("create", "handbook.prod.test")]
    git(checkout, "switch", "--quiet", "--create", "expose-handbook")
    commit(git, checkout)
    git(checkout, "push", "--quiet", "--set-upstream", "origin", "expose-handbook")
    with contextlib.chdir(checkout):
        assert cli("pr", "open").code == 0
        merged = cli("pr", "merge")
    assert (merged.code, "goldenpath prod dns apply" in merged.out) == (0, True), merged.err
    applied = kept(cli, "prod dns apply")
    assert applied["plan"]["changes"] == planned["plan"]["changes"]
    assert applied["names"]["handbook.prod.test"] == "handbook"


def fired(cli: Cli) -> list[dict[str, str]]:
    """The alerts once there are any, without what is other each time."""
    end = time.monotonic() + FIRES_S
    while not (found := kept(cli, "prod alerts")) and time.monotonic() < end:
        time.sleep(0.2)
    return [{**each, "state": "", "since": "", "summary": ""} for each in found]


def assert_events(cli: Cli, commits: list[str]) -> None:
    """The ledger has an event for each thing that was done, and an export of them keeps the published standards."""
    lines = [json.loads(line) for line in cli("ledger", "export").out.splitlines()]
    assert [fault for line in lines for fault in faults(line)] == []
    types = [ev.SERVICE_DEPLOYED, ev.SERVICE_DEPLOYED, ev.SERVICE_ROLLED_BACK, ev.SERVICE_REMOVED]
    found = [(line["type"], line["data"]["customData"]["commit"]) for line in lines if line["type"] in types]
    assert found == list(zip(types, commits, strict=True))


@pytest.mark.parametrize("command", ["prod deploy", "prod alerts", "prod dns plan", "prod dns apply"])
def test_where_production_is_not_up_the_next_command_is_named(handbook: Path, cli: Cli, command: str) -> None:
    done = cli(*command.split(), *(["--trust"] if "deploy" in command else []), "--json")
    assert (done.code, json.loads(done.out)["error"]["hint"]) == (4, "start it: goldenpath prod up")
    assert not (Path.cwd() / "production").exists()


def test_without_production_there_is_nothing_to_tell_and_to_stop(cli: Cli) -> None:
    assert kept(cli, "prod status")["is_up"] is False
    assert kept(cli, "prod logs") == []
    assert kept(cli, "prod down") == {"programs": [], "is_forgotten": False}
    assert cli("prod", "logs", "edge", "-f", "--json").code == 2


def test_a_service_that_is_not_there_is_not_removed(handbook: Path, cli: Cli) -> None:
    assert cli("prod", "remove", "handbok", "--yes").code == 2
    assert cli("prod", "remove", "--yes").code == 2
    assert cli("prod", "deploy", "--ref", "HEAD", "--rollback").code == 2


def test_nothing_is_forgotten_that_nobody_agreed_to(cli: Cli) -> None:
    refused = cli("prod", "reset", "--no-input")
    assert (refused.code, "--yes" in refused.err) == (2, True)
