"""The `command` and `tool` checks."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.errors import TemplateError
from tests.unit.checks.worlds import check, examine, world

if TYPE_CHECKING:
    from pathlib import Path

    from goldenpath.core.model import Json


def put_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, script: str) -> None:
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    (tools / name).write_text(f"#!/bin/sh\n{script}\n")
    (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("argv", "options", "outcome", "found"),
    [
        (["true"], {}, "passed", "it ended with 0"),
        ("true", {}, "passed", "it ended with 0"),
        (["false"], {}, "failed", "it ended with 1"),
        (["false"], {"exit": 1}, "passed", "it ended with 1"),
        (["sh", "-c", "exit 3"], {"exit": [0, 3]}, "passed", "it ended with 3"),
        (["true"], {"exit": 1}, "failed", "it ended with 0"),
        (["sh", "-c", "echo why >&2; exit 2"], {}, "failed", "it ended with 2\nwhy"),
        (["echo", "version 1.2"], {"stdout": r"^version \d"}, "passed", "version 1.2"),
        (["echo", "none"], {"stdout": "version"}, "failed", "none"),
        (["sh", "-c", "echo version >&2"], {"stdout": "version"}, "failed", "it printed nothing"),
        (["pwd"], {"folder": "sub", "stdout": "/sub$"}, "passed", ""),
        (["true"], {"folder": "none"}, "failed", "there is no folder none"),
        (["no-such-tool-here"], {}, "unknown", "no-such-tool-here is not on this machine"),
        (["./no-such-script"], {}, "failed", "there is no ./no-such-script"),
        (["./script"], {}, "passed", "it ended with 0"),
        (["./no-program"], {}, "failed", "it ended with 126\n./no-program can't be run"),
    ],
)
def test_a_command_ends_as_it_should(
    argv: Json, options: dict[str, Json], outcome: str, found: str, tmp_path: Path
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "script").write_text("#!/bin/sh\n")
    (tmp_path / "no-program").write_bytes(b"\x00\x01\x02")
    for name in ("script", "no-program"):
        (tmp_path / name).chmod(0o755)
    finding = examine(check("command", argv, **options), world(tmp_path))
    assert finding.outcome == outcome
    assert finding.found.startswith(found)


def test_an_unknown_command_says_what_would_make_it_known(tmp_path: Path) -> None:
    assert "install no-such-tool-here" in examine(check("command", ["no-such-tool-here"]), world(tmp_path)).fix


def test_a_command_needs_no_shell_and_reaches_none(tmp_path: Path) -> None:
    finding = examine(
        check("command", ["echo", "$HOME", ";", "exit", "1"], stdout=r"^\$HOME ; exit 1$"), world(tmp_path)
    )
    assert finding.outcome == "passed"


def test_a_command_leaves_no_bytecode_in_the_project(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("")
    finding = examine(check("command", [sys.executable, "-c", "import module"]), world(tmp_path))
    assert finding.outcome == "passed"
    assert [file.name for file in tmp_path.iterdir()] == ["module.py"]


def test_a_command_that_takes_too_long_fails_and_leaves_no_child(tmp_path: Path) -> None:
    script = "sleep 60 & echo $! > child; (trap '' TERM; exec sleep 60) & echo $! > stubborn; wait"
    begun = time.monotonic()
    finding = examine(replace(check("command", ["sh", "-c", script]), timeout_s=0.4), world(tmp_path))
    assert time.monotonic() - begun < 10
    assert (finding.outcome, finding.found) == ("failed", "it did not end within 0.4 s")
    for name in ("child", "stubborn"):
        assert_gone(int((tmp_path / name).read_text()))


def assert_gone(process: int) -> None:
    for _ in range(100):
        try:
            os.kill(process, 0)
            with open(f"/proc/{process}/stat", encoding="ascii") as file:  # noqa: PTH123
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {process} is still there")


@pytest.mark.parametrize(
    ("argv", "options"),
    [([], {}), (["true"], {"folder": ".."}), (["true"], {"folder": "/"}), (["echo"], {"stdout": "("})],
)
def test_a_command_that_its_author_got_wrong_names_the_line(
    argv: Json, options: dict[str, Json], tmp_path: Path
) -> None:
    with pytest.raises(TemplateError, match=r"path.md:7: check `command`"):
        examine(check("command", argv, **options), world(tmp_path))


def test_the_end_of_a_long_output_is_shown(tmp_path: Path) -> None:
    finding = examine(check("command", ["sh", "-c", "seq 5000; echo the reason; exit 1"]), world(tmp_path))
    assert finding.found.endswith("the reason")
    assert len(finding.found) < 700


@pytest.mark.parametrize(
    ("script", "version", "outcome", "found"),
    [
        ("echo frob 2.10.1", "", "passed", "frob is there"),
        ("echo frob 2.10.1", ">=2.9", "passed", "frob 2.10.1"),
        ("echo frob 2.10.1", ">=2.11", "failed", "frob 2.10.1"),
        ("echo frob version 3.0 >&2", ">=2,<4", "passed", "frob 3.0"),
        ("echo no number", ">=1", "unknown", "`frob --version` names no version"),
        ("exit 1", ">=1", "unknown", "`frob --version` names no version"),
    ],
)
def test_a_tool_is_there_and_new_enough(
    script: str, version: str, outcome: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(tmp_path, monkeypatch, "frob", script)
    options: dict[str, Json] = {"version": version} if version else {}
    finding = examine(check("tool", "frob", **options), world(tmp_path))
    assert (finding.outcome, finding.found) == (outcome, found)


def test_a_tool_that_is_not_there_fails(tmp_path: Path) -> None:
    finding = examine(check("tool", "no-such-tool-here", version=">=1"), world(tmp_path))
    assert (finding.outcome, finding.found) == ("failed", "there is no no-such-tool-here on the PATH")


def test_a_version_that_is_no_specifier_names_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_path(tmp_path, monkeypatch, "frob", "echo frob 1.0")
    with pytest.raises(TemplateError, match=r"path.md:7: check `tool`: `version` is 'new'"):
        examine(check("tool", "frob", version="new"), world(tmp_path))
