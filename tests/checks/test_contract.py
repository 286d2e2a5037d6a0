"""What is required of an answer: what all right answers have, and nothing that lies in the stub."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.checks.contract import required_names
from grader.course import Course, read_course
from grader.exercises import ExerciseOnDisk, find_exercise, find_exercises

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = "def b(): pass\ndef a(): pass\nclass C:\n    def m(self): pass\n    def helper(self): pass\n"
DESIGN = "class C:\n    def m(self): pass\ndef a(): pass\ndef b(): pass\ndef other(): pass\n"
COURSE = """\
schema: grader/course/v1
title: Threads
points: 1
exercises:
  - {id: ex01, folder: ex01_door, title: A door, module: door.py, points: 1}
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "exercises" / "ex01_door").mkdir(parents=True)
    (tmp_path / "solutions" / "ex01_door" / "right").mkdir(parents=True)
    (tmp_path / "course.yaml").write_text(COURSE)
    (tmp_path / "exercises" / "ex01_door" / "door.py").write_text("def tried(): pass\n")
    for name in ("README.md", "test_ex01.py"):
        (tmp_path / "exercises" / "ex01_door" / name).touch()
    return read_course(tmp_path)


def required(course: Course, **right: str) -> tuple[str, ...]:
    twin = course.root / "solutions" / "ex01_door"
    (twin / "door.py").write_text(REFERENCE)
    for name, text in right.items():
        (twin / "right" / f"{name}.py").write_text(text)
    return required_names(find_exercise(course, "ex01"))


def test_what_every_right_answer_defines_is_required_in_the_order_of_the_reference(course: Course) -> None:
    assert required(course, design=DESIGN) == ("b", "a", "C", "C.m")


def test_without_other_designs_the_reference_has_the_word(course: Course) -> None:
    assert required(course) == ("b", "a", "C", "C.m", "C.helper")


def test_where_no_right_answers_are_nothing_is_known(course: Course) -> None:
    assert required_names(find_exercise(course, "ex01")) == ()


@pytest.mark.parametrize("exercise", find_exercises(read_course(ROOT)), ids=lambda exercise: exercise.spec.id)
def test_the_exercises_of_this_course_require_what_is_no_private_name(exercise: ExerciseOnDisk) -> None:
    names = required_names(exercise)
    assert names
    assert not [name for name in names if "_" in (name[0], name.rpartition(".")[2][0])]
