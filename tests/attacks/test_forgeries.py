"""Whoever has no lock and forges is judged like whoever has no lock."""

from __future__ import annotations

import pytest
from forgeries import FORGERIES, SUCCEED, forged
from missed import ROOT

from grader.course import read_course
from grader.exercises import find_exercise
from grader.grading import Options, grade
from grader.submissions.answer import answer

RACY = {"never_overdraws", "history_adds_up", "deposit_meets_withdrawals"}


def failed(lines: str) -> set[str]:
    exercise = find_exercise(read_course(ROOT), "ex01")
    result = grade(exercise, answer({exercise.spec.module: forged(lines)}, "handed in"), Options(tier="full"))
    assert result.verdict == "fail"
    return {check.id for check in result.checks if check.verdict == "fail"}


def test_without_a_forgery_these_checks_fail() -> None:
    assert failed("") >= RACY


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_gains_nothing(name: str) -> None:
    assert failed(FORGERIES[name]) >= RACY


@pytest.mark.xfail(reason="no schedule is driven from outside the box yet", strict=True)
@pytest.mark.parametrize("name", SUCCEED)
def test_a_forgery_that_still_succeeds(name: str) -> None:
    assert failed(SUCCEED[name]) >= RACY
