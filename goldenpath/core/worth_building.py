"""Which cases are worth building: a project's own checks take minutes, and a name that differs seldom changes them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goldenpath.core.proving import Case
    from goldenpath.core.questions import Question

_ENDS = frozenset({"minimal", "maximal"})


def worth_building(cases: Sequence[Case], questions: Sequence[Question]) -> list[Case]:
    """The named cases, the smallest and the largest, and those with a combination of choices that none before has.

    Cases that differ from others in free texts and numbers alone are left out.
    """
    chosen = [question.name for question in questions if question.type == "bool" or question.choices is not None]
    seen: set[tuple[tuple[str, str], ...]] = set()
    found: list[Case] = []
    for case in cases:
        values = [(name, repr(case.answers.get(name))) for name in chosen]
        combinations = {*((value,) for value in values), *itertools.combinations(values, 2)}
        if case.is_named or case.name in _ENDS or not combinations <= seen:
            found.append(case)
        seen |= combinations
    return found
