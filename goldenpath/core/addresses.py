"""Addresses of git repositories: which may be fetched, and how they are shown."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:https?|ssh|file|git)://(?!-)[^\s\0]+|(?!-)[\w.-]+@(?!-)[\w.-]+:[^\s\0]+", re.ASCII)
_IN_TEXT = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s<>]+")
_WITH_PASSWORD = re.compile(r"^([^\s/@:]+):[^\s/]*@")
_NO_PORT = re.compile(r":[^\]\d][^\]]*$")
_ENDS_HOST = re.compile(r"[?#\\]")
"""What ends a host for git, and hides it from whoever looks for the first slash: `https://HERE?@THERE/`."""
_QUERY = re.compile(r"\?[^\s'\"]*")


_ABBREVIATED = {"gh:": "https://github.com/", "gl:": "https://gitlab.com/"}
"""As Copier has them."""


def unabbreviated(source: str) -> str:
    """The address that Copier means by `gh:OWNER/NAME` or `gl:GROUP/NAME`; every other text as it is."""
    place = _ABBREVIATED.get(source[:3])
    return f"{place}{source[3:].strip('/').removesuffix('.git')}.git" if place else source


def is_address(text: str) -> bool:
    """Whether git may be given this to fetch from: no option, no `ext::` helper that runs a command."""
    _, mark, rest = text.partition("://")
    is_clear = not mark or not _ENDS_HOST.search(rest.partition("/")[0])
    return is_clear and _ADDRESS.fullmatch(text) is not None


def without_credentials(address: str) -> str:
    """The address without the password or token that it carries, in its query too; a user that ssh needs stays."""
    scheme, mark, rest = address.partition("://")
    if not mark:
        return _WITH_PASSWORD.sub(r"\1@", address)
    authority, slash, path = rest.partition("/")
    if "@" not in authority and _NO_PORT.search(authority):  # a slash in the password
        authority, slash, path = rest, "", ""
    credentials, at, host = authority.rpartition("@")
    user = credentials.partition(":")[0] + at if scheme.lower().endswith("ssh") else ""
    return scheme + mark + user + _QUERY.sub("", host + slash + path, count=1)


def without_credentials_in(text: str) -> str:
    """A text, such as what git said, with every address in it shown without its credentials."""
    return _IN_TEXT.sub(lambda found: without_credentials(found[0]), text)


def short_name(address: str) -> str:
    """The repository's own name: the last part of its address, or what stands behind its `#`."""
    plain = address.rpartition("#")[2].rstrip("/").removesuffix("/.git").removesuffix(".git")
    return plain.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
