"""The log of a crash: versions and traceback, no locals and no values of options."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback
from typing import TYPE_CHECKING

import goldenpath

if TYPE_CHECKING:
    from pathlib import Path


def write_log(state: Path, arguments: list[str], error: Exception) -> str:
    """The path of the log, or what kept it from being written."""
    words = [word.partition("=")[0] if word.startswith("-") else word for word in arguments if "=" not in word]
    text = "\n".join(
        [
            f"goldenpath {goldenpath.__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: {' '.join(words[:2])} ({len(arguments)} words)",
            "".join(traceback.format_exception(type(error), error, error.__traceback__)),
        ]
    )
    file = state / "logs" / f"crash-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.log"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        sys.stderr.write(text)
        return f"it could not be written ({problem.strerror}) and stands above"
    return str(file)
