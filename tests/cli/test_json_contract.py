"""The JSON that people script against: keys may be added, never renamed, removed or given another type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.json_contract import CONTRACT, ELSEWHERE
from tests.cli.production_contract import PRODUCTION

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

DOCS = Path(__file__).parent.parent.parent / "docs" / "reference" / "json.md"


def holds(value: Any, shape: Any, where: str) -> None:
    """Fail when `value` lacks a key of `shape` or has another type there."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), where
        for key, below in shape.items():
            assert key in value, f"{where}: no {key}"
            holds(value[key], below, f"{where}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), where
        for item in value:
            holds(item, shape[0], f"{where}[]")
    else:
        assert isinstance(value, shape), f"{where}: {value!r}"


@pytest.mark.parametrize("command", CONTRACT)
def test_a_command_keeps_its_contract(project: Path, cli: Cli, command: str) -> None:
    body = json.loads(cli(*command.split(), "--json").out)
    assert body["schema"] == 1
    assert command.startswith(body["command"])
    holds(body["data"], CONTRACT[command], command)


def test_start_and_pull_requests_keep_theirs(tiny: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    started = cli("start", tiny, "--defaults", "--no-input", "--trust", "--json").data
    holds(started, ELSEWHERE["start"], "start")
    monkeypatch.chdir(started["root"])
    cli("solution", "say-hello", "--yes", "--apply")
    import subprocess

    for line in ("git switch -qc topic", "git add -A", "git commit -qm topic", "git push -qu origin topic"):
        subprocess.run(line.split(), check=True)
    holds(cli("pr", "open", "--json").data, ELSEWHERE["pr open"], "pr open")
    holds(cli("pr", "list", "--json").data, CONTRACT["pr list"], "pr list")
    holds(cli("pr", "merge", "--json").data, ELSEWHERE["pr merge"], "pr merge")


def test_catalogs_keep_theirs(tiny: Path, cli: Cli) -> None:
    broken = tiny.with_name("broken")
    broken.mkdir()
    (broken / "path.md").write_text("no front matter\n")
    (broken / "copier.yml").write_text("who: you\n")
    broken.rename(tiny.with_name("x.git"))
    added = cli("catalog", "add", tiny.parent.parent, "--name", "mine", "--json").data
    assert added["refused"]
    holds(added, ELSEWHERE["catalog add"], "catalog add")
    holds(cli("list", "--json").data, CONTRACT["list"], "list")
    holds(cli("catalog", "list", "--json").data, CONTRACT["catalog list"], "catalog list")
    fetched = cli("catalog", "fetch", "--json").data
    assert fetched
    holds(fetched, ELSEWHERE["catalog fetch"], "catalog fetch")
    holds(cli("catalog", "remove", "mine", "--json").data, ELSEWHERE["catalog remove"], "catalog remove")


def test_solving_a_step_keeps_its_contract(cli: Cli) -> None:
    assert cli("template", "new", "greeter", "--no-input").code == 0
    solve = ("template", "solve", "greet-somebody", "--template", "greeter", "--json")
    opened = cli(*solve, "--open", "o", "--trust").data
    holds(opened, ELSEWHERE["template solve --open"], "template solve --open")
    Path("o/about.txt").write_text("my-greeter\n")
    recorded = cli(*solve, "--record", "o", "--yes").data
    assert recorded["literals"]
    holds(recorded, ELSEWHERE["template solve --record"], "template solve --record")


def test_importing_a_fork_and_forgetting_keep_theirs(project: Path, cli: Cli, settings: Settings) -> None:
    """A copied ledger on which both went on, and a line that is refused: every list has something in it."""
    kept = settings.ledger.read_bytes()
    assert cli("record", "first-deploy").code == 0
    assert cli("ledger", "export", "there.jsonl").code == 0
    with Path("there.jsonl").open("a") as file:
        file.write("no event\n")
    settings.ledger.write_bytes(kept)
    assert cli("record", "exposed").code == 0
    imported = cli("ledger", "import", "there.jsonl", "--json")
    assert imported.code == 1
    assert imported.data["refused"]
    assert imported.data["forks"]
    holds(imported.data, ELSEWHERE["ledger import"], "ledger import")
    forgotten = cli("ledger", "forget", "Ada Example", "--yes", "--json").data
    assert forgotten["beyond_reach"]
    holds(forgotten, ELSEWHERE["ledger forget"], "ledger forget")


def test_a_project_that_is_gone_is_in_its_place_in_the_contract(project: Path, cli: Cli) -> None:
    command = "milestones --rederive"
    assert cli("record", "first-pr-merged").code == 0
    (project / ".goldenpath.toml").unlink()
    assert cli("record", "first-commit").code == 0
    told = cli(*command.split(), "--json").data
    assert told["unseen"]
    holds(told, CONTRACT[command], command)


def keys_of(shape: Any) -> set[str]:
    if isinstance(shape, dict):
        return set(shape) | {key for below in shape.values() for key in keys_of(below)}
    return keys_of(shape[0]) if isinstance(shape, list) else set()


@pytest.mark.parametrize("command", [*CONTRACT, *ELSEWHERE, *PRODUCTION])
def test_the_contract_is_documented(command: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    for key in keys_of({**CONTRACT, **ELSEWHERE, **PRODUCTION}[command]):
        assert f"`{key}`" in text, key
