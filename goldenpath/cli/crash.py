"""The log of a crash: versions and traceback, no locals, no values of options and no credentials."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback

import goldenpath
from goldenpath.adapters.settings import read_settings
from goldenpath.cli.app import command_name
from goldenpath.core.addresses import without_credentials_in
from goldenpath.core.errors import MachineError
from goldenpath.core.secrecy import masked


def write_log(arguments: list[str], error: Exception) -> str:
    """The path of the log, or what kept it from being written."""
    text = "\n".join(
        [
            f"goldenpath {goldenpath.__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: {command_name(arguments)} ({len(arguments)} words)",
            _masked("".join(traceback.format_exception(type(error), error, error.__traceback__)), arguments),
        ]
    )
    try:
        file = read_settings().state / "logs" / f"crash-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.log"
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except (OSError, MachineError) as problem:
        sys.stderr.write(text)
        return f"it could not be written ({problem}) and stands above"
    return str(file)


def _masked(text: str, arguments: list[str]) -> str:
    """A traceback that repeats no answer of the command line and no credentials of an address."""
    values = {argument.partition("=")[2] for argument in arguments if "=" in argument}
    return without_credentials_in(masked(text, values))
