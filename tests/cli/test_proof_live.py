"""How `template test` shows what it is doing."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from goldenpath.cli.proof_live import follow_proof
from goldenpath.cli.screen import Screen
from goldenpath.core.proving import Doing, Done, Level, ProofReport
from tests.cli.proof_reports import LOOSE, ROUGH, many, proven, report, result, working

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from goldenpath.cli.screen import Picture, Piece

ROOT = Path(__file__).parent.parent.parent
SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ERASED = "\x1b[1A\x1b[2K"
HIDDEN, SEEN = "\x1b[?25l", "\x1b[?25h"


def at_a_terminal(
    number: int, seconds: float, *, columns: int = 80, lines: int = 24, **extra: str
) -> pexpect.spawn[str]:
    """The screen of so many cases, four of them at once for so many seconds, in a process of its own."""
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(ROOT),
        "TERM": "xterm-256color",
        "LANG": "C.UTF-8",
        **extra,
    }
    words = ["-m", "tests.cli.proof_reports", str(number), str(seconds)]
    size = (lines, columns)
    return pexpect.spawn(
        sys.executable, words, cwd=str(ROOT), env=environment, timeout=30, encoding="utf-8", dimensions=size
    )


def seen(child: pexpect.spawn[str]) -> tuple[str, str]:
    """All that the live table wrote, and all that came after it was gone."""
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    live, after = str(child.before).rsplit(SEEN, 1)
    return live, after


def lines_of(text: str) -> list[str]:
    """The lines in it without the sequences of the terminal."""
    return SEQUENCE.sub("\r", COLOUR.sub("", text)).replace("\n", "\r").split("\r")


def plain(piece: Piece) -> str:
    """The text of a piece."""
    return piece if isinstance(piece, str) else piece[0]


# Where there is no terminal


def test_a_line_tells_of_each_finished_case_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    ending = report(proven(result("defaults"), result("big", LOOSE, LOOSE, ROUGH)), proven(result("a"), name="other"))
    assert follow_proof(Screen(), working(ending)) is ending
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "testing backend ...",
        "✓ backend  render   defaults  0.5 s",
        "✗ backend  render   big  0.5 s, 2 faults, 1 warning",
        "testing other ...",
        "✓ other  render   a  0.5 s",
    ]


def test_hostile_names_of_two_hundred_cases_are_made_visible(capsys: pytest.CaptureFixture[str]) -> None:
    follow_proof(Screen(), working(many(200)))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 201
    assert lines[-1] == "✗ backend  path     bad\\x1b[31m\\x07\\u202e\\nname  0.5 s"


@pytest.mark.parametrize("ending", [KeyboardInterrupt, ValueError])
def test_the_work_is_closed_when_showing_it_fails(
    ending: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = []

    def work() -> Generator[Doing | Done, None, ProofReport]:
        try:
            yield Doing("backend", "defaults", Level.PATH, "rendering")
        finally:
            closed.append(True)
        return report()

    class Torn(Screen):
        def note(self, *pieces: object) -> None:  # noqa: ARG002
            raise ending

    going = work()  # held here: else its last reference would go, and close it
    with pytest.raises(ending):
        follow_proof(Torn(), going)
    assert closed == [True]


def test_an_error_of_the_work_comes_through(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> Generator[Doing | Done, None, ProofReport]:
        yield Doing("backend", "defaults", Level.PATH, "rendering")
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        follow_proof(Screen(), work())


def test_of_several_templates_each_row_says_which() -> None:
    """What is drawn after each event; it is taken from where the terminal would get it."""
    pictures: list[Picture] = []

    class Watched(Screen):
        can_move = True

        @contextmanager
        def live(self, picture: Callable[[], Picture]) -> Iterator[None]:
            self.picture = picture
            yield

    screen = Watched()

    def work() -> Generator[Doing | Done, None, ProofReport]:
        for event in (
            Doing("one", "a", Level.RENDER, "rendering"),
            Doing("two", "a", Level.PATH, "step x: before"),
            Doing("two", "a", Level.PATH, "step x: after"),
            Done("one", result("a", LOOSE, ROUGH), 3),
            Done("two", result("a", LOOSE, level=Level.PATH), 4),
        ):
            yield event
            pictures.append(screen.picture())
        return report()

    follow_proof(screen, work())
    told = [("".join(map(plain, head)), [" ".join(map(plain, row)) for row in rows]) for head, rows in pictures]
    assert told == [
        ("0 done  0:00", ["· render a rendering 0 s"]),
        ("0 done  0:00", ["· one render a rendering 0 s", "· two path a step x: before 0 s"]),
        ("0 done  0:00", ["· one render a rendering 0 s", "· two path a step x: after 0 s"]),
        ("1 done, 1 fault, 1 warning  0:00", ["· two path a step x: after 0 s", "✗ one render a 1 fault 0 s"]),
        ("2 of 7 done, 2 faults, 1 warning  0:00", ["✗ one render a 1 fault 0 s", "✗ two path a 1 fault 0 s"]),
    ]


# On a terminal


@pytest.mark.parametrize("columns", [40, 100])
def test_the_table_fits_its_terminal_and_is_gone_afterwards(columns: int) -> None:
    live, after = seen(at_a_terminal(9, 1.0, columns=columns))
    lines = lines_of(live)
    assert max(map(len, lines)) <= columns
    assert any(re.match(r"0 done  0:00", line) for line in lines)
    assert any(re.match(r"4 of 9 done  0:0\d", line) for line in lines)
    assert any(re.match(r"·  render  pair-5  step add", line) for line in lines)
    assert any(re.match(r"·  path .*bad\\x1b", line) for line in lines)
    assert HIDDEN in live
    assert after.startswith(f"\r{ERASED}")
    assert "✗ \x1b[0m\x1b[1mbackend" in after
    assert "done" not in after
    assert "  ✓ render   pair-8" in SEQUENCE.sub("", after)
    assert not any(line.strip() == "0.5 s" for line in lines_of(after)[:16]), "a line of a case is wrapped"


def test_faults_are_counted_and_the_last_failed_cases_stay_in_sight() -> None:
    live, _ = seen(at_a_terminal(200, 0.04))
    lines = lines_of(live)
    assert any(re.match(r"1\d\d of 200 done, 1 fault  0:0\d", line) for line in lines)
    assert any(re.match(r"✗  render  pair-40 +1 fault +[01] s", line) for line in lines)


def test_a_low_terminal_shows_what_fits() -> None:
    live, _ = seen(at_a_terminal(9, 1.0, lines=5))
    frames = re.split(r"\r\x1b\[2K", live)
    assert max(frame.count("\n") for frame in frames) == 2
    lines = lines_of(live)
    assert any(line.startswith("·  render  pair-2 ") for line in lines)
    assert not any("pair-3 " in line for line in lines)


def test_without_colours_there_are_none() -> None:
    live, after = seen(at_a_terminal(9, 0.3, NO_COLOR="1"))
    assert not COLOUR.search(live + after)
    assert "✗ backend  9 cases" in after


def test_without_unicode_it_is_ascii() -> None:
    live, _ = seen(at_a_terminal(9, 0.6, columns=40, PYTHONIOENCODING="ascii:backslashreplace"))
    lines = lines_of(live)
    assert max(map(len, lines)) <= 40
    assert any(line.startswith("-  render  pair-1") for line in lines)
    assert live.isascii()


def test_a_terminal_that_can_not_go_back_gets_lines() -> None:
    child = at_a_terminal(9, 0.0, TERM="dumb")
    child.expect(pexpect.EOF)
    said = str(child.before)
    assert "testing backend ...\r\n" in said
    assert "backend  render   pair-8  0.5 s\r\n" in SEQUENCE.sub("", said)
    assert HIDDEN not in said


def test_ctrl_c_closes_the_work_and_gives_the_cursor_back() -> None:
    child = at_a_terminal(9, 20)
    child.expect("pair-4")
    child.sendintr()
    child.expect("CLOSED")
    child.expect(re.escape(SEEN))
    child.expect("KeyboardInterrupt")
    child.expect(pexpect.EOF)
