"""Text from outside, made safe to show: what is not seen, or turns what is seen around, becomes visible."""

from __future__ import annotations

import re

_CONTROLS = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"
_FORMATS = (
    r"\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    r"\U000e0001\U000e0020-\U000e007f"
)
"""Unicode's category Cf but for the two joiners. Written out, because `unicodedata` takes time at every start."""
_JOINERS = r"(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
"""The joiners where they join nothing: some scripts and many emoji need them between two signs."""
_UNSAFE = re.compile(f"[{_CONTROLS}{_FORMATS}]|{_JOINERS}")


def visible(text: str) -> str:
    """`text` with every unsafe character written as an escape such as `\\x1b`; new lines and tabs stay."""
    return _UNSAFE.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text.replace("\r\n", "\n"))


def visible_line(text: str) -> str:
    """The same as one line: new lines and tabs are written as escapes too."""
    return visible(text).replace("\n", "\\n").replace("\t", "\\t")
