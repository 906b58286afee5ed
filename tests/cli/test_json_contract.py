"""The JSON that people script against: keys may be added, never renamed, removed or given another type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Cli

DOCS = Path(__file__).parent.parent.parent / "docs" / "reference" / "json.md"

CHECKED = {"step": str, "number": int, "of": int, "is_optional": bool, "finding": dict}
FINDING = {"outcome": str, "expected": str, "found": str, "fix": str, "evidence": str}
PULL = {
    "number": int,
    "title": str,
    "branch": str,
    "target": str,
    "head": str,
    "author": str,
    "opened_at": str,
    "state": str,
    "merged_at": (str, type(None)),
    "merge_commit": str,
}

CONTRACT: dict[str, Any] = {
    "list": [
        {
            "id": str,
            "title": str,
            "summary": str,
            "version": str,
            "owner": str,
            "support": str,
            "audience": str,
            "minutes": int,
            "teaches": list,
            "steps": int,
        }
    ],
    "show backend": {"path": {"id": str, "steps": list, "needs": list, "checks": list}, "questions": [{"name": str}]},
    "catalog list": [{"name": str, "kind": str, "paths": list}],
    "status": {
        "project": str,
        "root": str,
        "path": str,
        "title": str,
        "version": str,
        "support": str,
        "current": str,
        "done": int,
        "started_at": str,
        "elapsed_s": float,
        "minutes_left": int,
        "minutes_skipped": int,
        "steps": [
            {
                "number": int,
                "id": str,
                "title": str,
                "status": str,
                "minutes": int,
                "is_current": bool,
                "is_regressed": bool,
                "attempts": int,
                "hints_shown": int,
                "done_at": (str, type(None)),
            }
        ],
    },
    "next": {"number": int, "page": str, "step": {"id": str, "title": str, "body": str, "minutes": int, "hints": list}},
    "check": {
        "results": [{"step": str, "outcome": str, "change": str, "checks": [{**CHECKED, "finding": FINDING}]}],
        "next_step": str,
        "is_path_completed": bool,
    },
    "hint": {"step": str, "given": list, "of": int},
    "skip": {"skipped": str, "current": str},
    "goto say-hello": {"current": str, "title": str},
    "solution --yes": {"step": str, "files": list, "patch": str, "script": str, "diff": str},
    "solution --yes --apply": {"step": str, "files": list, "printed": str},
    "pr list": [PULL],
    "milestones": [
        {
            "milestone": str,
            "meaning": str,
            "at": (str, type(None)),
            "after_s": (float, type(None)),
            "learned": (str, type(None)),
            "url": str,
        }
    ],
    "milestones --stats": {
        "as_of": str,
        "with_tutorial": bool,
        "level": float,
        "without_start": int,
        "page": str,
        "statistics": [
            {
                "milestone": str,
                "pull_requests": int,
                "engineers": int,
                "reached": int,
                "on_the_way": int,
                "before_start": int,
                "withheld": str,
                "median": (dict, type(None)),
                "table": list,
                "curve": list,
            }
        ],
    },
    "record first-deploy": {"milestone": str, "at": str, "event": str},
    "ledger path": {"path": str},
    "ledger log": [
        {
            "id": str,
            "source": str,
            "wseq": int,
            "type": str,
            "subject": str,
            "time": str,
            "data": dict,
            "prev": str,
            "hash": str,
        }
    ],
    "ledger verify": {"events": int, "heads": dict, "problems": list},
    "ledger export out.jsonl": {"file": str, "events": int},
    "doctor": {"findings": [{"group": str, "health": str, "text": str, "mend": str, "can_fix": bool}], "mended": list},
}
ELSEWHERE = {
    "start": {
        "project": str,
        "root": str,
        "path": str,
        "template": str,
        "version": str,
        "commit": str,
        "files": int,
        "origin": str,
        "first_step": str,
        "inside": (str, type(None)),
    },
    "pr open": PULL,
    "pr merge": {"pull": PULL, "review": [{"command": str, "seconds": float}]},
}


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


def keys_of(shape: Any) -> set[str]:
    if isinstance(shape, dict):
        return set(shape) | {key for below in shape.values() for key in keys_of(below)}
    return keys_of(shape[0]) if isinstance(shape, list) else set()


@pytest.mark.parametrize("command", [*CONTRACT, *ELSEWHERE])
def test_the_contract_is_documented(command: str) -> None:
    text = DOCS.read_text(encoding="utf-8")
    for key in keys_of({**CONTRACT, **ELSEWHERE}[command]):
        assert f"`{key}`" in text, key
