"""What gives this machine away: its folders, its name, and who works on it."""

from __future__ import annotations

import getpass
import os
import platform
import tempfile
from dataclasses import dataclass
from pathlib import Path

_ANYWHERE = frozenset({"", "/", "/home", "/mnt", "/root", "/tmp", "/Users", "/usr", "/var", "/var/tmp", "/workspace"})  # noqa: S108
"""Folders that are on every machine, or in every container."""
_ANYBODY = frozenset(
    {
        *("admin", "administrator", "alpine", "build", "builder", "circleci", "codespace", "container", "debian"),
        *("developer", "docker", "fedora", "gitpod", "guest", "home", "jenkins", "linux", "local", "localdomain"),
        *(
            "localhost",
            "macbook",
            "main",
            "nobody",
            "node",
            "nonroot",
            "postgres",
            "python",
            "root",
            "runner",
            "server",
        ),
        *("service", "test", "travis", "ubuntu", "user", "vagrant", "vscode", "work", "worker", "workspace"),
    }
)
_SHORTEST = 4
"""Names with fewer characters stand in any text by chance."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The paths and the names by which this machine could be recognised; those that many machines have are left out."""

    paths: tuple[str, ...]
    names: tuple[str, ...]


def this_machine() -> Machine:
    """This machine as it is: ask before HOME is made another one."""
    host = platform.node()
    return machine_with([Path("~").expanduser(), Path(tempfile.gettempdir())], [host, host.split(".")[0], _user()])


def machine_with(folders: list[Path], names: list[str]) -> Machine:
    """A machine with these folders and names, without those that say nothing."""
    paths = {path for folder in folders for path in (str(folder), os.path.realpath(folder))}
    telling = {path for path in paths if path not in _ANYWHERE and Path(path).name.lower() not in _ANYBODY}
    words = {name for name in names if len(name) >= _SHORTEST and name.lower() not in _ANYBODY}
    return Machine(tuple(sorted(telling)), tuple(sorted(words)))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
