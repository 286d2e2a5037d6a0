"""Points stay exact until they are shown, and nothing that was not run is ever a pass."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest

from grader.course import Late
from grader.results import CheckResult, Verdict
from grader.scoring import late_factor, lateness, maximum, rounded, shown, total, verdict_of

POLICY = Late(grace_minutes=15, percent_per_day=10, at_most_percent=50)
DAY = timedelta(days=1)


def check(verdict: Verdict, score: Fraction | int = 0, points: Fraction | int = 1) -> CheckResult:
    return CheckResult("id", "title", "SAFE", verdict, Fraction(score), Fraction(points), 0.0)


def test_thirds_add_up_exactly() -> None:
    checks = [check("pass", Fraction(1, 3), Fraction(1, 3))] * 3
    assert total(checks) == 1
    assert maximum(checks) == 1
    assert total([]) == maximum([]) == 0


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], "error"),
        (["pass"], "pass"),
        (["pass", "skip"], "pass"),
        (["skip"], "skip"),
        (["pass", "fail"], "fail"),
        (["pass", "fail", "error"], "error"),
        (["skip", "fail"], "fail"),
    ],
)
def test_the_worst_check_decides_and_no_check_is_never_a_pass(verdicts: list[Verdict], expected: Verdict) -> None:
    assert verdict_of([check(each) for each in verdicts]) == expected


@pytest.mark.parametrize(
    ("late", "kept"),
    [
        (-DAY, Fraction(1)),
        (timedelta(0), Fraction(1)),
        (timedelta(minutes=15), Fraction(1)),
        (timedelta(minutes=15, seconds=1), Fraction(9, 10)),
        (DAY, Fraction(9, 10)),
        (DAY + timedelta(seconds=1), Fraction(8, 10)),
        (5 * DAY, Fraction(1, 2)),
        (400 * DAY, Fraction(1, 2)),
    ],
)
def test_each_day_begun_costs_up_to_the_cap(late: timedelta, kept: Fraction) -> None:
    assert late_factor(POLICY, late) == kept


def test_a_late_submission_never_keeps_less_than_nothing() -> None:
    assert late_factor(Late(percent_per_day=100, at_most_percent=100), 3 * DAY) == 0
    assert late_factor(Late(), 3 * DAY) == 1


def test_lateness_is_measured_across_time_zones_and_unknown_is_in_time() -> None:
    due = datetime(2026, 12, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    handed_in = datetime(2026, 12, 1, 12, tzinfo=timezone.utc)  # noqa: UP017 - beside the other zone
    assert lateness(due, handed_in) == timedelta(hours=1)
    assert lateness(handed_in, due) == timedelta(0)
    assert lateness(None, handed_in) == lateness(due, None) == timedelta(0)


@pytest.mark.parametrize(
    ("points", "two_decimals", "text"),
    [
        ("0", "0.00", "0"),
        ("8", "8.00", "8"),
        ("100", "100.00", "100"),
        ("2/3", "0.67", "0.67"),
        ("1/8", "0.13", "0.13"),
        ("-1/8", "-0.13", "-0.13"),
        ("5/2", "2.50", "2.5"),
        ("201/200", "1.01", "1.01"),
        ("199/200", "1.00", "1"),
    ],
)
def test_a_half_goes_up_in_the_second_decimal(points: str, two_decimals: str, text: str) -> None:
    assert str(rounded(Fraction(points))) == two_decimals
    assert rounded(Fraction(points)) == Decimal(two_decimals)
    assert shown(Fraction(points)) == text
