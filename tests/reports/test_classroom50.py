from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace
from sample_results import DEADLOCK, EMPTY, EVERY, FRACTIONS, LAYOUT, PASSING, check, result
from test_gold import RUNNER, WITH_RUNNER

from grader.errors import CourseError
from grader.reports.classroom50 import write
from grader.results import ExerciseResult

TOP = {
    "schema", "classroom", "assignment", "assignment_type", "owner", "submission", "commit", "release", "review",
    "datetime", "score", "max-score", "tests",
}  # fmt: skip


def document(*results: ExerciseResult) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(write(results, WITH_RUNNER))
    return whole


@pytest.mark.parametrize("sample", EVERY.values(), ids=EVERY)
def test_document_has_the_demanded_keys_and_no_other(sample: ExerciseResult) -> None:
    whole = document(sample)
    assert set(whole) == TOP
    assert whole["schema"] == "classroom50/result/v1"
    assert whole["datetime"] == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize("sample", EVERY.values(), ids=EVERY)
def test_points_are_whole_and_add_up(sample: ExerciseResult) -> None:
    whole = document(sample)
    for part in (whole, *whole["tests"]):
        assert type(part["score"]) is int
        assert type(part["max-score"]) is int
        assert 0 <= part["score"] <= part["max-score"]
    assert whole["score"] == sum(test["score"] for test in whole["tests"])
    assert whole["max-score"] == sum(test["max-score"] for test in whole["tests"])


def test_whole_points_stay_as_they_are() -> None:
    whole = document(PASSING)
    assert (whole["score"], whole["max-score"]) == (5, 5)


def test_fractions_are_scaled_up_exactly() -> None:
    whole = document(FRACTIONS)
    assert Fraction(whole["score"], whole["max-score"]) == FRACTIONS.score / FRACTIONS.max_score
    assert whole["tests"][2]["points"] == "0.17/0.33"


def test_halves_are_doubled() -> None:
    whole = document(result("fail", check("a", "A", score=7, of=7), check("b", "B", "fail", Fraction(1, 2), 1)))
    assert (whole["score"], whole["max-score"]) == (15, 16)


def test_no_check_run_is_a_failed_test() -> None:
    whole = document(replace(EMPTY, max_score=Fraction(5)))
    assert [(test["passed"], test["score"], test["max-score"]) for test in whole["tests"]] == [(False, 0, 5)]


def test_several_exercises_are_told_apart() -> None:
    names = [test["test-name"] for test in document(PASSING, DEADLOCK)["tests"]]
    assert names[0].startswith("ex01: ")
    assert names[-1].startswith("ex04: ")


@pytest.mark.parametrize("name", sorted(set(RUNNER) - {"SOURCE_DATE_EPOCH"}))
def test_missing_variable_is_named(name: str) -> None:
    layout = replace(LAYOUT, environment={**RUNNER, name: ""})
    with pytest.raises(CourseError, match=f"no {name}"):
        write([PASSING], layout)
