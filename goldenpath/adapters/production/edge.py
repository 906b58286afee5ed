"""Caddy, the edge: where its program is, and how it is told what to serve, over its admin interface."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goldenpath.adapters import http
from goldenpath.adapters.durable import write_whole
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


def load(folder: Path, admin_port: int, config: str) -> None:
    """Let Caddy serve this from now on, and after its next start too, unless it does. Raises MachineError."""
    if is_kept(folder, config):
        return
    try:
        reply = http.request(
            f"http://127.0.0.1:{admin_port}/load",
            method="POST",
            timeout_s=_PATIENCE_S,
            body=config.encode(),
            headers={"Content-Type": "application/json"},
        )
    except OSError as error:
        raise MachineError(f"the edge does not answer: {error}", hint="start it again: goldenpath prod up") from error
    if reply.status != 200:
        raise MachineError(f"the edge refuses its configuration: {reply.body}", hint="start it: goldenpath prod up")
    keep_config(folder, config)


def is_ready(admin_port: int) -> bool:
    """Whether Caddy's admin interface answers there, with a configuration."""
    try:
        reply = http.request(f"http://127.0.0.1:{admin_port}/config/apps/http", method="GET", timeout_s=2.0)
    except OSError:
        return False
    return reply.status == 200 and '"servers"' in reply.body
