"""The key that signs changes to the zone, in the syntax that BIND's `dig -k` and `nsupdate -k` read too."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from goldenpath.adapters.durable import write_whole

if TYPE_CHECKING:
    from pathlib import Path

NAME, ALGORITHM = "goldenpath.", "hmac-sha256"
_BYTES = 32
_SYNTAX = re.compile(r'\s*key\s+"([^"]+)"\s*\{\s*algorithm\s+"?([\w-]+)"?;\s*secret\s+"([^"]+)";\s*\};\s*')


@dataclass(frozen=True, slots=True)
class Key:
    """A name, an algorithm and a shared secret in base64 (RFC 8945)."""

    name: str
    algorithm: str
    secret: str = field(repr=False)


def kept_key(file: Path) -> Key:
    """The key in `file`, made when there is no such file. Raises OSError, and ValueError when it can't be read."""
    try:
        return read_key(file)
    except FileNotFoundError:
        key = Key(NAME, ALGORITHM, base64.b64encode(secrets.token_bytes(_BYTES)).decode("ascii"))
        write_whole(file, f'key "{key.name}" {{\n\talgorithm {key.algorithm};\n\tsecret "{key.secret}";\n}};\n')
        return key


def read_key(file: Path) -> Key:
    """The key in `file`. Raises OSError, and ValueError when it is no key or one of another algorithm."""
    found = _SYNTAX.fullmatch(file.read_text(encoding="utf-8"))
    if not found or found[2].lower() != ALGORITHM:
        raise ValueError(f"{file} holds no {ALGORITHM} key in BIND's syntax")
    try:
        base64.b64decode(found[3], validate=True)
    except binascii.Error as error:
        raise ValueError(f"{file}: the secret is not base64") from error
    return Key(found[1], ALGORITHM, found[3])
