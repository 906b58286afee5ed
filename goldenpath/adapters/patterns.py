"""Regular expressions that somebody else's Jinja brings, over texts so short that a clock can end the search.

`re` asks for signals every 4,096 steps of one attempt to match, and begins anew at each place of the text, so that
`(a+)+$` is ended in time, and `a*b` over a million letters after 10 s only; over 10,000 of them it takes 0.1 s.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_CHARACTERS = 10_000
FILTERS = ("regex_findall", "regex_replace", "regex_search")


def over_short_texts(search: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, for a text of at most MOST_CHARACTERS. It raises ValueError for any other."""

    @wraps(search)
    def searched(value: object = "", *arguments: Any, **named: Any) -> Any:
        text = value if isinstance(value, str) else str(value)
        if len(text) > MOST_CHARACTERS:
            raise ValueError(f"a regular expression over more than {MOST_CHARACTERS:,} characters")
        return search(value, *arguments, **named)

    return searched
