"""Why a render failed, and where in the template: in words that name no folder of this machine."""

from __future__ import annotations

import os
import re
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.core.faults import Fault

if TYPE_CHECKING:
    from goldenpath.adapters.rendering.copying import Render

HINT = "tell the template's owner; nothing was written"
_CLONE = r"copier\._vcs\.clone\.\w+"
"""How Copier calls the folder into which it clones a template."""
_PATH = re.compile(r"(?:Posix|Windows)Path\((?=')('[^']*')\)")


def reason(order: Render, error: Exception) -> str:
    """The kind of the error, and what it says first."""
    said = without_places(order, str(error) or str(error.__context__ or ""))
    lines = [line for line in said.splitlines() if line.strip()]
    place = f" (line {error.lineno})" if hasattr(error, "lineno") else ""
    return f"{type(error).__name__}: {lines[0] if lines else 'no reason given'}{place}"


def fault(order: Render, error: Exception) -> Fault | None:
    """Where in the template it happened: Jinja puts its own lines into tracebacks."""
    frames = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    file, line = getattr(error, "filename", None), getattr(error, "lineno", None)
    if isinstance(file, str) and isinstance(line, int):  # Jinja could not read it
        frames.append((file, line))
    inside = [(name, line) for file, line in frames if (name := _name_in_template(order, file))]
    if not inside:
        return None
    file, line = inside[-1]
    return Fault(file, line, "render", reason(order, error), HINT)


def _name_in_template(order: Render, file: str) -> str:
    """What a file is called in the template, be it in its tree, in that of another version, or in a clone; or empty."""
    trees = os.path.dirname(order.tree) + os.sep  # noqa: PTH120 - it may be compiled for another version of it
    clone = re.match(rf"({'|'.join(_spellings(tempfile.gettempdir()))}){os.sep}(?={_CLONE}{os.sep})", file)
    around = clone[0] if clone else trees
    return Path(*Path(file.removeprefix(around)).parts[1:]).as_posix() if file.startswith(around) else ""


def without_places(order: Render, text: str) -> str:
    """The text with paths in the template and in the project as their authors know them."""
    scratch = tempfile.gettempdir()
    places = {
        **dict.fromkeys(_spellings(order.tree), "the template"),
        **{f"{each}{os.sep}{_CLONE}": "the template" for each in _spellings(scratch)},
        **dict.fromkeys(_spellings(order.into), "the project"),
        **dict.fromkeys(_spellings(order.repository), "the template"),
        **dict.fromkeys(_spellings(scratch), "a temporary folder"),
    }
    for place, called in places.items():
        text = re.sub(rf"{place}{os.sep}", "", text)
        text = re.sub(rf"'{place}'|{place}\b", called, text)
    return _PATH.sub(r"\1", text)


def _spellings(path: str) -> tuple[str, str]:
    """A path as it is, and as its links lead; both as patterns."""
    return re.escape(path), re.escape(os.path.realpath(path))
