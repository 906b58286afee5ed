"""Survival analysis of waits: how long something takes when some have not got there yet. Times are in days.

Kaplan and Meier, "Nonparametric estimation from incomplete observations", JASA 53 (1958); Greenwood, "The natural
duration of cancer" (1926), for the variance; Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time Data"
(1980), for the log-log interval; Brookmeyer and Crowley, "A confidence interval for the median survival time",
Biometrics 38 (1982).
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEVEL = 0.95
_ROUNDING = 1e-12
"""By how much a product of fractions such as 4/5 x 5/8 may miss one half."""


@dataclass(frozen=True, slots=True)
class Wait:
    """How many days one engineer took (`is_over`), or has been waiting so far. The latter is a censored time."""

    days: float
    is_over: bool


@dataclass(frozen=True, slots=True)
class Moment:
    """A number of days, or that it is not reached: the data don't say when. Then `days` is None."""

    days: float | None
    reached: bool


NOT_REACHED = Moment(None, reached=False)


@dataclass(frozen=True, slots=True)
class Median:
    """When half have got there: `days` and `reached` as in Moment, and the limits of its confidence interval."""

    days: float | None
    reached: bool
    low: Moment
    high: Moment


@dataclass(frozen=True, slots=True)
class Share:
    """What part has got there within `days`, from 0 to 1, with its confidence limits.

    `share` is None, and `observed` false, when nobody has been watched that long. The limits are None where the
    log-log interval has none: before the first arrival, and when nobody is left. `at_risk` still waited just before.
    """

    days: float
    share: float | None
    observed: bool
    low: float | None
    high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True)
class Drop:
    """A moment when `arrived` of the `at_risk` got there. `waiting` is S, the part estimated to wait longer.

    `variance` is Greenwood's, of S; it and the limits of S are None where S is 0.
    """

    days: float
    at_risk: int
    arrived: int
    waiting: float
    variance: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Curve:
    """A Kaplan-Meier estimate: all `days` that were waited, in order, and where the estimate drops."""

    days: tuple[float, ...]
    drops: tuple[Drop, ...]

    def at_risk(self, days: float) -> int:
        """How many waited at least `days`, so could still be seen to arrive then."""
        return len(self.days) - bisect_left(self.days, days)

    def within(self, days: float) -> Share:
        """What part got there within `days`, that moment included."""
        count = bisect_right(self.drops, days, key=attrgetter("days"))
        last = self.drops[count - 1] if count else None
        at_risk = self.at_risk(days)
        if at_risk == 0 and (last is None or last.waiting > 0):
            return Share(days, None, observed=False, low=None, high=None, at_risk=0)
        if last is None:
            return Share(days, 0.0, observed=True, low=None, high=None, at_risk=at_risk)
        low, high = _rest(last.high), _rest(last.low)
        return Share(days, 1 - last.waiting, observed=True, low=low, high=high, at_risk=at_risk)

    def median(self) -> Median:
        """The first moment at which S is at most one half, and where the limits of S first are (Brookmeyer-Crowley).

        A limit that never falls so far leaves its end open: not reached.
        """
        middle = _first(self.drops, [drop.waiting for drop in self.drops])
        low = _first(self.drops, [drop.low for drop in self.drops])
        high = _first(self.drops, [drop.high for drop in self.drops])
        return Median(middle.days, middle.reached, low, high)


def kaplan_meier(waits: Iterable[Wait], level: float = LEVEL) -> Curve:
    """The estimate with pointwise log-log intervals at `level`; O(n log n).

    Those who leave the data at the very moment of an arrival count as at risk there. Raises ValueError for a time that
    is negative or no number.
    """
    ordered = sorted(waits, key=attrgetter("days"))
    if any(not wait.days >= 0 for wait in ordered):
        raise ValueError("a wait is a number of days, and not negative")
    quantile = NormalDist().inv_cdf(0.5 + level / 2)
    drops: list[Drop] = []
    at_risk, waiting, summed = len(ordered), 1.0, 0.0
    for days, group in groupby(ordered, key=attrgetter("days")):
        here = [wait.is_over for wait in group]
        arrived = sum(here)
        left = at_risk - arrived
        if arrived:
            waiting *= left / at_risk
            summed = summed + arrived / (at_risk * left) if left else math.inf
            variance = waiting * waiting * summed if left else None
            drops.append(Drop(days, at_risk, arrived, waiting, variance, *_log_log(waiting, summed, quantile)))
        at_risk -= len(here)
    return Curve(tuple(wait.days for wait in ordered), tuple(drops))


def _log_log(waiting: float, summed: float, quantile: float) -> tuple[float | None, float | None]:
    """The limits S**exp(z s) and S**exp(-z s), where s = sqrt(Greenwood's sum) / |ln S| is the error of ln(-ln S)."""
    if waiting <= 0:
        return None, None
    spread = quantile * math.sqrt(summed) / abs(math.log(waiting))
    return waiting ** math.exp(spread), waiting ** math.exp(-spread)


def _rest(part: float | None) -> float | None:
    return None if part is None else 1 - part


def _first(drops: Sequence[Drop], parts: Sequence[float | None]) -> Moment:
    for drop, part in zip(drops, parts, strict=True):
        if part is not None and part <= 0.5 + _ROUNDING:
            return Moment(drop.days, reached=True)
    return NOT_REACHED
