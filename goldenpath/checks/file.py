"""A file of the project is there, and says what it should."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from goldenpath.adapters import documents
from goldenpath.checks.verdict import agrees, blind, dig, option, pattern, verdict, wrong
from goldenpath.core.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding, Json

KEYS = frozenset({"exists", "contains", "matches", "json", "yaml", "toml", "equals"})
_FORMATS = ("json", "yaml", "toml")
_CONTENT = frozenset({"contains", "matches", *_FORMATS})
_MOST_BYTES = 5_000_000


def look(check: Check, world: World) -> Finding:
    """Look at the files that the path or glob names; one of them that fits is enough."""
    name = _inside(check, "file")
    files = _matches(check, world.root, name)
    if check.options.get("exists") is False:
        return verdict(holds=not files, expected=f"{name} is not there", found="it is there" if files else "it is not")
    expected = f"{name} {_claim(check)}"
    if not files and not _CONTENT & set(check.options):
        return verdict(holds=False, expected=expected, found=f"there is no {name}")
    if not files:
        return blind(expected=expected, found=f"there is no {name}")
    found = [_fits(check, file) for file in files]
    best = next((number for number, each in enumerate(found) if each[0]), 0)
    where = files[best].relative_to(world.root)
    return verdict(holds=found[best][0], expected=expected, found=f"{where}: {found[best][1]}")


def _inside(check: Check, key: str) -> str:
    name = option(check, key)
    if name.startswith("/") or ".." in name.split("/") or not name:
        raise wrong(check, f"{name!r} leads out of the project")
    return name


READS: Mapping[str, Read] = {"file": _inside, "matches": pattern}


def _matches(check: Check, root: Path, name: str) -> list[Path]:
    try:
        found = sorted(root.glob(name)) if any(sign in name for sign in "*?[") else [root / name]
    except ValueError as error:
        raise wrong(check, f"{name!r} is no pattern of file names: {error}") from error
    inside = root.resolve()
    return [file for file in found if file.exists() and file.resolve().is_relative_to(inside)]


def _claim(check: Check) -> str:
    wanted = f" = {option(check, 'equals')}" if "equals" in check.options else ""
    claims = [f"{key} {option(check, key)!r}" for key in ("contains", "matches") if key in check.options]
    claims += [f"has {option(check, key)}{wanted}" for key in _FORMATS if key in check.options]
    return " and ".join(claims) or "is there"


def _fits(check: Check, file: Path) -> tuple[bool, str]:
    claims = [key for key in ("contains", "matches", *_FORMATS) if key in check.options]
    if not claims:
        return True, "it is there"
    if not file.is_file() or file.stat().st_size > _MOST_BYTES:
        return False, "it is no file that can be read"
    text = file.read_text(encoding="utf-8", errors="replace")
    found = [_says(check, text, claim) for claim in claims]
    return next((each for each in found if not each[0]), found[-1])


def _says(check: Check, text: str, claim: str) -> tuple[bool, str]:
    if claim == "contains":
        holds = option(check, "contains") in text
        return holds, "found" if holds else "not found in it"
    if claim == "matches":
        holds = pattern(check, "matches").search(text) is not None
        return holds, "found" if holds else "nothing in it matches"
    return _structured(check, text, claim)


def _structured(check: Check, text: str, form: str) -> tuple[bool, str]:
    try:
        value = _parse(text, form)
    except (ValueError, TemplateError) as error:
        return False, f"not valid {form.upper()}: {error}"
    there, item = dig(value, option(check, form))
    if not there or "equals" not in check.options:
        return there, f"it has {item!r}" if there else f"it has no {option(check, form)}"
    return agrees(item, check.options["equals"]), f"it has {item!r}"


def _parse(text: str, form: str) -> Json:
    value: Json
    if form == "json":
        value = json.loads(text)
    elif form == "toml":
        value = tomllib.loads(text)
    else:
        value = documents.load(text, file="it")
    return value
