"""The one error boundary: every way in which a command can end, as an exit code and two lines."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
from typing import TYPE_CHECKING, NoReturn

from goldenpath.adapters.settings import forget_pythonpath, prepare_environment, trouble_with_home, variable
from goldenpath.cli.streams import PatientStream, lead_nowhere, open_closed
from goldenpath.core.errors import GoldenpathError, MachineError, UsageError

if TYPE_CHECKING:
    from types import FrameType


_DISK = frozenset(
    {
        *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG),
        *(errno.ENAMETOOLONG, errno.ELOOP, errno.EMFILE, errno.ENFILE),
    }
)
"""What a disk, its rights, or this machine's limits can be the reason of."""
_HINTS = {
    errno.ENAMETOOLONG: "choose a shorter name, or a folder that is not as deep",
    errno.ELOOP: "look at that link: it leads to itself",
    errno.EMFILE: "allow more open files: ulimit -n 1024",
    errno.EFBIG: "allow larger files: ulimit -f unlimited",
}


_OBJECTS = 50_000
"""After how many new objects Python looks for cycles: at its own 700, that is a tenth of a short command's time."""


class Terminated(BaseException):
    """SIGTERM or SIGHUP came: unwind as for Ctrl-C, so that what is half-written is cleared away."""


def run() -> NoReturn:
    """The console script: run the command line and exit."""
    code, word = 130, "interrupted"
    gc.set_threshold(_OBJECTS)
    try:
        open_closed()
        forget_pythonpath()
        code = main(sys.argv[1:])
    except KeyboardInterrupt:
        _say_at_once(word)
    except Terminated:
        code, word = 143, "terminated"
        _say_at_once(word)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.flags.inspect:  # with PYTHONINSPECT, `sys.exit` would be a traceback and a prompt
        atexit._run_exitfuncs()  # noqa: SLF001 - `os._exit` leaves them out
        os._exit(code)
    sys.exit(code)


def main(arguments: list[str]) -> int:
    """Run one command line; its exit code."""
    prepare_environment()
    for deadly in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(deadly, _terminate)
    before = sys.stdout, sys.stderr
    for stream in before:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    patient = PatientStream(before[0])
    sys.stdout, sys.stderr = patient, PatientStream(before[1], forgiven=OSError)
    try:
        code = _dispatch(arguments)
        patient.flush()
    except OSError as error:
        if error.filename is None:
            lead_nowhere(before[0])
        return _fail([] if error.filename is None else arguments, _unwritable(error), MachineError.exit_code)
    finally:
        sys.stdout, sys.stderr = before
    return code


def _unwritable(error: OSError) -> MachineError:
    where = error.filename or "stdout"
    hint = _HINTS.get(error.errno or 0, "free some space, or look at its rights")
    return MachineError(f"{where} can't be written: {error.strerror}", hint=hint)


def _dispatch(arguments: list[str]) -> int:
    try:
        return _run_to_its_end(arguments)
    except OSError as error:
        trouble = trouble_with_home(error)
        if trouble is not None:
            return _fail(arguments, trouble, trouble.exit_code)
        if error.errno in _DISK:
            raise
        return _crash(arguments, error)
    except Exception as error:  # noqa: BLE001 - the one place where our own bugs end
        return _crash(arguments, error)


def _run_to_its_end(arguments: list[str]) -> int:
    """Run the command; the exit code of every ending that we expect."""
    try:
        return _run_command(arguments)
    except GoldenpathError as error:
        return _fail(arguments, error, error.exit_code)
    except (KeyboardInterrupt, EOFError) as error:
        if _is_cut_off(error):
            raise
        return _stopped(arguments, "interrupted", 130)
    except Terminated:
        return _stopped(arguments, "terminated", 143)


def _is_cut_off(error: BaseException) -> bool:
    """Whether it is about compiled Python that a full disk cut off, and not about the end of somebody's input."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    is_import = last is not None and last.tb_frame.f_code.co_filename.startswith("<frozen importlib")
    return isinstance(error, EOFError) and is_import


def _run_command(arguments: list[str]) -> int:
    from typer import Exit
    from typer.exceptions import TyperException

    try:
        _refuse_unreadable(arguments)
        return _invoke(arguments)
    except Exit as ending:
        return ending.exit_code
    except TyperException as error:
        raise _usage(error) from error
    except RuntimeError as error:  # up to 3.11, Python wraps what interrupts a __set_name__ while a class is made
        if isinstance(error.__cause__, (KeyboardInterrupt, Terminated)):
            raise error.__cause__ from error
        raise


def _refuse_unreadable(arguments: list[str]) -> None:
    """Refuse what is not UTF-8, by the name that stands before `=`: the value may be a secret."""
    for number, argument in enumerate(arguments, start=1):
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            name, equals, _ = argument.partition("=")
            what = f"the value of {name!a}" if equals else f"argument {number}"
            raise UsageError(f"{what} is not valid UTF-8", hint="type it again in UTF-8") from error


def _invoke(arguments: list[str]) -> int:
    """Run the command without Typer's own `main`, which would turn Ctrl-C and a closed pipe into bare exit codes."""
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


def _is_json(arguments: list[str]) -> bool:
    return "--json" in (arguments[: arguments.index("--")] if "--" in arguments else arguments)


def _fail(arguments: list[str], error: GoldenpathError, code: int) -> int:
    if _is_json(arguments):
        _emit(arguments, error.code, error.message, error.hint, error.log)
    _tell(error.message, error.hint, error.log)
    return code


def _stopped(arguments: list[str], word: str, code: int) -> int:
    if _is_json(arguments):
        _emit(arguments, word, f"{word} before it was done", "type the same again")
    sys.stderr.write("\n")
    _tell(f"{word} before it was done", "type the same again to go on")
    return code


def _say_at_once(word: str) -> None:
    """The same where nothing may be imported any more: before the boundary stands, or at a second Ctrl-C."""
    os.write(2, f"\nerror: {word} before it was done\nhint: type the same again to go on\n".encode())


def _tell(message: str, hint: str, log: str = "") -> None:
    """The two lines, and a program's own words between them.

    A new line that came from outside is made visible, so that it forges no line of ours.
    """
    from goldenpath.cli.screen import Screen
    from goldenpath.core.visible import visible_line

    screen = Screen()
    screen.note(("error: ", "bad"), visible_line(message))
    for line in log.splitlines():
        screen.note(("  | ", "faint"), visible_line(line))
    screen.note(("hint: ", "strong"), visible_line(hint))


def _emit(arguments: list[str], code: str, message: str, hint: str, log: str = "") -> None:
    """The JSON object of an error. It asks for no settings, which can be what is wrong."""
    import json

    from goldenpath.cli.app import command_name
    from goldenpath.core.jsonable import SCHEMA

    error = {"code": code, "message": message, "hint": hint, **({"log": log} if log else {})}
    sys.stdout.write(json.dumps({"schema": SCHEMA, "command": command_name(arguments), "error": error}) + "\n")
    sys.stdout.flush()


def _crash(arguments: list[str], error: Exception) -> int:
    from goldenpath.cli.crash import write_log

    log = write_log(arguments, error)
    bug = GoldenpathError(f"this is a bug of goldenpath: {type(error).__name__}", hint=f"send us the log: {log}")
    return _fail(arguments, bug, 70)


def _terminate(_number: int, _frame: FrameType | None) -> None:
    raise Terminated
