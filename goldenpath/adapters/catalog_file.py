"""The list of the catalogs that the person added: one file in the configuration folder."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole
from goldenpath.adapters.locking import alone
from goldenpath.core.addresses import is_address
from goldenpath.core.catalogs import Catalog, is_catalog_name
from goldenpath.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goldenpath.adapters.settings import Settings

MOST_BYTES = 1_000_000


def catalog_file(settings: Settings) -> Path:
    """Where the list is."""
    return settings.config / "catalogs.json"


def read_catalogs(settings: Settings) -> list[Catalog]:
    """The catalogs, in the order in which they were added. Raises UsageError when the file is damaged."""
    file = catalog_file(settings)
    try:
        with file.open(encoding="utf-8") as opened:
            said = json.loads(opened.read(MOST_BYTES))
        found = [_catalog(each) for each in said["catalogs"]]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(file, str(error) or type(error).__name__) from error
    if len({each.name for each in found}) != len(found):
        raise _damaged(file, "a name stands there twice")
    return found


def _catalog(said: dict[str, str]) -> Catalog:
    """Raises ValueError, KeyError and TypeError for what is no catalog."""
    catalog = Catalog(said["name"], said.get("url", ""), said.get("folder", ""))
    if not is_catalog_name(catalog.name):
        raise ValueError(f"{catalog.name!r} is no name of a catalog")
    is_one = bool(catalog.url) != bool(catalog.folder)
    if not is_one or not (is_address(catalog.url) or os.path.isabs(catalog.folder)):  # noqa: PTH117 - it may be no text
        raise ValueError(f"{catalog.name} has no address, and no folder")
    return catalog


def _damaged(file: Path, what: str) -> UsageError:
    return UsageError(f"{file} is damaged: {what}", hint=f"put it right, or move it away: mv {file} {file}.broken")


@contextlib.contextmanager
def changing_catalogs(settings: Settings) -> Iterator[list[Catalog]]:
    """The catalogs, for the one process that changes them; the list is written whole when all went well.

    Raises UsageError when the file is damaged, OSError when it can't be written.
    """
    file = catalog_file(settings)
    with alone(file.with_suffix(".lock")):
        catalogs = read_catalogs(settings)
        before = list(catalogs)
        yield catalogs
        if catalogs != before:
            write_whole(file, _text(catalogs))


def _text(catalogs: Sequence[Catalog]) -> str:
    told = [{"name": each.name, **({"url": each.url} if each.url else {"folder": each.folder})} for each in catalogs]
    return json.dumps({"catalogs": told}, indent=2) + "\n"
