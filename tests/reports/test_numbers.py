from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.numbers import number, quarters, whole


@pytest.mark.parametrize(("points", "shown"), [(Fraction(8), 8), (Fraction(2, 3), 0.67), (Fraction(1, 8), 0.13)])
def test_number_has_at_most_two_decimals(points: Fraction, shown: float) -> None:
    assert number(points) == shown
    assert type(number(points)) is type(shown)


@given(st.lists(st.fractions(0, 20, max_denominator=30), max_size=40))
def test_quarters_add_up_to_the_nearest_quarter_in_floating_point(parts: list[Fraction]) -> None:
    total = 0.0
    for part in quarters(parts):
        total += part
    assert abs(Fraction(total) - sum(parts)) <= Fraction(1, 8)


def test_quarters_keep_what_is_a_quarter() -> None:
    assert quarters([Fraction(1, 2), Fraction(3, 4), Fraction(2)]) == [0.5, 0.75, 2]


def test_common_denominator_makes_all_whole() -> None:
    assert whole([Fraction(1, 2), Fraction(2, 3), Fraction(5)]) == 6
    assert whole([]) == 1
