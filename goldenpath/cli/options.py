"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
NoInput = Annotated[bool, typer.Option("--no-input", help="Never ask; a missing answer is an error.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Say yes beforehand.")]
Trust = Annotated[bool, typer.Option("--trust", help="Allow what the template or project runs on this machine.")]
