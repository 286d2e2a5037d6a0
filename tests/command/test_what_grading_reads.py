"""What lies beside a course is nobody's business: a home folder with thousands of files makes no grading slower."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from mini_course import CHECKS, lay_out

from grader.course import read_course
from grader.exercises import find_exercise
from grader.grading import Options, grade
from grader.submissions import read


def test_no_folder_above_the_exercises_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[Path] = []
    scandir = os.scandir

    def note(folder: Any = ".") -> Any:
        if isinstance(folder, str | os.PathLike):
            listed.append(Path(folder))
        return scandir(folder)

    course = tmp_path / "home" / "course"
    course.mkdir(parents=True)
    lay_out(course)
    exercise = find_exercise(read_course(course), "ex01")
    answer = read(course / "solutions/ex01_counter/counter.py", "counter.py")
    monkeypatch.setattr(os, "scandir", note)
    assert grade(exercise, answer, Options()).verdict == "pass"
    assert course / "exercises/ex01_counter" in listed
    assert not {course, *course.parents}.intersection(listed)


@pytest.mark.parametrize("name", ["course [2]", "threads::2026", "a]b[", "x::y[1]", "-k ü", "$SOMEWHERE", "c.v1"])
def test_what_the_folder_of_a_course_is_called_changes_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("SOMEWHERE", "else")
    hidden = CHECKS.replace("def test_counts", "def test_still_counts")
    course = tmp_path / name
    course.mkdir()
    lay_out(course, {"solutions/ex01_counter/test_ex01_hidden.py": hidden})
    monkeypatch.chdir(course / "exercises")
    exercise = find_exercise(read_course(course), "ex01")
    answer = read(course / "solutions/ex01_counter/counter.py", "counter.py")
    result = grade(exercise, answer, Options())
    assert [(check.id, check.verdict, check.hidden) for check in result.checks] == [
        ("counts", "pass", False),
        ("counts_both", "pass", False),
        ("still_counts", "pass", True),
        ("still_counts_both", "pass", True),
    ]
