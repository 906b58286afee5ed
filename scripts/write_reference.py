"""Write docs/reference/cli.md from the command line itself: `python scripts/write_reference.py`. A test compares."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from goldenpath.cli.app import PROGRAM, command

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "cli.md"
WIDTH = 100

HEAD = """\
# Commands

Every command with its options, as `--help` prints them. This page is written by `python scripts/write_reference.py`.

Results go to stdout, everything else to stderr. `--json` prints one object on stdout, see [json.md](json.md).
How a command can end stands in [exit-codes.md](exit-codes.md).
"""


def reference() -> str:
    """The whole page."""
    os.environ["COLUMNS"] = str(WIDTH)
    whole = command()
    parts = [HEAD]
    for context in _contexts(whole, PROGRAM, None):
        text = "\n".join(line.rstrip() for line in context.get_help().splitlines())
        parts.append(f"## {context.command_path}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _contexts(part: Any, name: str, above: Any) -> list[Any]:
    """A context of each command, whose command has the options; `part` may only know how to come by it."""
    context = part.make_context(name, [], parent=above, resilient_parsing=True)
    below = getattr(part, "commands", {}).items()
    return [context, *(each for word, inner in below for each in _contexts(inner, word, context))]


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")
