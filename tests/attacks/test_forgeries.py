"""Whoever has no lock and forges is judged like whoever has no lock."""

from __future__ import annotations

import sys
from importlib import util
from random import Random
from types import ModuleType

import pytest
from engine_forgeries import ENGINE
from forgeries import FORGERIES, forged
from missed import ROOT

from grader.box.parent import Box
from grader.checks.judging import CheckFailed, Judge
from grader.course import read_course
from grader.exercises import find_exercise
from grader.grading import Options, grade
from grader.results import FOR_THE_TEACHER
from grader.submissions.answer import answer

RACY = {"never_overdraws", "history_adds_up", "deposit_meets_withdrawals"}
SEED = 20


def failed(lines: str, *, confirm: bool = False) -> set[str]:
    exercise = find_exercise(read_course(ROOT), "ex01")
    options = Options(tier="full", confirm=confirm)
    result = grade(exercise, answer({exercise.spec.module: forged(lines)}, "handed in"), options)
    assert result.verdict == "fail"
    return {check.id for check in result.checks if check.verdict == "fail"}


def test_without_a_forgery_these_checks_fail() -> None:
    assert failed("") >= RACY


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_gains_nothing(name: str) -> None:
    assert failed(FORGERIES[name]) >= RACY


def test_a_forgery_of_the_scenario_s_tools_gains_nothing_where_marks_are_recorded() -> None:
    assert failed(ENGINE["the scenario's tools, found in the caller's frame"], confirm=True) >= RACY


@pytest.fixture(scope="module")
def checks() -> ModuleType:
    """The check module of ex01."""
    spec = util.spec_from_file_location("checks_of_ex01", ROOT / "exercises" / "ex01_bank_account" / "test_ex01.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[spec.name] = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def never_overdraws(lines: str, checks: ModuleType, confirm: Random | None) -> Judge:
    """Raises CheckFailed as ex01's check does."""
    with Box({"bank_account.py": forged(lines)}, "bank_account", tier="full") as box:
        judge = Judge(box, check="never_overdraws", hint="", seed=0, races="warn", confirm=confirm)
        moves = [-800, -800]
        allowed = checks.as_in_some_order(1000, moves)
        try:
            judge.explore(checks.at_once, start=1000, moves=moves, allowed=allowed, expected="", executions=100)
        except CheckFailed as failure:
            failure.add_note("\n".join(judge.notes))
            raise
    return judge


@pytest.mark.parametrize("name", ENGINE)
def test_the_box_alone_believes_a_forgery_of_its_engine(name: str, checks: ModuleType) -> None:
    never_overdraws(ENGINE[name], checks, None)


@pytest.mark.parametrize("name", ENGINE)
def test_a_forgery_of_the_engine_is_not_confirmed(name: str, checks: ModuleType) -> None:
    with pytest.raises(CheckFailed) as failure:
        never_overdraws(ENGINE[name], checks, Random(SEED))
    flagged = FOR_THE_TEACHER in failure.value.__notes__[0]
    assert flagged or failure.value.finding.title == "an update is lost, though the result does not show it"
