"""Combinations of answers: which there are, which rows of answers have them, and rows for those that are left."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

from goldenpath.core.filling import DeadEnd, Wishes, fill_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from goldenpath.core.filling import Row, Steps
    from goldenpath.core.interview import Interview, Level

    Point: TypeAlias = tuple[int, int]
    Draft: TypeAlias = Mapping[int, int]
    Combination: TypeAlias = tuple[Point, ...]


@dataclass(frozen=True)
class Model:
    """Questions, the values that each is tried with, and of how many answers each combination is wanted."""

    interview: Interview
    levels: tuple[tuple[Level, ...], ...]
    strength: int

    def points(self, row: Row) -> tuple[Point, ...]:
        """The numbers of the questions that are asked, each with the number of the value that it has."""
        found: list[Point] = []
        for number, (taken, places) in enumerate(zip(row, self._places, strict=False)):
            place = places.get(taken.key, places.get("") if taken.is_default else None)
            if taken.is_asked and place is not None:
                found.append((number, place))
        return tuple(found)

    @cached_property
    def _places(self) -> tuple[dict[str, int], ...]:
        return tuple({level.key: place for place, level in enumerate(levels)} for levels in self.levels)

    def combinations(self, row: Row) -> set[Combination]:
        """Those of one answer to `strength` answers that a row has."""
        points = self.points(row)
        sizes = range(1, self.strength + 1)
        return set(itertools.chain.from_iterable(itertools.combinations(points, size) for size in sizes))

    def all_combinations(self) -> Iterator[Combination]:
        """Those of one answer to `strength` answers that one could think of, the small ones first."""
        points = [[(number, place) for place in range(len(each))] for number, each in enumerate(self.levels)]
        for size in range(1, self.strength + 1):
            for chosen in itertools.combinations([each for each in points if each], size):
                yield from itertools.product(*chosen)


@dataclass(frozen=True, slots=True)
class Cover:
    """Rows of answers, and what they came to: of `feasible` combinations of all `strength`, `covered` are in some row.

    Of `undecided` more it is not known whether there are answers that have them.
    """

    rows: tuple[Row, ...]
    covered: int
    feasible: int
    undecided: int


@dataclass(slots=True)
class _Search:
    """What is being looked for: the combinations that no row has yet, and how many of them each value is in.

    `partners` has the values that would close one of them beside others.
    """

    model: Model
    steps: Steps
    open: set[Combination]
    wanted: Counter[Point]
    found: set[Combination]
    partners: dict[Combination, set[Point]]

    def take_in(self, row: Row) -> bool:
        """Cross out what a row has, and say whether that was anything."""
        combinations = self.model.combinations(row)
        self.found |= combinations
        return self.cross_out(combinations)

    def cross_out(self, combinations: set[Combination]) -> bool:
        """Look for these no more, and say whether any was looked for."""
        closed = combinations & self.open
        self.open -= closed
        self.wanted.subtract(itertools.chain.from_iterable(closed))
        for combination in closed if self.partners else ():
            for place, point in enumerate(combination):
                self.partners[combination[:place] + combination[place + 1 :]].discard(point)
        return bool(closed)

    def pair_up(self) -> None:
        """Find the partners, which is worth its time when few combinations are left."""
        self.partners = defaultdict(set)
        for combination in self.open:
            for place, point in enumerate(combination):
                self.partners[combination[:place] + combination[place + 1 :]].add(point)

    def order(self, draft: Draft, fixed: Combination, number: int, row: Row) -> Iterator[Level]:
        """The values of a question: that of the draft first, then those that bring most beside what is there."""
        levels = self.model.levels[number]
        if number in draft:
            yield levels[draft[number]]
        beside = (*self.model.points(row), *(point for point in fixed if point[0] > number))
        others = itertools.combinations(beside, self.model.strength - 1) if self.partners else ()
        gains = Counter(itertools.chain.from_iterable(self.partners.get(other, ()) for other in others))

        def worth(place: int) -> tuple[int, int]:
            return gains[number, place], self.wanted[number, place]

        yield from (levels[place] for place in sorted(range(len(levels)), key=worth, reverse=True))

    def follow(self, draft: Draft, fixed: Combination = ()) -> Row | DeadEnd:
        """A row with the `fixed` values that is as near to a draft as can be."""
        values = {number: self.model.levels[number][place] for number, place in fixed}
        wishes = Wishes(partial(self.order, draft, fixed), values)
        return fill_in(self.model.interview, wishes, self.steps)


def cover(model: Model, given: Sequence[Row], drafts: Iterable[Draft], steps: Steps) -> Cover:
    """The rows that are given, and more for all the other combinations that can be had. Raises TooSlowError.

    The drafts, by questions' numbers the numbers of their values, are followed as far as the questions allow it.
    """
    everything = list(model.all_combinations())
    wanted = Counter(itertools.chain.from_iterable(everything))
    search = _Search(model, steps, set(everything), wanted, set(), {})
    for row in given:
        search.take_in(row)
    followed = (search.follow(draft) for draft in drafts)
    more: list[Row] = [row for row in followed if not isinstance(row, DeadEnd) and search.take_in(row)]
    search.pair_up()
    undecided = 0
    impossible: set[Combination] = set()
    for combination in (each for each in everything if each in search.open):
        outcome = _sought(search, combination, impossible)
        if not isinstance(outcome, DeadEnd):
            more.append(outcome)
        elif outcome.is_proven:
            impossible.add(combination)
        else:
            undecided += len(combination) == model.strength
        search.cross_out({combination})
    kept = _needed(model, given, more)
    covered = {each for row in (*given, *kept) for each in model.combinations(row)}
    return Cover((*given, *kept), _full(model, covered), _full(model, search.found), undecided)


def _sought(search: _Search, combination: Combination, impossible: set[Combination]) -> Row | DeadEnd:
    """A row with these values; what holds an impossible combination is not looked for."""
    sizes = range(1, len(combination))
    parts = itertools.chain.from_iterable(itertools.combinations(combination, size) for size in sizes)
    if not impossible.isdisjoint(parts):
        return DeadEnd(combination[-1][0], is_proven=True)
    if search.steps.left <= 0:
        return DeadEnd(combination[-1][0], is_proven=False)
    row = search.follow({}, combination)
    if not isinstance(row, DeadEnd):
        search.take_in(row)
    return row


def _needed(model: Model, given: Sequence[Row], more: Sequence[Row]) -> list[Row]:
    """The rows without those that bring nothing beside the others; the later ones know more, the first go first."""
    held = [model.combinations(row) for row in (*given, *more)]
    times = Counter(itertools.chain.from_iterable(held))
    kept: list[Row] = []
    for row, combinations in zip(more, held[len(given) :], strict=True):
        if all(times[each] > 1 for each in combinations):
            times.subtract(combinations)
        else:
            kept.append(row)
    return kept


def _full(model: Model, combinations: set[Combination]) -> int:
    return sum(len(each) == model.strength for each in combinations)
