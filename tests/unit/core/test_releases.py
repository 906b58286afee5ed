"""Final releases compare by their numbers, without the library that reads every version."""

from __future__ import annotations

import pytest

from goldenpath.core.releases import numbers


@pytest.mark.parametrize(("older", "newer"), [("1.0.0", "1.1.0"), ("1.9", "1.10"), ("0.9.9", "1"), ("2", "2.0.1")])
def test_final_releases_compare_by_their_numbers(older: str, newer: str) -> None:
    assert numbers(older) < numbers(newer)


@pytest.mark.parametrize("other", ["1.0.0rc1", "1.0.0.dev0+abc", "1!2.0", "", "v1", "1..2", "²", "1" * 40])
def test_what_is_no_final_release_has_no_numbers(other: str) -> None:
    assert numbers(other) == ()


def test_zeros_at_the_end_are_the_same_release() -> None:
    assert numbers("1.0.0") == numbers("1") == (1,)
