"""Covering sets: few rows in which every combination of some values occurs. The only file that knows covertable."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Numbers = Mapping[int, int]

MOST_WEIGHED = 3_000
"""Up to so many combinations the fewest rows are looked for; above, a tenth more come in a fiftieth of the time."""


def covering_rows(sizes: Numbers, strength: int, rows: Iterable[Numbers]) -> list[Numbers]:
    """Rows with a value's number for each column, in which every combination of `strength` values occurs.

    `sizes` has how many values each column has. Some of the `rows`, which there are already, come first. The same
    columns give the same rows.
    """
    from covertable import criteria, make  # type: ignore[import-untyped]

    factors = {column: list(range(size)) for column, size in sizes.items()}
    weighed = count_combinations(sizes.values(), strength) <= MOST_WEIGHED
    criterion = criteria.greedy if weighed else criteria.simple
    made: list[Numbers] = make(factors, strength=strength, criterion=criterion, presets=[dict(row) for row in rows])
    return made


def count_combinations(sizes: Iterable[int], strength: int) -> int:
    """How many combinations of `strength` values of as many columns there are."""
    counts = [1] + [0] * strength
    for size in sizes:
        for number in range(strength, 0, -1):
            counts[number] += counts[number - 1] * size
    return counts[strength]
