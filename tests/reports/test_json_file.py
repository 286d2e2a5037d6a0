from __future__ import annotations

import json

import pytest
from sample_results import EVERY, FRACTIONS, LAYOUT, PASSING, PROBLEM, RACE, SAVAGE

from grader.reports.json_file import document, write
from grader.results import ExerciseResult

TOP = {
    "schema",
    "exercise",
    "verdict",
    "score",
    "max_score",
    "seed",
    "tier",
    "python",
    "grader",
    "submission",
    "checks",
}
CHECK = {"id", "title", "kind", "verdict", "score", "max_score", "duration", "exploration", "findings"}
FINDING = {"kind", "title", "ran", "saw", "expected", "hint", "replay", "trace"}


@pytest.mark.parametrize("result", EVERY.values(), ids=EVERY)
def test_document_has_every_promised_key(result: ExerciseResult) -> None:
    whole = json.loads(write([result], LAYOUT))
    assert whole["schema"] == "grader/result/v1"
    assert set(whole) >= TOP
    assert set(whole["submission"]) >= {"path", "sha256"}
    for check in whole["checks"]:
        assert set(check) >= CHECK
        assert all(set(finding) >= FINDING for finding in check["findings"])


def test_points_are_numbers_with_at_most_two_decimals() -> None:
    whole = document(FRACTIONS)
    assert (whole["score"], whole["max_score"]) == (7.83, 8)
    assert isinstance(whole["max_score"], int)
    assert [check["score"] for check in whole["checks"]] == [0.33, 0.33, 0.17, 7]


def test_trace_is_a_list_of_steps_with_thread_names() -> None:
    trace = document(RACE)["checks"][1]["findings"][0]["trace"]
    assert len(trace) == 6
    assert trace[0] == {
        "thread": "withdraw-1",
        "file": "bank_account.py",
        "line": 14,
        "operation": "read",
        "target": "self._balance",
        "value": "1000",
        "note": "",
    }


def test_what_is_not_there_is_null() -> None:
    whole = document(PASSING)
    assert whole["problem"] is None
    assert whole["checks"][0]["exploration"] is None
    assert document(PROBLEM)["problem"]["trace"] is None


def test_several_results_are_a_document_of_documents() -> None:
    whole = json.loads(write([PASSING, RACE], LAYOUT))
    assert whole["schema"] == "grader/results/v1"
    assert [each["verdict"] for each in whole["results"]] == ["pass", "fail"]


def test_savage_text_is_kept_but_for_what_is_no_text() -> None:
    saw = json.loads(write([SAVAGE], LAYOUT))["checks"][0]["findings"][0]["saw"]
    assert "\x1b[2J" in saw
    assert "\ufffd" in saw
    json.dumps(document(SAVAGE), ensure_ascii=False).encode()
