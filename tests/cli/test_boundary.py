"""Every way in which a command can end: exit codes, two lines, and nothing else."""

from __future__ import annotations

import errno
import json
import os
import py_compile
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

PROGRAM = [sys.executable, "-m", "goldenpath"]


def test_goldenpath_alone_gives_short_help(cli: Cli) -> None:
    result = cli()
    assert result.code == 0
    assert "goldenpath start backend" in result.out


def test_the_version_is_printed_once(cli: Cli) -> None:
    result = cli("--version")
    assert result.code == 0
    assert result.out.startswith("goldenpath ")
    assert result.out.count("\n") == 1


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("command", [[], ["start"], ["pr"], ["pr", "merge"], ["ledger", "export"]])
def test_help_works_everywhere(cli: Cli, command: list[str], flag: str) -> None:
    result = cli(*command, flag)
    assert result.code == 0
    assert result.out.startswith("Usage: goldenpath")


@pytest.mark.parametrize(
    ("arguments", "error", "hint"),
    [
        (["statsu"], "No such command 'statsu'", "did you mean `status`"),
        (["pr", "opne"], "No such command 'opne'", "did you mean `open`?"),
        (["status", "--jsn"], "No such option: --jsn", "did you mean --json?"),
        (["goto"], "Missing argument", "goldenpath goto --help"),
        (["pr", "merge", "first"], "Invalid value for 'NUMBER'", "goldenpath pr merge --help"),
    ],
)
def test_a_slip_of_the_fingers_gets_two_lines_and_exit_2(cli: Cli, arguments: list[str], error: str, hint: str) -> None:
    result = cli(*arguments)
    assert result.code == 2
    assert result.out == ""
    first, second = result.err.splitlines()
    assert first.startswith(f"error: {error}")
    assert second.startswith("hint: ")
    assert hint in second


def test_an_error_with_json_is_one_object_on_stdout(cli: Cli) -> None:
    result = cli("pr", "open", "--json")
    body = json.loads(result.out)
    assert (body["schema"], body["command"], body["error"]["code"]) == (1, "pr open", "usage")
    assert body["error"]["hint"] in result.err


@pytest.mark.parametrize("name", ["FORCE_COLOR", "GITHUB_ACTIONS"])
def test_piped_output_holds_no_escape_sequence(project: Path, name: str) -> None:
    for command in (["status"], ["next"], ["--help"], ["status", "--json"], ["list"], ["nonsense"]):
        done = subprocess.run([*PROGRAM, *command], env={**os.environ, name: "true"}, capture_output=True, check=False)
        assert b"\x1b" not in done.stdout + done.stderr


def test_a_locale_without_our_signs_still_gets_readable_output(project: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*PROGRAM, "status"], env=environment, capture_output=True, check=True, text=True)
    assert "> 1 Say hello" in done.stdout


def test_a_pipe_that_its_reader_closes_ends_quietly(project: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" -m goldenpath ledger log | true', sys.executable],
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stderr == ""


def test_a_full_device_is_an_error_line(project: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*PROGRAM, "status", "--json"], stdout=full, stderr=subprocess.PIPE, check=False, text=True
        )
    assert done.returncode == 4
    assert done.stderr.startswith("error: stdout can't be written")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("number", "code", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_an_interruption_says_so_and_leaves_no_child(
    project: Path, number: signal.Signals, code: int, word: str
) -> None:
    (project / "check.sh").write_text("sleep 47.11\n")
    for command in (
        ["git", "switch", "-qc", "slow"],
        ["git", "commit", "-qam", "slow"],
        ["git", "push", "-qu", "origin", "slow"],
    ):
        subprocess.run(command, check=True)
    subprocess.run([*PROGRAM, "pr", "open"], check=True, capture_output=True)
    running = subprocess.Popen([*PROGRAM, "pr", "merge"], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _wait_for("sleep 47.11")
    running.send_signal(number)
    _, said = running.communicate(timeout=20)
    assert running.returncode == code
    assert f"error: {word} before it was done" in said
    assert not _runs("sleep 47.11")


def _runs(command: str) -> bool:
    return subprocess.run(["pgrep", "-f", f"^{command}"], check=False, capture_output=True).returncode == 0


def _wait_for(command: str) -> None:
    for _ in range(200):
        if _runs(command):
            return
        time.sleep(0.1)
    raise AssertionError(f"{command} never ran")


def test_a_bug_of_ours_writes_a_log_and_names_it(cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goldenpath.flows.list_paths.list_paths", lambda _settings: 1 / 0)
    result = cli("list")
    assert result.code == 70
    assert "Traceback" not in result.err
    logs = list((settings.state / "logs").iterdir())
    assert str(logs[0]) in result.err
    assert "ZeroDivisionError" in logs[0].read_text()


def test_a_bug_of_ours_repeats_no_credentials_and_no_answer(
    cli: Cli, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("https://me:S3CRET@h/x and 'TOP\\n'")

    monkeypatch.setattr("goldenpath.flows.plan_start.plan_start", fail)
    assert cli("start", "https://me:S3CRET@h/x", "p", "-d", "tok=TOP\n").code == 70
    (log,) = (settings.state / "logs").iterdir()
    text = log.read_text()
    assert "command: start (5 words)" in text
    assert "https://h/x and '***'" in text
    assert "S3CRET" not in text


def test_a_disk_in_trouble_is_told_in_json_too(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_settings: object) -> None:
        raise OSError(errno.ELOOP, "Too many levels of symbolic links", "/a/b")

    monkeypatch.setattr("goldenpath.flows.list_paths.list_paths", fail)
    result = cli("list", "--json")
    assert result.code == 4
    assert json.loads(result.out)["error"]["message"] == "/a/b can't be written: Too many levels of symbolic links"
    assert "that link" in result.err


def test_a_prompt_of_python_is_no_ending(project: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "status"],
        env={**os.environ, "PYTHONINSPECT": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stderr == ""


def test_a_second_ctrl_c_while_the_first_is_told_ends_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = """
import goldenpath.cli.boundary as boundary
def interrupted(*_):
    raise KeyboardInterrupt
boundary._run_command = boundary._tell = interrupted
boundary.run()
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False, text=True)
    assert done.returncode == 130
    assert done.stderr.strip() == "error: interrupted before it was done\nhint: type the same again to go on"


def test_compiled_python_that_was_cut_off_is_no_interruption(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "cut_off.py"
    module.write_text("A = 1\n")
    compiled = Path(py_compile.compile(str(module)) or "")
    compiled.write_bytes(compiled.read_bytes()[:40])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("goldenpath.flows.list_paths.list_paths", lambda _settings: import_module("cut_off"))
    result = cli("list")
    assert result.code == 70
    assert "EOFError" in result.err


def test_an_interruption_while_a_class_is_made_is_one(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python 3.11 wraps what a `__set_name__` raises in a RuntimeError; at a start, that is most of a dataclass."""

    class Interrupted:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("goldenpath.flows.list_paths.list_paths", lambda _settings: type("A", (), {"a": Interrupted()}))
    assert cli("list").code == 130
