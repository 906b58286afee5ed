"""The zone's repository: on the local forge, where production's names are reviewed like any other change."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goldenpath.adapters import repo
from goldenpath.adapters.production.building import take_files
from goldenpath.core.errors import UsageError
from goldenpath.core.identifiers import mint
from goldenpath.core.model import Person
from goldenpath.core.production import ZONE
from goldenpath.flows.find_project import IDENTITY, identity_text
from goldenpath.forges import local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goldenpath.adapters.settings import Settings

PATH_ID = "zone"
"""What stands for the name of a path in the identity of a checkout: its pull requests are reviewed by planning."""
_README = f"""\
# The names of production

`zones/{ZONE}.yaml` says which names there are below `{ZONE}`, and where they lead; octoDNS reads it. A name that leads
to 127.0.0.1 is served by the edge: `playlist-api.{ZONE}` by the service that is deployed as `playlist-api`.

    playlist-api:
      type: A
      value: 127.0.0.1

Another name for it is an alias (the dot at the end belongs to it):

    music:
      type: CNAME
      value: playlist-api.{ZONE}.

To change a name, make a branch, commit, push, and open a pull request: `goldenpath pr open`. The command
`goldenpath prod dns plan .`
shows what would change. After the merge, `goldenpath prod dns apply` tells the name server.
"""
_ZONE_FILE = """\
---
ns:
  type: A
  value: 127.0.0.1
"""


def zone_repository(settings: Settings) -> Path:
    """The bare repository of the zone on the local forge, made when it is not there. Raises GitError and OSError."""
    repository = settings.forge / f"{ZONE}.git"
    if not repository.is_dir():
        with tempfile.TemporaryDirectory() as scratch:
            local.create(settings.forge, ZONE, _first_state(Path(scratch) / ZONE))
    return repository


@contextlib.contextmanager
def zones_of(settings: Settings, folder: Path | None) -> Iterator[Path]:
    """The folder with the zone's file: in a checkout, or as `main` of the forge has it. Raises UsageError."""
    if folder is not None:
        zones = folder / "zones"
        if not (zones / f"{ZONE}.yaml").is_file():
            raise UsageError(f"{folder} has no zones/{ZONE}.yaml", hint=f"git clone {zone_repository(settings)}")
        yield zones
        return
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "main"
        take_files(zone_repository(settings), local.TARGET, whole)
        yield whole / "zones"


def _first_state(folder: Path) -> Path:
    (folder / "zones").mkdir(parents=True)
    (folder / "README.md").write_text(_README, encoding="utf-8")
    (folder / "zones" / f"{ZONE}.yaml").write_text(_ZONE_FILE, encoding="utf-8")
    (folder / IDENTITY).write_text(identity_text(mint("prj"), PATH_ID), encoding="utf-8")
    repo.init_with_commit(folder, Person("goldenpath", "goldenpath@localhost"), "The zone, with its name server")
    return folder
