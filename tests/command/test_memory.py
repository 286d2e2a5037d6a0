"""What is remembered between two commands; losing it loses no work."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest

from grader import memory
from grader.results import CheckResult, ExerciseResult, Finding, Submitted

PASSED = CheckResult("a", "A", "SAFE", "pass", Fraction(1, 3), Fraction(1, 3), 0.1)
FAILED = CheckResult("b", "B", "SAFE", "fail", Fraction(0), Fraction(1, 3), 0.1)
SKIPPED = CheckResult("c", "C", "SPEED", "skip", Fraction(0), Fraction(1, 3), 0.1)
PROBLEM = Finding("crash", "the file is empty", "import", "", "")


def result(*checks: CheckResult, problem: Finding | None = None) -> ExerciseResult:
    verdict = "pass" if checks == (PASSED,) else "fail"
    submitted = Submitted("a.py", "abc")
    score = sum((check.score for check in checks), Fraction(0))
    return ExerciseResult("ex01", "One", verdict, score, Fraction(1), 0, "full", "3", "0", submitted, checks, problem)


def test_points_come_back_exactly(tmp_path: Path) -> None:
    memory.remember_result(tmp_path, result(PASSED))
    known = memory.results(tmp_path)["ex01"]
    assert (known.score, known.verdict, known.title, known.sha256) == (Fraction(1, 3), "pass", "done", "abc")
    assert known.max_score == Fraction(1)


def test_what_failed_is_kept_in_one_clause(tmp_path: Path) -> None:
    memory.remember_result(tmp_path, result(PASSED, FAILED))
    assert memory.results(tmp_path)["ex01"].title == "1 of 2 checks fail"
    memory.remember_result(tmp_path, result(FAILED, problem=PROBLEM))
    assert memory.results(tmp_path)["ex01"].title == "the file is empty"


def test_what_could_not_be_measured_is_not_called_failed(tmp_path: Path) -> None:
    memory.remember_result(tmp_path, result(PASSED, SKIPPED))
    assert memory.results(tmp_path)["ex01"].title == "1 of 2 checks could not be measured here"


def test_hints_and_results_do_not_lose_each_other(tmp_path: Path) -> None:
    memory.remember_hint(tmp_path, "ex04", 2)
    memory.remember_result(tmp_path, result(PASSED))
    memory.remember_hint(tmp_path, "ex01", 1)
    assert (memory.hints_seen(tmp_path, "ex04"), memory.hints_seen(tmp_path, "ex01")) == (2, 1)
    assert "ex01" in memory.results(tmp_path)


NO_MAXIMUM = b'{"results": {"ex04": {"sha256": "a", "verdict": "pass", "points": "7", "title": "done"}}}'


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"hints": {"ex04": "two"}}', b"\xff\xfe", NO_MAXIMUM])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".grade").mkdir()
    (tmp_path / ".grade" / "memory.json").write_bytes(content)
    assert memory.hints_seen(tmp_path, "ex04") == 0
    memory.remember_hint(tmp_path, "ex04", 1)
    assert memory.hints_seen(tmp_path, "ex04") == 1


@pytest.mark.parametrize("points", ["x", "1/0", ""])
def test_points_that_are_none_count_as_nothing_remembered(tmp_path: Path, points: str) -> None:
    memory.remember_result(tmp_path, result(PASSED))
    path = tmp_path / ".grade" / "memory.json"
    path.write_text(path.read_text().replace("1/3", points))
    assert memory.results(tmp_path) == {}


def test_a_folder_that_cannot_be_written_to_is_no_reason_to_stop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".grade").write_text("a file where the folder should be")
    memory.remember_hint(tmp_path, "ex04", 1)
    assert memory.hints_seen(tmp_path, "ex04") == 0


def test_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    memory.remember_hint(tmp_path, "ex04", 1)
    assert os.listdir(tmp_path / ".grade") == ["memory.json"]
