"""Kaplan-Meier against published tables, scipy, and cohorts whose truth is known."""

from __future__ import annotations

import math
import random
import re
import statistics
import warnings
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goldenpath.core.survival import NOT_REACHED, Curve, Moment, Wait, kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "what-time-to-first-pr-means.md"
SIX_MP = "6 6 6 7 10 13 16 22 23 6+ 9+ 10+ 11+ 17+ 19+ 20+ 25+ 32+ 32+ 34+ 35+"
"""Weeks in remission under 6-MP, and under placebo: Freireich et al., Blood 21 (1963) 699-716; + is censored."""
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"
AML = "9 13 18 23 31 34 48 13+ 28+ 45+ 161+"
"""Weeks in remission, maintained group: Embury et al. (1977), in Miller, Survival Analysis (1981), p. 49."""


def waits(text: str) -> list[Wait]:
    return [Wait(float(word.removesuffix("+")), not word.endswith("+")) for word in text.split()]


def cohort(seed: int) -> list[Wait]:
    """Some dozens, with many ties: whole days for half of the cohorts, from no to much censoring."""
    chance = random.Random(seed)
    scale, censored = chance.choice([3, 10, 40]), chance.choice([0.0, 0.2, 0.5, 0.9])
    found = [Wait(chance.expovariate(1 / scale), chance.random() >= censored) for _ in range(chance.randint(1, 60))]
    if seed % 2:
        found = [Wait(float(math.ceil(wait.days)), wait.is_over) for wait in found]
    return found


# Published tables


@pytest.mark.parametrize(
    ("text", "table", "errors"),
    [
        # Kleinbaum and Klein, Survival Analysis, chapter 2; standard errors after Greenwood
        (
            SIX_MP,
            {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448},
            [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346],
        ),
        # the R package survival's documentation, summary(survfit(Surv(time, status) ~ x, data = aml))
        (
            AML,
            {9: 0.909, 13: 0.818, 18: 0.716, 23: 0.614, 31: 0.491, 34: 0.368, 48: 0.184},
            [0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535],
        ),
    ],
)
def test_a_published_table_comes_out(text: str, table: dict[int, float], errors: list[float]) -> None:
    drops = kaplan_meier(waits(text)).drops
    assert {drop.days: round(drop.waiting, 3) for drop in drops} == table
    assert [math.sqrt(drop.variance or 0) for drop in drops] == pytest.approx(errors, abs=6e-5)


def test_the_numbers_at_risk_of_the_published_table_come_out() -> None:
    assert [drop.at_risk for drop in kaplan_meier(waits(SIX_MP)).drops] == [21, 17, 15, 12, 11, 7, 6]


@pytest.mark.parametrize(("text", "median", "low", "high"), [(SIX_MP, 23, 13, None), (PLACEBO, 8, 4, 11)])
def test_published_medians_come_out(text: str, median: float, low: float, high: float | None) -> None:
    """Venables and Ripley, Modern Applied Statistics with S, on `gehan`, with conf.type = "log-log"."""
    found = kaplan_meier(waits(text)).median()
    assert (found.days, found.low.days) == (median, low)
    assert found.high == (Moment(high, reached=True) if high else NOT_REACHED)


# Another program


def first(days: Sequence[float], parts: Sequence[float]) -> float | None:
    return next((day for day, part in zip(days, parts, strict=True) if part <= 0.5 + 1e-12), None)


@pytest.mark.parametrize("seed", range(300))
def test_scipy_gives_the_same_curve_limits_and_median(seed: int) -> None:
    from scipy import stats  # type: ignore[import-untyped]

    data = cohort(seed)
    ours = kaplan_meier(data)
    censored = stats.CensoredData(
        uncensored=[wait.days for wait in data if wait.is_over],
        right=[wait.days for wait in data if not wait.is_over],
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it divides by zero where S is 1 or 0
        theirs = stats.ecdf(censored).sf
        limits = theirs.confidence_interval(confidence_level=0.95, method="log-log")
    days, waiting = theirs.quantiles.tolist(), theirs.probabilities.tolist()
    low, high = limits.low.probabilities.tolist(), limits.high.probabilities.tolist()
    for day, part, lower, upper in zip(days, waiting, low, high, strict=True):
        share = ours.within(day)
        assert share.share == pytest.approx(1 - part, abs=1e-12)
        if 0 < part < 1 - 1e-12:
            assert share.low == pytest.approx(1 - upper, abs=1e-9)
            assert share.high == pytest.approx(1 - lower, abs=1e-9)
        else:
            assert (share.low, share.high) == (None, None)
    median = ours.median()
    inside = [0 < part < 1 - 1e-12 for part in waiting]
    assert median.days == first(days, waiting)
    assert median.low.days == first(days, [limit if here else 1 for limit, here in zip(low, inside, strict=True)])
    assert median.high.days == first(days, [limit if here else 1 for limit, here in zip(high, inside, strict=True)])


def test_the_cohorts_that_are_compared_have_what_is_hard() -> None:
    all_of_them = [cohort(seed) for seed in range(300)]
    curves = [kaplan_meier(each) for each in all_of_them]
    assert sum(len({wait.days for wait in each}) < len(each) for each in all_of_them) > 100
    assert sum(not curve.drops for curve in curves) > 3
    assert sum(not curve.median().reached for curve in curves) > 50
    assert sum(bool(curve.drops) and curve.drops[-1].waiting == 0 for curve in curves) > 50


# A cohort that does not change, looked at too early


def looked_at(chance: random.Random, engineers: int, cut: float) -> tuple[Curve, float]:
    """Engineers who start over ten days and take ten days in the median, and the naive median, on day `cut`."""
    data: list[Wait] = []
    for _ in range(engineers):
        watched = cut - chance.uniform(0, 10)
        takes = chance.lognormvariate(math.log(10), 0.8)
        if watched > 0:
            data.append(Wait(min(takes, watched), takes <= watched))
    finished = [wait.days for wait in data if wait.is_over]
    return kaplan_meier(data), statistics.median(finished) if finished else math.nan


@pytest.mark.parametrize("cut", [16, 20, 30, 60])
def test_a_cohort_that_is_cut_early_does_not_look_better(cut: int) -> None:
    curve, naive = looked_at(random.Random(7), 2000, cut)
    median = curve.median()
    assert median.days == pytest.approx(10, rel=0.08)
    assert median.low.days is not None
    assert median.high.days is not None
    assert median.low.days <= 10 <= median.high.days
    if cut <= 20:
        assert naive < 8


def test_the_naive_median_improves_the_earlier_one_looks() -> None:
    naive = [looked_at(random.Random(7), 2000, cut)[1] for cut in (12, 16, 20, 30, 60)]
    assert all(before < after for before, after in pairwise(naive))
    assert naive[0] < 5


@pytest.mark.parametrize("cut", [8, 12, 16, 20, 30, 60])
def test_the_page_that_explains_it_shows_what_comes_out(cut: int) -> None:
    curve, naive = looked_at(random.Random(7), 2000, cut)
    median, arrived = curve.median(), sum(drop.arrived for drop in curve.drops)
    ours = "not reached"
    if median.days and median.low.days and median.high.days:
        ours = f"{median.days:.1f} ({median.low.days:.1f} to {median.high.days:.1f})"
    row = re.search(rf"^\| {cut} \| ([\d,]+)[^|]* \| ([\d.]+) \| ([^|]+) \|$", PAGE.read_text(), re.MULTILINE)
    assert row is not None
    assert row.groups() == (f"{arrived:,}", f"{naive:.1f}", ours)


def test_when_nobody_can_have_got_half_way_there_is_no_median() -> None:
    median = looked_at(random.Random(7), 2000, 8)[0].median()
    assert (median.days, median.reached, median.high) == (None, False, NOT_REACHED)


@pytest.mark.parametrize("engineers", [12, 40])
def test_the_interval_covers_the_true_median_about_as_often_as_it_says(engineers: int) -> None:
    chance, covered, runs = random.Random(11), 0, 1000
    for _ in range(runs):
        median = looked_at(chance, engineers, 20)[0].median()
        is_above = median.low.days is None or median.low.days <= 10
        is_below = median.high.days is None or median.high.days >= 10
        covered += is_above and is_below
    assert 0.925 <= covered / runs <= 0.985


# The rules


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_the_order_of_waits_does_not_matter(seed: int) -> None:
    data = cohort(seed)
    assert kaplan_meier(random.Random(seed).sample(data, len(data))) == kaplan_meier(data)


@pytest.mark.parametrize("seed", range(0, 300, 10))
def test_the_share_never_falls_and_stays_within_its_limits(seed: int) -> None:
    curve = kaplan_meier(cohort(seed))
    shares = [curve.within(day / 2) for day in range(200)]
    known = [share.share for share in shares if share.share is not None]
    assert all(0 <= before <= after <= 1 for before, after in pairwise(known))
    for share in shares:
        if share.low is not None and share.high is not None and share.share is not None:
            assert 0 <= share.low < share.share < share.high <= 1


@pytest.mark.parametrize("level", [0.5, 0.8, 0.99])
def test_more_certainty_makes_wider_intervals(level: float) -> None:
    wider, narrower = kaplan_meier(waits(AML), level=(1 + level) / 2), kaplan_meier(waits(AML), level)
    for wide, narrow in zip(wider.drops, narrower.drops, strict=True):
        assert (wide.low or 0) < (narrow.low or 0) < narrow.waiting < (narrow.high or 1) < (wide.high or 1)


def test_who_leaves_the_data_at_the_moment_of_an_arrival_was_at_risk_there() -> None:
    drop = kaplan_meier(waits("5 5+ 5+ 9+")).drops[0]
    assert (drop.at_risk, drop.arrived, drop.waiting) == (4, 1, 0.75)


def test_without_censoring_the_share_is_the_plain_share() -> None:
    curve = kaplan_meier(waits("1 2 2 4 8"))
    assert [curve.within(day).share for day in (0.5, 1, 2, 3, 4, 8)] == pytest.approx([0, 0.2, 0.6, 0.6, 0.8, 1])


def test_beyond_what_anybody_was_watched_nothing_is_known() -> None:
    share = kaplan_meier(waits("3 5+ 7+")).within(7.5)
    assert (share.share, share.observed, share.low, share.high, share.at_risk) == (None, False, None, None, 0)
    assert kaplan_meier(waits("3 5+ 7+")).within(7).observed


def test_when_everybody_has_got_there_it_is_known_for_good_and_has_no_limits() -> None:
    share = kaplan_meier(waits("3 5 7")).within(90)
    assert (share.share, share.observed, share.low, share.high, share.at_risk) == (1.0, True, None, None, 0)


def test_where_nobody_is_left_the_upper_limit_of_the_median_is_not_reached() -> None:
    median = kaplan_meier(waits("4 4 4 4 4 4")).median()
    assert (median.days, median.low, median.high) == (4, NOT_REACHED, NOT_REACHED)
    assert kaplan_meier(waits("4 4 4 4 4 4")).drops[0].variance is None


def test_half_of_an_even_number_is_half_whatever_the_rounding() -> None:
    for half in range(1, 60):
        text = " ".join(str(day + 1) for day in range(2 * half))
        assert kaplan_meier(waits(text)).median().days == half


def test_nobody_gives_an_empty_curve() -> None:
    curve = kaplan_meier([])
    assert (curve.days, curve.drops, curve.median().reached, curve.within(1).observed) == ((), (), False, False)


def test_a_wait_of_no_time_counts() -> None:
    assert kaplan_meier(waits("0 3 4+ 5+")).within(0).share == 0.25


@pytest.mark.parametrize("days", [-1e-9, math.nan])
def test_a_negative_wait_is_refused(days: float) -> None:
    with pytest.raises(ValueError, match="not negative"):
        kaplan_meier([Wait(1.0, is_over=True), Wait(days, is_over=True)])
