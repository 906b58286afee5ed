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

KEYS = frozenset({"choices", "answer"})


def look(check: Check, world: World) -> Finding:
    """Ask. Without `answer` a yes is wanted; a choice may be named or given by its number."""
    question, choices = option(check, "confirm"), words(check, "choices")
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


def _wanted(check: Check, key: str) -> str:
    answer, choices = option(check, key), words(check, "choices")
    if key in check.options and choices and not any(agrees(choice, answer) for choice in choices):
        raise wrong(check, f"`{key}` is {answer!r}, which is none of the choices")
    return answer


READS: Mapping[str, Read] = {"answer": _wanted}
