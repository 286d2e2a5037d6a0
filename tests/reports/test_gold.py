"""Every report of every kind of result, whole."""

from __future__ import annotations

import json

import pytest
from gold_files import compare
from msgspec.structs import replace
from sample_results import DEADLOCK, EVERY, LAYOUT, RACE

from grader.reports import WRITERS, write
from grader.results import ExerciseResult

ENDING = {
    "text": "txt",
    "json": "json",
    "junit": "xml",
    "github": "log",
    "classroom50": "json",
    "gradescope": "json",
    "html": "html",
    "markdown": "md",
}
RUNNER = {
    "CLASSROOM": "cs101",
    "ASSIGNMENT": "ex01",
    "ASSIGNMENT_TYPE": "individual",
    "OWNER": "school",
    "SUBMISSION_TAG": "submit/1",
    "COMMIT_URL": "https://example.org/c",
    "RELEASE_URL": "https://example.org/r",
    "REVIEW_URL": "https://example.org/v",
    "SOURCE_DATE_EPOCH": "1700000000",
}
WITH_RUNNER = replace(LAYOUT, environment=RUNNER)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("sample", EVERY)
def test_report_is_as_accepted(name: str, sample: str) -> None:
    compare(f"{sample}.{name}.{ENDING[name]}", write(name, [EVERY[sample]], WITH_RUNNER))


@pytest.mark.parametrize("name", WRITERS)
def test_report_of_several_exercises_is_as_accepted(name: str) -> None:
    compare(f"several.{name}.{ENDING[name]}", write(name, [RACE, DEADLOCK], WITH_RUNNER))


def test_report_in_colour_is_as_accepted() -> None:
    compare("race.colour.txt", write("text", [RACE], replace(LAYOUT, color=True)))


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("result", EVERY.values(), ids=EVERY)
def test_same_result_gives_same_bytes(name: str, result: ExerciseResult) -> None:
    assert write(name, [result], WITH_RUNNER) == write(name, [result], WITH_RUNNER)


@pytest.mark.parametrize("name", WRITERS)
def test_nothing_in_a_savage_answer_reaches_a_report_as_a_control_character(name: str) -> None:
    text = write(name, [EVERY["savage"]], WITH_RUNNER)
    text.encode()  # no half of a surrogate pair
    readable = json.dumps(json.loads(text), ensure_ascii=True) if ENDING[name] == "json" else text
    assert not [each for each in readable if ord(each) < 32 and each != "\n"]
    assert not set(readable) & set("\x7f\x9b\u202e\u2028\ufffe")
