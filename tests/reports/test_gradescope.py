from __future__ import annotations

import json

import pytest
from sample_results import DEADLOCK, EVERY, FRACTIONS, HIDDEN, LAYOUT, RACE

from grader.reports.gradescope import write
from grader.results import ExerciseResult

FORMATS = {"text", "html", "simple_format", "md", "ansi"}
VISIBLE = {"hidden", "after_due_date", "after_published", "visible"}


@pytest.mark.parametrize("sample", EVERY.values(), ids=EVERY)
def test_document_keeps_the_types_of_the_specification(sample: ExerciseResult) -> None:
    whole = json.loads(write([sample], LAYOUT))
    assert isinstance(whole["score"], int | float)
    assert isinstance(whole["execution_time"], int | float)
    assert {whole["output_format"], whole["test_output_format"], whole["test_name_format"]} <= FORMATS
    assert {whole["visibility"], whole["stdout_visibility"]} <= VISIBLE
    assert whole["tests"]
    for test in whole["tests"]:
        assert test["status"] in ("passed", "failed")
        assert isinstance(test["number"], str)
        assert test["score"] <= test["max_score"]
        assert "\r" not in test["output"]


def test_no_test_is_hidden_because_that_hides_the_total() -> None:
    assert {test["visibility"] for test in json.loads(write([HIDDEN], LAYOUT))["tests"]} == {"visible"}


def test_hidden_check_offers_no_replay_that_a_student_could_not_type() -> None:
    assert "grade replay" not in write([HIDDEN], LAYOUT)
    assert "grade replay" in write([RACE], LAYOUT)


def test_total_is_exact_though_the_tests_are_rounded() -> None:
    assert json.loads(write([FRACTIONS], LAYOUT))["score"] == 7.83


def test_tests_of_several_exercises_are_numbered_apart() -> None:
    numbers = [test["number"] for test in json.loads(write([RACE, DEADLOCK], LAYOUT))["tests"]]
    assert numbers == ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3"]
