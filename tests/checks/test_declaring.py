"""What `@check` and `@scenario` keep, and what they refuse."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest

from grader.checks import check, scenario
from grader.checks.declaring import DECLARED, SCENARIO, Declared
from grader.errors import CourseError
from grader.results import Kind


@pytest.mark.parametrize(
    ("points", "exact"), [(2, Fraction(2)), (0, Fraction(0)), ("1/2", Fraction(1, 2)), (Fraction(1, 3), Fraction(1, 3))]
)
def test_points_are_exact(points: int | str | Fraction, exact: Fraction) -> None:
    declared = check(kind="SAFE", points=points, hint="why?")(lambda box: None)
    assert getattr(declared, DECLARED) == Declared("SAFE", exact, "why?")


@pytest.mark.parametrize("points", [-1, "-1/2", "much", "1/0", ""])
def test_points_that_are_none_are_refused_with_a_remedy(points: int | str) -> None:
    with pytest.raises(CourseError, match="points are a number from 0 up") as refused:
        check(kind="SAFE", points=points)(lambda box: None)
    assert "1/2" in refused.value.remedy


@pytest.mark.parametrize("kind", get_args(Kind))
def test_every_kind_may_be_declared(kind: Kind) -> None:
    assert getattr(check(kind=kind)(lambda box: None), DECLARED).kind == kind


def test_a_kind_that_is_none_is_refused_with_all_there_are() -> None:
    with pytest.raises(CourseError, match="'SAVE'") as refused:
        check(kind="SAVE")  # type: ignore[arg-type]
    assert all(kind in refused.value.remedy for kind in get_args(Kind))


def test_a_scenario_stays_the_function_that_it_is() -> None:
    def two(answer: object) -> int:
        return 2

    assert scenario(two) is two
    assert getattr(two, SCENARIO)
