"""From checks to points: exact fractions until somebody reads them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

from grader.course import Late
from grader.results import CheckResult, Verdict

DAY = timedelta(days=1)


def total(checks: Iterable[CheckResult]) -> Fraction:
    """The points earned. Only a check that passed or failed with partial credit has any."""
    return sum((check.score for check in checks), Fraction(0))


def maximum(checks: Iterable[CheckResult]) -> Fraction:
    """The points that could be earned by these checks."""
    return sum((check.max_score for check in checks), Fraction(0))


def verdict_of(checks: Iterable[CheckResult]) -> Verdict:
    """The verdict of an exercise: error before fail before pass; a pass needs a check that passed.

    No checks at all are an error, and nothing but skipped ones are a skip.
    """
    verdicts = {check.verdict for check in checks}
    if not verdicts or "error" in verdicts:
        return "error"
    if "fail" in verdicts:
        return "fail"
    return "pass" if "pass" in verdicts else "skip"


def late_factor(policy: Late, lateness: timedelta) -> Fraction:
    """What a submission so late keeps of its points, from 0 to 1: each day begun after the grace costs.

    The grace only forgives: once it is over, days count from the due date.
    """
    if lateness <= timedelta(minutes=policy.grace_minutes) or lateness <= timedelta(0):
        return Fraction(1)
    days = -(-lateness // DAY)
    lost = min(days * policy.percent_per_day, policy.at_most_percent)
    return 1 - Fraction(lost, 100)


def lateness(due: datetime | None, handed_in: datetime | None) -> timedelta:
    """How late; zero when in time, or when one of the two is unknown. Both moments have a time zone."""
    if due is None or handed_in is None:
        return timedelta(0)
    return max(handed_in - due, timedelta(0))


def rounded(points: Fraction) -> Decimal:
    """Exactly two decimals, a half goes away from zero: 2/3 is 0.67, 1/8 is 0.13. The one rule of every report."""
    hundredths = floor(abs(points) * 100 + Fraction(1, 2))
    return Decimal(hundredths if points >= 0 else -hundredths).scaleb(-2)


def shown(points: Fraction) -> str:
    """`points` for a person: rounded, without idle zeros: 8, 2.5, 0.67."""
    text = str(rounded(points))
    return text.rstrip("0").rstrip(".")
