from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import pytest

from grader import memory, watch
from grader.course import read_course
from grader.grading import Options
from grader.results import CheckResult, ExerciseResult, Finding, Submitted
from grader.trace import Step, Trace
from grader.watch import versions


def test_each_save_is_seen_once_and_a_moment_without_a_file_is_no_save(tmp_path: Path) -> None:
    file = tmp_path / "door.py"
    file.write_text("a = 1\n")
    fresh = tmp_path / "fresh"

    def saved_by_rename() -> None:
        fresh.write_text("a = 3\n")
        os.replace(fresh, file)

    happenings = iter(
        [
            lambda: None,
            lambda: file.write_text("a = 12\n"),
            lambda: file.unlink(),
            lambda: None,
            lambda: file.write_text("a = 12\n"),
            saved_by_rename,
        ]
    )
    seen = list(islice(versions(file, pause=lambda: next(happenings)()), 4))
    assert len(set(seen)) == 4
    assert next(happenings, None) is None


COURSE = """\
schema: grader/course/v1
title: Threads
points: 1
exercises:
  - {id: ex01, folder: ex01_door, title: A door, module: door.py, points: 1}
"""


def racy(*given: object) -> ExerciseResult:
    finding = Finding("race", "a lost update", "two threads", "1", "2", trace=Trace(("A", "B"), (STEP,), ()))
    check = CheckResult("opens", "It opens.", "SAFE", "fail", Fraction(0), Fraction(1), 0.0, findings=(finding,))
    return ExerciseResult(
        exercise="ex01",
        title="A door",
        verdict="fail",
        score=Fraction(0),
        max_score=Fraction(1),
        seed=0,
        tier="full",
        python="3.11.0",
        grader="0",
        submission=Submitted("door.py", "0" * 64),
        checks=(check,),
    )


STEP = Step(0, "door.py", 1, "write", "opened", "1", "")


def test_the_report_of_a_save_is_that_of_grade_and_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "course.yaml").write_text(COURSE)
    (tmp_path / "exercises" / "ex01_door").mkdir(parents=True)
    for name in ("door.py", "README.md", "test_ex01.py"):
        (tmp_path / "exercises" / "ex01_door" / name).write_text("opened = opened + 1")

    def one_save_then_ctrl_c(_: Path) -> Iterator[object]:
        yield None
        raise KeyboardInterrupt

    monkeypatch.setattr(watch, "versions", one_save_then_ctrl_c)
    monkeypatch.setattr(watch, "grade", racy)
    assert watch.watch(read_course(tmp_path), "ex01", Options(tier="full")) == 0
    assert "1 opened = opened + 1" in capsys.readouterr().out  # the line of the answer, not its number alone
    assert memory.results(tmp_path)["ex01"].verdict == "fail"
