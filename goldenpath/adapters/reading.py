"""Reading a file that may be somebody else's: no link out of its folder, no pipe, no device, nothing endless."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from goldenpath.core.errors import TemplateError

MOST_BYTES = 2_000_000
"""How long a file may be that is read whole."""


def read_text(file: Path, root: Path, *, hint: str) -> str:
    """The text of a file below `root`. Raises FileNotFoundError when there is none.

    Raises TemplateError, with `hint`, for what is no regular file, leads out of `root`, is too long, or not UTF-8.
    """
    name = str(file.relative_to(root))
    real = os.path.realpath(file)
    if not Path(real).is_relative_to(os.path.realpath(root)):
        raise TemplateError(f"{name} is a link that leaves {root}", hint=hint)
    content = _content(Path(real), name, hint)
    if len(content) > MOST_BYTES:
        raise TemplateError(f"{name} is longer than {MOST_BYTES:,} bytes", hint=hint)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateError(f"{name}: not UTF-8: {error}", hint=hint) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _content(real: Path, name: str, hint: str) -> bytes:
    """No more than is allowed, and one byte. Who exchanges the file for a pipe meanwhile does not make us wait."""
    if not stat.S_ISREG(real.lstat().st_mode):
        raise TemplateError(f"{name} is no file that can be read", hint=hint)
    with os.fdopen(os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as opened:
        return opened.read(MOST_BYTES + 1)
