"""`goldenpath ledger export`: whole or not at all, wherever it goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from tests.conftest import NOW
from tests.merging import line_of, sealed, take_in

if TYPE_CHECKING:
    from goldenpath.adapters.ledger.book import Ledger
    from tests.cli.conftest import Cli

ROOT = Path(__file__).parents[2]
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
AS_ANYBODY = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []
)
"""Root writes where it likes, unless it gives that up."""


@pytest.fixture
def full(ledger: Ledger) -> Ledger:
    """A ledger of a thousand events, far more than a pipe holds."""
    ledger.append(
        [Draft(ev.HINT_SHOWN, "prj-ü", NOW, {"hint": number, "name": "é 🎵\u2028"}) for number in range(1000)]
    )
    return ledger


def export(redirected: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """An export in a process of its own, its stdout led elsewhere."""
    command = ["bash", "-c", f'set -o pipefail; "$@" {redirected}', "bash", sys.executable, "-m", "goldenpath"]
    return subprocess.run(
        [*command, "ledger", "export"], cwd=ROOT, env={**os.environ, **environment}, capture_output=True, check=False
    )


def test_a_reader_that_leaves_early_is_no_error(full: Ledger) -> None:
    done = export("| head -1")
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["goldenpathseq"] == 1


@needs_full
def test_a_full_disk_behind_stdout_is_told(full: Ledger) -> None:
    done = export("> /dev/full")
    assert done.returncode == 4
    assert done.stderr.startswith(b"error: stdout can't be written: No space left on device\nhint: ")


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_the_locale_changes_nothing(full: Ledger, cli: Cli, encoding: str, tmp_path: Path) -> None:
    cli("ledger", "export", "whole.jsonl")
    done = export(f"> {tmp_path / 'export'}", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert (tmp_path / "export").read_bytes() == Path("whole.jsonl").read_bytes()
    assert cli("ledger", "import", tmp_path / "export").out == "✓ 0 events are new, 1000 were there already\n"


def test_what_stands_in_events_can_not_speak_to_the_terminal(ledger: Ledger, cli: Cli) -> None:
    take_in(ledger, [line_of(sealed(data={"step": "\x1b[2J\x7f\x9b31m\u202e"}))])
    (line,) = cli("ledger", "export").out.splitlines()
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["data"]["customData"]["step"] == "\x1b[2J\x7f\x9b31m\u202e"


def test_the_ledger_is_never_written_over(full: Ledger, cli: Cli) -> None:
    Path("link").symlink_to(full.path)
    Path("hard").hardlink_to(full.path)
    before = full.path.read_bytes()
    for name in (full.path, "link", "hard"):
        result = cli("ledger", "export", name)
        assert result.code == 5
        assert "is the ledger itself" in result.err
    assert full.path.read_bytes() == before
    assert Path("link").is_symlink()


def test_an_export_takes_the_place_of_an_older_one_and_is_private(full: Ledger, cli: Cli) -> None:
    Path("out.jsonl").write_text("older")
    Path("out.jsonl").chmod(0o644)
    result = cli("ledger", "export", "out.jsonl", "--json")
    assert result.data == {"file": str(Path("out.jsonl").absolute()), "events": 1000}
    assert len(Path("out.jsonl").read_text().splitlines()) == 1000
    assert Path("out.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_to_and_stays_a_pipe(full: Ledger, cli: Cli) -> None:
    os.mkfifo("pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_text()), daemon=True)
    reader.start()
    assert cli("ledger", "export", "pipe").code == 0
    assert Path("pipe").is_fifo()
    reader.join(10)
    assert len(read[0].splitlines()) == 1000


@needs_full
def test_a_device_is_written_to_and_stays_a_device(full: Ledger, cli: Cli) -> None:
    Path("full").symlink_to("/dev/full")
    result = cli("ledger", "export", "full")
    assert (result.code, result.err.splitlines()[0]) == (2, "error: full: No space left on device")
    assert Path("full").readlink() == Path("/dev/full")


@pytest.mark.parametrize("name", ["/proc/out.jsonl", "/sys/kernel/out.jsonl"])
def test_a_folder_that_takes_no_file_is_told(full: Ledger, cli: Cli, name: str) -> None:
    result = cli("ledger", "export", name)
    assert result.code == 2
    assert result.err.startswith(f"error: {name}: ")


def test_a_read_only_folder_is_told_and_keeps_the_older_export(full: Ledger, cli: Cli) -> None:
    shut = Path("shut").absolute()
    shut.mkdir()
    (shut / "out.jsonl").write_text("older")
    shut.chmod(0o500)
    done = subprocess.run(
        [*AS_ANYBODY, sys.executable, "-m", "goldenpath", "ledger", "export", str(shut / "out.jsonl")],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    shut.chmod(0o700)
    assert (done.returncode, done.stderr.splitlines()[0]) == (2, f"error: {shut / 'out.jsonl'}: Permission denied")
    assert [file.name for file in shut.iterdir()] == ["out.jsonl"]
    assert (shut / "out.jsonl").read_text() == "older"
