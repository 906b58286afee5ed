"""Values that nobody gave: for questions without an answer, and at the ends of what a text may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goldenpath.core.interview import level_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from goldenpath.core.interview import Level
    from goldenpath.core.model import Json
    from goldenpath.core.questions import Question

_TEXTS: Sequence[Json] = (
    *("example", "example-name", "example_name", "Example", "Example name", "ExampleName", "example/name", "e"),
    *(
        "ada@example.org",
        "Ada Example <ada@example.org>",
        "https://example.org",
        "https://example.org/example/name.git",
    ),
    *("example.org", "1", "8000", "1.0", "1.0.0", "v1.0.0", "2026", "2026-01-31", "127.0.0.1", "An example."),
    *("org.example.name", "EXAMPLE", "EX", "en", "00000000-0000-4000-8000-000000000000"),
)
_PATHS: Sequence[Json] = ("example", "example/name", "example.txt", "/example", "./example")
_MADE_UP: Mapping[str, Sequence[Json]] = {
    "str": _TEXTS,
    "path": _PATHS,
    "bool": (False, True),
    "int": (1, 8000, 0, 2, 3, 10, 42, 100, 1024, 2026, 65535, -1, 1_000_000),
    "float": (1.0, 0.5, 0.0, 2.0, 10.0, 100.0, 8000.0, -1.0),
    "json": ({}, [], "example", {"example": "name"}, ["example"], 1),
    "yaml": ("example", [], {}, ["example"], {"example": "name"}, 1),
}
"""By type, the plainest first."""

_SHORT = ("", "a", "x", "A", "1", "ab", "a1", "a/b", "a@b.co", "1.0", "0.1.0", "http://a.co", "https://a.co")
_AWKWARD = 'It\'s "quoted", {braced}, back\\slashed, #tagged: 100% <b>naïve</b> ♫ & $HOME'
_WORDS = "an-uncommonly-long-answer-of-many-little-words-and-of-the-number-1234567890-that-still-goes-on"
_PLAIN = "anuncommonlylonganswer42"
_LENGTHS = (80, 64, 63, 50, 40, 39, 32, 30, 24, 20, 16, 12, 8)

_CUT = tuple(_WORDS[:length].rstrip("-") for length in _LENGTHS)
_LONG = (
    *(_AWKWARD, _AWKWARD.replace('"', "").replace("\\", ""), "It's naïve: 100% & more", "An answer, of four words"),
    *(cut for text in _CUT for cut in (text, text.replace("-", "_"), text.replace("-", ""))),
    *(text.replace("-", " ") for text in _CUT),
)


def made_up(question: Question) -> Iterator[Level]:
    """Values of the question's type to try when there is no other; what stands in its field as an example first."""
    if question.is_multiselect:
        yield level_of([])
    if question.type == "str" and question.placeholder and "{" not in question.placeholder:
        yield level_of(question.placeholder)
    yield from map(level_of, _MADE_UP.get(question.type, ()))


def short_texts(question: Question) -> Iterator[Level]:
    """Texts to try as the shortest answer: the empty one first, when a validator is there to refuse it."""
    yield from map(level_of, _SHORT if question.validator else _SHORT[1:2])


def long_texts(question: Question) -> Iterator[Level]:
    """Texts to try as the longest answer: full of awkward signs first, when a validator is there to refuse them.

    Without one nobody said what the answer may be, and a quotation mark would break most templates there are.
    """
    yield from map(level_of, _LONG if question.validator else (_PLAIN,))
