"""Texts that have the shape of a secret which somebody issued, and of no placeholder."""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SHAPES: Mapping[str, re.Pattern[str]] = {
    "a private key": re.compile(r"-----BEGIN (?:[A-Z]{2,9} )?PRIVATE KEY(?: BLOCK)?-----\s+([A-Za-z0-9+/=]{48,})"),
    "an access key of AWS": re.compile(r"\b(?:AKIA|ASIA)([0-9A-Z]{16})\b"),
    "a token of GitHub": re.compile(r"\b(?:gh[oprsu]_|github_pat_)([A-Za-z0-9_]{36,255})\b"),
    "a token of GitLab": re.compile(r"\bglpat-([A-Za-z0-9_-]{20,})"),
    "a token of Slack": re.compile(r"\bxox[abeoprs]-([A-Za-z0-9-]{20,})"),
    "a web hook of Slack": re.compile(r"\bhooks\.slack\.com/services/(T\w{6,}/B\w{6,}/\w{16,})"),
    "an API key of Google": re.compile(r"\bAIza([A-Za-z0-9_-]{35})\b"),
    "a live key of Stripe": re.compile(r"\b[rs]k_live_([A-Za-z0-9]{20,})"),
    "a token of npm": re.compile(r"\bnpm_([A-Za-z0-9]{36})\b"),
    "a JSON Web Token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ([A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,})"),
}
"""What it is called, and its shape; the group is what was drawn by chance."""
_PLACEHOLDER = re.compile(
    r"example|sample|dummy|change|redact|secret|token|your|xxxx|0000|1234567|7654321|abcdef|MTIzNDU2Nzg5MA|(.)\1{4}",
    re.IGNORECASE,
)
_LEAST_ENTROPY = 2.9
"""Bits for each character (Shannon): sixteen characters that chance drew have more, words and patterns mostly less."""


def secrets_in(text: str) -> Iterator[tuple[int, str]]:
    """The line of every secret, and what it is; never the secret itself."""
    for kind, shape in _SHAPES.items():
        for found in shape.finditer(text):
            if not _PLACEHOLDER.search(found[1]) and _entropy(found[1]) >= _LEAST_ENTROPY:
                yield text.count("\n", 0, found.start()) + 1, kind


def _entropy(text: str) -> float:
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
