"""`goldenpath ledger import`: what goes in, what is refused, and how it is told."""

from __future__ import annotations

import gzip
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.adapters.ledger.book import Ledger
from goldenpath.core import events as ev
from goldenpath.core.events import Draft
from tests.conftest import NOW
from tests.merging import CI, WRITER, chain, changed, exported, line_of, sealed

if TYPE_CHECKING:
    from goldenpath.adapters.settings import Settings
    from tests.cli.conftest import Cli

ROOT = Path(__file__).parents[2]
needs_proc = pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="this system has no /proc")
THREE = [line_of(event) for event in chain(3)]
THEIRS = changed(b"{}", **CI)


def write(name: str, *lines: bytes, end: bytes = b"\n") -> Path:
    """A file of these lines."""
    file = Path(name)
    file.write_bytes(b"".join(line + end for line in lines))
    return file


def run(*arguments: object, given: bytes = b"", redirected: str = "") -> subprocess.CompletedProcess[bytes]:
    """The command line in a process of its own, with its stdin."""
    command = [sys.executable, "-m", "goldenpath", *map(str, arguments)]
    if redirected:
        command = ["bash", "-c", f'"$@" {redirected}', "bash", *command]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, input=given, capture_output=True, check=False, timeout=60)


def test_all_of_an_export_goes_in(cli: Cli, ledger: Ledger) -> None:
    result = cli("ledger", "import", write("a.jsonl", *THREE, THEIRS))
    assert (result.code, result.out, result.err) == (0, "✓ 4 events are new, 0 were there already\n", "")
    assert [event.id for event in ledger.events()] == [json.loads(line)["id"] for line in [*THREE, THEIRS]]
    again = cli("ledger", "import", "a.jsonl")
    assert (again.code, again.out) == (0, "✓ 0 events are new, 4 were there already\n")


def test_several_files_go_in_in_any_order(cli: Cli, ledger: Ledger) -> None:
    files = [write(f"{number}.jsonl", line) for number, line in enumerate(THREE)]
    assert cli("ledger", "import", *reversed(files), files[0]).out == "✓ 3 events are new, 1 were there already\n"
    assert [event.wseq for event in ledger.events()] == [3, 2, 1]


def test_more_files_than_may_be_open_go_in(cli: Cli) -> None:
    files = [write(f"{number}.jsonl", line_of(event)) for number, event in enumerate(chain(80))]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    try:
        result = cli("ledger", "import", *files)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert (result.code, result.out) == (0, "✓ 80 events are new, 0 were there already\n")


@pytest.mark.parametrize("end", [b"\r\n", b"\n\n \t\r\n", b" \n"], ids=["crlf", "blank", "trailing"])
def test_lines_may_end_in_other_ways(cli: Cli, end: bytes) -> None:
    write("a.jsonl", *THREE, end=end)
    with Path("a.jsonl").open("ab") as file:
        file.write(THEIRS)
    assert cli("ledger", "import", "a.jsonl").out == "✓ 4 events are new, 0 were there already\n"


def test_a_line_of_the_greatest_length_may_end_in_crlf_and_a_longer_one_is_refused_alone(cli: Cli) -> None:
    room = 1024 * 1024 - len(changed(THEIRS, data=""))
    long, longer = changed(THEIRS, data="x" * room), changed(THEIRS, data="x" * (room + 1))
    padded = [b" " * 1024 * 1024 + THEIRS, THEIRS + b" " * 1024 * 1024 + b"more", b" " * 3_000_000]
    for end in (b"\r\n", b"\n"):
        write("a.jsonl", THREE[0], longer, *padded, long, b"x" * 10_000_000, THREE[1], longer, end=end)
        found = cli("ledger", "import", "a.jsonl", "--json").data
        assert (found["new"] + found["known"]) == 3
        assert [(each["line"], each["reason"]) for each in found["refused"]] == [
            (number, "longer than 1024 KiB") for number in (2, 3, 4, 5, 7, 9)
        ]


def test_an_empty_file_has_nothing_new_and_makes_no_ledger(cli: Cli, settings: Settings) -> None:
    assert cli("ledger", "import", write("empty.jsonl")).out == "✓ 0 events are new, 0 were there already\n"
    assert not settings.ledger.exists()


def test_a_refused_line_is_named_and_the_rest_goes_in(cli: Cli, ledger: Ledger) -> None:
    forged = changed(THREE[1], subject="prj-9")
    result = cli("ledger", "import", write("a.jsonl", THREE[0], forged, b"", b"{", THREE[2]), write("b", b"NaN"))
    assert result.code == 1
    assert result.out == "✗ 2 events are new, 0 were there already, 3 lines refused\n"
    assert [line.split(" at ")[0] for line in result.err.splitlines()] == [
        f"refused: a.jsonl, line 2: was changed after it was written: its hash is not that of writer {WRITER}",
        "refused: a.jsonl, line 4: not JSON: Expecting property name enclosed in double quotes",
        "refused: b, line 1: not JSON: NaN is no number there",
    ]
    assert len(ledger.events()) == 2


def test_of_many_refused_lines_twenty_are_shown_and_json_has_all(cli: Cli) -> None:
    write("a.jsonl", *[b"x"] * 30)
    shown = cli("ledger", "import", "a.jsonl").err.splitlines()
    assert (len(shown), shown[-1]) == (21, "and 10 more; all with --json")
    assert len(cli("ledger", "import", "a.jsonl", "--json").data["refused"]) == 30


def test_json_has_what_happened(cli: Cli) -> None:
    branch = line_of(sealed(chain(1)[0], subject="prj-2"))
    result = cli("ledger", "import", write("a.jsonl", THREE[0], branch, b"[]"), "--json")
    assert result.code == 1
    assert json.loads(result.out)["command"] == "ledger import"
    assert result.data == {
        "new": 2,
        "known": 0,
        "refused": [{"file": "a.jsonl", "line": 3, "reason": "no JSON object"}],
        "forks": [{"writer": WRITER, "number": 1}],
        "is_writer_new": False,
    }


def test_a_fork_is_warned_of_and_the_new_id_is_told(cli: Cli, ledger: Ledger, tmp_path: Path) -> None:
    ledger.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {})])
    clone = Ledger(tmp_path / "clone.sqlite3")
    clone.path.write_bytes(ledger.path.read_bytes())
    clone.path.chmod(0o600)
    writer = clone.append([Draft(ev.HINT_SHOWN, "prj-2", NOW, {})])[0].writer
    ledger.append([Draft(ev.HINT_SHOWN, "prj-3", NOW, {})])
    result = cli("ledger", "import", write("clone.jsonl", *exported(clone)))
    assert result.code == 0
    assert result.err.splitlines() == [
        f"warning: writer {writer}, event 2: two ledgers write under one id; both are kept",
        "note: this ledger's own id is in use elsewhere too; its next event gets a new one",
    ]
    assert cli("record", "first-deploy").code == 0
    assert ledger.events()[-1].writer not in {writer, ""}


def test_a_compressed_file_is_refused_and_nothing_else_happens(cli: Cli, settings: Settings) -> None:
    Path("a.jsonl.gz").write_bytes(gzip.compress(b"\n".join(THREE)))
    result = cli("ledger", "import", "a.jsonl.gz")
    assert result.code == 1
    assert result.err.startswith("refused: a.jsonl.gz, line 1: not UTF-8\n")
    assert not settings.ledger.exists()


@pytest.mark.parametrize(("name", "reason"), [("none.jsonl", "No such file"), (".", "Is a directory")])
def test_a_file_that_can_not_be_read_is_found_before_anything_goes_in(
    cli: Cli, settings: Settings, name: str, reason: str
) -> None:
    result = cli("ledger", "import", write("a.jsonl", *THREE), name)
    assert result.code == 2
    assert result.err.startswith(f"error: {name}: {reason}")
    assert not settings.ledger.exists()


@needs_proc
def test_a_file_that_fails_half_way_is_named(cli: Cli) -> None:
    result = cli("ledger", "import", write("a.jsonl", *THREE), "/proc/self/mem")
    assert (result.code, result.err.splitlines()[0]) == (2, "error: /proc/self/mem: Input/output error")


def test_a_damaged_ledger_takes_nothing_in(cli: Cli, ledger: Ledger) -> None:
    ledger.append([Draft(ev.HINT_SHOWN, "prj-1", NOW, {})])
    damaged = b"no ledger" * 2000
    ledger.path.write_bytes(damaged)
    result = cli("ledger", "import", write("a.jsonl", *THREE))
    assert result.code == 7
    assert "not a database" in result.err
    assert ledger.path.read_bytes() == damaged


HOSTILE = [
    *(changed(THEIRS, **{name: "\x1b[31m\x9b2J\u202e"}) for name in ("id", "source", "type", "subject", "time")),
    changed(THREE[0], goldenpathwriter="wri-\x1b]0;x\x07", source="goldenpath:wri-\x1b]0;x\x07"),
    b'{"\\u001b[2J":1,"\\u001b[2J":1}',
    b"\x1b[31m",
]


def test_nothing_of_a_hostile_line_reaches_the_terminal(cli: Cli) -> None:
    (result, told) = (cli("ledger", "import", write("a.jsonl", *HOSTILE), *json) for json in ([], ["--json"]))
    assert result.err.count("refused: ") == len(told.data["refused"]) == len(HOSTILE)
    assert all(sign.isprintable() or sign == "\n" for sign in result.out + result.err + told.out)


def test_facts_of_others_can_not_speak_to_the_terminal_later(cli: Cli) -> None:
    facts = {"step": "\x1b[2J\x9b31m", "name": "\u202e"}
    write("a.jsonl", line_of(sealed(data=facts, subject="prj-\x1b[31m")), changed(THEIRS, data=facts))
    assert cli("ledger", "import", "a.jsonl").code == 0
    for command in (["log"], ["log", "--json"], ["export"], ["verify"]):
        told = cli("ledger", *command)
        assert told.code == 0
        assert all(sign.isprintable() or sign == "\n" for sign in told.out + told.err)


def test_facts_of_others_can_not_pretend_to_be_lines_of_the_log(cli: Cli) -> None:
    facts = {"step": "one\n2026-03-02", "learned": "said\n2026-03-03"}
    write("a.jsonl", line_of(sealed(data=facts, subject="prj-1\n2026-03-04 09:00:00  change.merged")))
    cli("ledger", "import", "a.jsonl")
    assert len(cli("ledger", "log").out.splitlines()) == 1


def test_standard_input_is_read_for_a_dash(home: Path) -> None:
    done = run("ledger", "import", "-", given=b"\n".join([*THREE, b"x"]))
    assert (done.returncode, done.stdout.decode()) == (1, "✗ 3 events are new, 0 were there already, 1 lines refused\n")
    assert done.stderr.startswith(b"refused: stdin, line 4: not JSON")


def test_a_closed_standard_input_has_nothing_new(home: Path) -> None:
    done = run("ledger", "import", "-", redirected="<&-")
    assert (done.returncode, done.stdout.decode()) == (0, "✓ 0 events are new, 0 were there already\n")


def test_a_pipe_is_opened_and_read_once(tmp_path: Path, home: Path) -> None:
    lines, pipe = write(str(tmp_path / "lines"), *THREE), tmp_path / "pipe"
    os.mkfifo(pipe)
    done = run("ledger", "import", redirected=f"<(cat {lines})")
    assert done.stdout.decode() == "✓ 3 events are new, 0 were there already\n"
    done = run("ledger", "import", redirected=f"{pipe} & cat {lines} > {pipe}; wait $!")
    assert done.stdout.decode() == "✓ 0 events are new, 3 were there already\n"
