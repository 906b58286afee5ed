"""Caddy, the edge: where its program is, and how it is told what to serve, over its admin interface."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.production.keeping import EDGE_SOCKET, socket_path
from goldenpath.adapters.production.unix_http import ask
from goldenpath.adapters.settings import scripts_folder
from goldenpath.adapters.shell import find
from goldenpath.core.errors import MachineError
from goldenpath.core.production_files import standing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CONFIG = "caddy.json"
COMMIT = "commit.json"
_PATIENCE_S = 20.0


def program() -> str | None:
    """Where Caddy is: our library's, else the machine's; None when there is none."""
    own = scripts_folder() / "caddy"
    return str(own) if own.is_file() else find("caddy")


def keep_config(folder: Path, config: str) -> None:
    """Write what Caddy serves when it starts the next time. Raises OSError."""
    write_whole(folder / CONFIG, config)


def is_kept(folder: Path, config: str) -> bool:
    """Whether this is what Caddy was told the last time."""
    try:
        return (folder / CONFIG).read_text(encoding="utf-8") == config
    except FileNotFoundError:
        return False


def point(folder: Path, order: Sequence[str]) -> None:
    """Let the traffic of the service in `folder` go to these slots: from the next request on, none is lost."""
    place = folder / "edge"
    place.mkdir(parents=True, exist_ok=True)
    now, wanted = [each for each in place.iterdir() if each.name != COMMIT], place / standing(order)
    if not now:
        wanted.touch()
    for each in now:
        each.rename(wanted)


def serve_files(folder: Path, files: Path, commit: str) -> None:
    """Let the edge serve the files of a release, and say of which commit they are. Raises OSError."""
    write_whole(folder / "edge" / COMMIT, json.dumps({"commit": commit}) + "\n")
    fresh = folder / ".live"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(files.relative_to(folder), target_is_directory=True)
    fresh.replace(folder / "live")


def load(folder: Path, config: str) -> None:
    """Let Caddy serve this from now on, and after its next start too, unless it does. Raises MachineError."""
    if is_kept(folder, config):
        return
    try:
        status, said = ask(_admin(folder), "POST", "/load", body=config, timeout_s=_PATIENCE_S)
    except OSError as error:
        raise MachineError(f"the edge does not answer: {error}", hint="start it again: goldenpath prod up") from error
    if status != 200:
        raise MachineError("the edge refuses its configuration", hint="start it: goldenpath prod up", log=said)
    keep_config(folder, config)


def is_ready(folder: Path) -> bool:
    """Whether Caddy answers, with a configuration."""
    try:
        status, said = ask(_admin(folder), "GET", "/config/apps/http", timeout_s=2.0)
    except OSError:
        return False
    return status == 200 and '"servers"' in said


def admin_address(folder: Path) -> str:
    """Where Caddy takes orders, in its words: a file that nobody else may open, as seen from production's folder."""
    path = socket_path(folder, EDGE_SOCKET)
    return f"unix/{path.name if path.parent == folder else path}|0600"


def _admin(folder: Path) -> str:
    return str(socket_path(folder, EDGE_SOCKET))
