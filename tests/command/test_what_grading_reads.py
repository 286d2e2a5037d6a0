"""What lies beside a course is nobody's business: a home folder with thousands of files makes no grading slower."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from mini_course import lay_out

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
