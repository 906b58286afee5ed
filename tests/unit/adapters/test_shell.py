"""Commands: no shell, no input, a time limit, no child left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters import shell
from goldenpath.adapters.shell import CANNOT_BE_RUN, MOST_OUTPUT, Ran

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, *argv: str, timeout_s: float = 10.0, **environment: str) -> Ran:
    ran = shell.run(argv, folder=folder, timeout_s=timeout_s, **environment)
    assert ran is not None
    return ran


def is_alive(process: int) -> bool:
    try:
        with open(f"/proc/{process}/stat", encoding="ascii") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
    except ProcessLookupError:
        return False


def ends_soon(process: int) -> bool:
    for _ in range(100):
        if not is_alive(process):
            return True
        time.sleep(0.02)
    return False


def test_a_command_tells_its_code_and_what_it_printed(tmp_path: Path) -> None:
    ran = run(tmp_path, "sh", "-c", "echo out; echo err >&2; exit 3")
    assert (ran.exit, ran.stdout, ran.stderr, ran.output) == (3, "out\n", "err\n", "out\nerr")
    assert ran.argv[0] == "sh"


def test_a_command_runs_in_its_folder_with_its_environment(tmp_path: Path) -> None:
    assert run(tmp_path, "sh", "-c", 'pwd; echo "$GREETING"', GREETING="hello").stdout == f"{tmp_path}\nhello\n"


def test_our_own_virtual_environment_is_not_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("PYTHONHOME", "")
    assert run(tmp_path, "sh", "-c", 'echo "${VIRTUAL_ENV-none} ${PYTHONHOME-none}"').stdout == "none none\n"


def test_no_shell_reads_the_arguments(tmp_path: Path) -> None:
    assert run(tmp_path, "echo", "$HOME", "*", ";", "a  b").stdout == "$HOME * ; a  b\n"


def test_a_command_gets_no_input(tmp_path: Path) -> None:
    (tmp_path / "typed").write_text("what was typed\n")
    typed, before = os.open(tmp_path / "typed", os.O_RDONLY), os.dup(0)
    os.dup2(typed, 0)
    try:
        ran = run(tmp_path, "sh", "-c", "cat; read -r line || echo end")
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(typed)
    assert (ran.exit, ran.stdout) == (0, "end\n")


@pytest.mark.parametrize("argv", [["no-such-tool-here"], ["./no-such-script"], ["/no/such/tool"], ["./plain"]])
def test_a_tool_that_is_not_there_is_none(argv: list[str], tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("echo hi\n")
    assert shell.run(argv, folder=tmp_path, timeout_s=5) is None


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"#!/no/such/interpreter\n", b""])
def test_a_file_that_is_no_program_ends_as_in_a_shell(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "it").write_bytes(content)
    (tmp_path / "it").chmod(0o755)
    ran = run(tmp_path, "./it")
    assert ran.exit == CANNOT_BE_RUN == 126
    assert ran.output.startswith("./it can't be run: ")


def test_a_script_is_found_from_its_folder_and_not_from_ours(tmp_path: Path) -> None:
    (tmp_path / "it").write_text("#!/bin/sh\necho here\n")
    (tmp_path / "it").chmod(0o755)
    assert run(tmp_path, "./it").stdout == "here\n"


def test_a_command_that_takes_too_long_is_ended_with_what_it_printed(tmp_path: Path) -> None:
    begun = time.monotonic()
    ran = run(tmp_path, "sh", "-c", "echo begun; sleep 60", timeout_s=0.3)
    assert time.monotonic() - begun < 5
    assert (ran.exit, ran.stdout) == (None, "begun\n")
    assert ran.seconds >= 0.3


def test_a_command_may_clean_up_before_it_is_ended(tmp_path: Path) -> None:
    script = "trap 'echo cleaned; exit 0' TERM; sleep 60 & wait"
    assert run(tmp_path, "sh", "-c", script, timeout_s=0.3).stdout == "cleaned\n"


@pytest.mark.parametrize(
    "child", ["sleep 60", "sleep 60 >/dev/null 2>&1", "trap '' TERM; exec sleep 60", "trap '' HUP TERM INT; sleep 60"]
)
def test_with_a_command_that_takes_too_long_its_children_end(child: str, tmp_path: Path) -> None:
    begun = time.monotonic()
    ran = run(tmp_path, "sh", "-c", f"echo begun; ({child}) & echo $! > child; wait", timeout_s=0.3)
    assert time.monotonic() - begun < 10
    assert ran.stdout == "begun\n"
    assert ends_soon(int((tmp_path / "child").read_text()))


def test_a_command_that_ends_leaves_no_child_behind(tmp_path: Path) -> None:
    ran = run(tmp_path, "sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")
    assert ran.exit == 0
    assert ends_soon(int(ran.stdout))


@pytest.mark.skipif(not shell.find("setsid"), reason="setsid is not on this machine")
def test_a_child_in_a_session_of_its_own_does_not_hold_us_up(tmp_path: Path) -> None:
    begun = time.monotonic()
    ran = run(tmp_path, "sh", "-c", "setsid sh -c 'echo $$ > away; exec sleep 60' & sleep 60", timeout_s=0.3)
    assert time.monotonic() - begun < 10
    assert ran.exit is None
    os.kill(int((tmp_path / "away").read_text()), signal.SIGKILL)


def test_an_interruption_ends_the_command(tmp_path: Path) -> None:
    script = (
        "import signal, sys; from pathlib import Path; from goldenpath.adapters import shell\n"
        "signal.alarm(0); signal.signal(signal.SIGALRM, signal.default_int_handler); signal.setitimer(0, 0.3)\n"
        "try:\n shell.run(['sh', '-c', 'echo $$ > leader; sleep 60'], folder=Path(sys.argv[1]), timeout_s=30)\n"
        "except KeyboardInterrupt:\n print('interrupted')\n"
    )
    ran = run(tmp_path, sys.executable, "-c", script, str(tmp_path), PYTHONPATH=os.pathsep.join(sys.path))
    assert ran.stdout == "interrupted\n"
    assert ends_soon(int((tmp_path / "leader").read_text()))


def test_the_end_of_a_huge_output_is_kept(tmp_path: Path) -> None:
    ran = run(tmp_path, sys.executable, "-c", f"print('x' * {MOST_OUTPUT + 5000}); print('end')")
    assert len(ran.stdout) == MOST_OUTPUT
    assert ran.stdout.endswith("end\n")


def test_output_that_is_no_text_is_still_shown(tmp_path: Path) -> None:
    assert run(tmp_path, "printf", r"a\377b").stdout == "a\ufffdb"


def test_a_signal_that_comes_while_a_process_begins_ends_it_too() -> None:
    begun: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        begun.append(subprocess.Popen(["sleep", "60"], start_new_session=True))
        signal.raise_signal(signal.SIGINT)
        return begun[0]

    with pytest.raises(KeyboardInterrupt):
        shell.run_to_its_end(begin, 60)
    assert begun[0].returncode == -signal.SIGTERM


@pytest.mark.parametrize("command", ["sleep 60 &", "setsid sleep 4 &", "(sleep 60; echo late) & "])
def test_what_a_command_leaves_in_the_background_is_not_waited_for(tmp_path: Path, command: str) -> None:
    ran = shell.run(["sh", "-c", f"echo said; echo more >&2; {command}"], folder=tmp_path, timeout_s=50)
    assert ran is not None
    assert (ran.exit, ran.stdout, ran.stderr) == (0, "said\n", "more\n")
    assert ran.seconds < 10
