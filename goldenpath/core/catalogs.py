"""Catalogs: the places that paths come from, and the names of what they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from goldenpath.core.addresses import is_address

BUNDLED = "bundled"
"""What the catalog is called that comes with us."""
FOLDER = "templates"
"""The folder of a catalog that holds a folder for each of its templates."""
NAMES_ARE = "lower-case letters, digits, - and _, and begins with a letter or digit"

_TAKEN = frozenset({BUNDLED, "by-url", "folder", "trees"})
"""`bundled`, and what the store has folders for that are no catalog's."""
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_TEMPLATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_UNFIT = re.compile(r"[^a-z0-9_-]+")
_TAG = re.compile(r"(?P<name>.+)-v(?P<version>\d[^-]*)")


@dataclass(frozen=True, slots=True)
class Catalog:
    """A place that paths come from: a git repository's address, without credentials, or a folder of this machine."""

    name: str
    url: str = ""
    folder: str = ""

    @property
    def place(self) -> str:
        """Its address or folder."""
        return self.url or self.folder

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return "git repository" if self.url else "folder" if self.folder else "comes with goldenpath"


def is_catalog_name(name: str) -> bool:
    """Whether a catalog can be called so; `bundled` is one already."""
    return _NAME.fullmatch(name) is not None and name not in _TAKEN


def is_template_name(name: str) -> bool:
    """Whether a template of a catalog can be called so: it becomes part of names in the store and in answers files."""
    return _TEMPLATE.fullmatch(name) is not None and ".." not in name and not name.endswith((".", ".git", ".lock"))


def usual_name(place: str) -> str:
    """What a catalog is called when nobody says it: its repository's owner, else its own name; empty without any."""
    parts = [part for part in re.split(r"[/:]+", place.rstrip("/")) if part]
    own = parts[-1].removesuffix(".git") if parts else ""
    return _UNFIT.sub("-", (_owner(place) or own).lower()).strip("-_")[:64]


def _owner(place: str) -> str:
    """The part of an address before the repository's own; files of a machine, and a server's only ones, have none."""
    scheme, mark, rest = place.partition("://")
    if not is_address(place) or scheme == "file":
        return ""
    _, _, path = rest.partition("/") if mark else place.partition(":")
    parts = [part for part in path.split("/") if part]
    return parts[-2] if len(parts) > 1 else ""


def split_source(source: str) -> tuple[str, str]:
    """The catalog's address and the template's name in a source `URL#NAME`; the name is empty in every other."""
    url, _, name = source.rpartition("#")
    return (url, name) if url and is_address(url) and is_template_name(name) else (source, "")


def split_tag(tag: str) -> tuple[str, str]:
    """The template and the version that a tag `NAME-vX.Y.Z` is about; two empty texts for any other tag."""
    found = _TAG.fullmatch(tag)
    return (found["name"], found["version"]) if found and is_template_name(found["name"]) else ("", "")


def full_name(catalog: str, template: str) -> str:
    """The name of a catalog's template that holds whatever other catalogs have."""
    return f"{catalog}/{template}"
