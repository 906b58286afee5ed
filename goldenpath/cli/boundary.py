"""The one error boundary: every way in which a command can end, as an exit code and two lines."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn, TextIO

from goldenpath.core.errors import GoldenpathError, MachineError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from goldenpath.cli.session import Session


_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO})
"""What a disk, or its rights, can be the reason of."""


class Terminated(BaseException):
    """SIGTERM or SIGHUP came: unwind as for Ctrl-C, so that what is half-written is cleared away."""


class PatientStream:
    """A stream whose reader may leave (`| head -1`): the rest goes nowhere, and the command keeps its own ending."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or pretend to once the reader has left."""
        with self._until_the_reader_leaves():
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or pretend to once the reader has left."""
        with self._until_the_reader_leaves():
            self._stream.flush()

    @contextlib.contextmanager
    def _until_the_reader_leaves(self) -> Iterator[None]:
        try:
            yield
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def run() -> NoReturn:
    """The console script: run the command line and exit."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: list[str]) -> int:
    """Run one command line; its exit code."""
    from goldenpath.adapters.settings import prepare_environment

    prepare_environment()
    for deadly in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(deadly, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    patient, before = PatientStream(sys.stdout or open(os.devnull, "w", encoding="utf-8")), sys.stdout  # noqa: PTH123, SIM115 - lives as long as we do
    sys.stdout = patient
    try:
        code = _dispatch(arguments)
        patient.flush()
    except OSError as error:
        sys.stdout = before
        _close_stdout()
        where = error.filename or "stdout"
        wrong = MachineError(
            f"{where} can't be written: {error.strerror}", hint="free some space, or look at its rights"
        )
        return _fail([], wrong, wrong.exit_code)
    sys.stdout = before
    return code


def _dispatch(arguments: list[str]) -> int:
    try:
        return _run_to_its_end(arguments)
    except OSError as error:
        if error.errno in _DISK:
            raise
        return _crash(arguments, error)
    except Exception as error:  # noqa: BLE001 - the one place where our own bugs end
        return _crash(arguments, error)


def _run_to_its_end(arguments: list[str]) -> int:
    """Run the command; the exit code of every ending that we expect."""
    from typer import Exit
    from typer.exceptions import TyperException

    try:
        _refuse_unreadable(arguments)
        return _invoke(arguments)
    except Exit as ending:
        return ending.exit_code
    except GoldenpathError as error:
        return _fail(arguments, error, error.exit_code)
    except TyperException as error:
        return _fail(arguments, _usage(error), UsageError.exit_code)
    except (KeyboardInterrupt, EOFError):
        return _stopped(arguments, "interrupted", 130)
    except Terminated:
        return _stopped(arguments, "terminated", 143)


def _refuse_unreadable(arguments: list[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise UsageError(f"{argument!a} is not valid UTF-8", hint="type it again in UTF-8") from error


def _invoke(arguments: list[str]) -> int:
    """Run the command without Typer's own `main`, which would turn Ctrl-C and a closed pipe into bare exit codes."""
    from goldenpath.adapters.settings import variable
    from goldenpath.cli.app import PROGRAM, command

    whole = command()
    if variable(f"_{PROGRAM.upper()}_COMPLETE"):
        whole.main(args=arguments, prog_name=PROGRAM)
    with whole.make_context(PROGRAM, list(arguments)) as context:
        whole.invoke(context)
    return 0


def _usage(error: Exception) -> UsageError:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "goldenpath"
    message = error.format_message() if hasattr(error, "format_message") else str(error)
    text, _, close = message.rstrip(".?)").partition(". Did you mean ")
    text, _, options = text.partition(" (Possible options: ")
    near = close or options
    hint = f"did you mean {near.replace(chr(39), '`')}? " if near else ""
    return UsageError(text, hint=f"{hint}see: {path} --help")


def _session(arguments: list[str]) -> Session:
    from goldenpath.cli.app import command_name
    from goldenpath.cli.session import Session

    given = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return Session(command_name(arguments), is_json="--json" in given)


def _fail(arguments: list[str], error: GoldenpathError, code: int) -> int:
    session = _session(arguments)
    if session.is_json:
        session.emit("error", {"code": error.code, "message": error.message, "hint": error.hint})
    session.screen.note(("error: ", "bad"), error.message)
    session.screen.note(("hint: ", "strong"), error.hint)
    return code


def _stopped(arguments: list[str], word: str, code: int) -> int:
    session = _session(arguments)
    if session.is_json:
        session.emit("error", {"code": word, "message": f"{word} before it was done", "hint": "type the same again"})
    session.screen.note()
    session.screen.note(("error: ", "bad"), f"{word} before it was done")
    session.screen.note(("hint: ", "strong"), "type the same again to go on")
    return code


def _crash(arguments: list[str], error: Exception) -> int:
    from goldenpath.cli.crash import write_log

    log = write_log(_session(arguments).settings.state, arguments, error)
    bug = GoldenpathError(f"this is a bug of goldenpath: {type(error).__name__}", hint=f"send us the log: {log}")
    return _fail(arguments, bug, 70)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated


def _close_stdout() -> None:
    with contextlib.suppress(OSError):
        sys.stdout.close()
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - lives as long as we do
