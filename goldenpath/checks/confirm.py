"""A question to the engineer. What comes of it is recorded as said, never as verified."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from goldenpath.checks.verdict import agrees, option, unknown, verdict, words, wrong
from goldenpath.core.casting import TRUE_WORDS
from goldenpath.core.outcomes import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goldenpath.checks.verdict import Read
    from goldenpath.checks.world import World
    from goldenpath.core.model import Check, Finding

KEYS = frozenset({"choices", "answer", "open"})

MOST_SAID = 2000
"""How many characters of an answer to an open question are kept."""


def look(check: Check, world: World) -> Finding:
    """Ask. Without `answer` a yes is wanted; a choice may be named or given by its number.

    An open question takes whatever is said, and its words are kept.
    """
    question, choices = option(check, "confirm"), words(check, "choices")
    if _is_open(check, "open"):
        return _in_own_words(question, world)
    _wanted(check, "answer")
    said = world.ask(question, choices)
    if said is None:
        return unknown(question, "nobody is there to answer", "give the answer: goldenpath check --answer TEXT")
    if said.isdecimal() and 0 < int(said) <= len(choices):
        said = choices[int(said) - 1]
    if "answer" in check.options:
        holds = agrees(said.strip(), option(check, "answer"))
    else:
        holds = said.strip().lower() in TRUE_WORDS
    finding = verdict(holds=holds, expected=question, found=f"you said {said!r}")
    return replace(finding, evidence=Evidence.SAID)


def _in_own_words(question: str, world: World) -> Finding:
    said = (world.ask(question, None) or "").strip()[:MOST_SAID]
    if not said:
        return unknown(question, "nobody said anything", "say it: goldenpath check --answer TEXT")
    return replace(verdict(holds=True, expected=question, found="you said it"), evidence=Evidence.SAID, said=said)


def _is_open(check: Check, key: str) -> bool:
    value = check.options.get(key, False)
    if not isinstance(value, bool):
        raise wrong(check, f"`{key}` must be true or false")
    if value and check.options.keys() & {"choices", "answer"}:
        raise wrong(check, f"`{key}` takes whatever is said: leave `choices` and `answer` out")
    return value


def _wanted(check: Check, key: str) -> str:
    answer, choices = option(check, key), words(check, "choices")
    if key in check.options and choices and not any(agrees(choice, answer) for choice in choices):
        raise wrong(check, f"`{key}` is {answer!r}, which is none of the choices")
    return answer


READS: Mapping[str, Read] = {"answer": _wanted, "open": _is_open}
