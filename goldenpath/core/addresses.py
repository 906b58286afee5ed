"""Addresses of git repositories: which may be fetched, and how they are shown."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?:https?|ssh|file|git)://(?!-)[^\s\0]+|(?!-)[\w.-]+@(?!-)[\w.-]+:[^\s\0]+", re.ASCII)
_CREDENTIALS = re.compile(r"(?<=^http://)[^/]*@|(?<=^https://)[^/]*@|(?<=://)(?P<user>[^/@:]*):[^/]*@")


def is_address(text: str) -> bool:
    """Whether git may be given this to fetch from: no option, no `ext::` helper that runs a command."""
    return _ADDRESS.fullmatch(text) is not None


def without_credentials(address: str) -> str:
    """The address without the password or token that it carries; a user that ssh needs stays."""
    return _CREDENTIALS.sub(lambda found: f"{found['user']}@" if found["user"] else "", address)


def short_name(address: str) -> str:
    """The repository's own name: the last part of its address."""
    return address.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1].rsplit(":", 1)[-1]
