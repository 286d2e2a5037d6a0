"""Exercises are found on disk in both editions, under every name that a person gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from grader.course import Course, read_course
from grader.errors import CourseError
from grader.exercises import find_exercise, find_exercises, find_root, fingerprint

COURSE = """\
schema: grader/course/v1
title: Concurrency
points: 13
exercises:
  - {id: ex01, folder: ex01_bank_account, title: Bank, module: bank_account.py, points: 5}
  - {id: ex04, folder: ex04_printers, title: Printers, module: printers.py, points: 8}
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "course.yaml").write_text(COURSE)
    for folder, module in (("ex01_bank_account", "bank_account.py"), ("ex04_printers", "printers.py")):
        for name in (f"exercises/{folder}/{module}", f"exercises/{folder}/README.md"):
            write(tmp_path / name)
        write(tmp_path / f"exercises/{folder}/test_{folder[:4]}.py")
    return read_course(tmp_path)


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize(
    "name",
    ["ex04", "ex4", "4", "04", "EX04", "printers", "printers.py", "ex04_printers", "exercises/ex04_printers",
     "exercises/ex04_printers/", "./exercises/ex04_printers/printers.py", "exercises\\ex04_printers"],
)  # fmt: skip
def test_every_spoken_name_means_the_exercise(course: Course, name: str) -> None:
    assert find_exercise(course, name).spec.id == "ex04"


@pytest.mark.parametrize(
    ("name", "guess"), [("printer", "ex04 (printers)"), ("ex44", "did you mean ex04"), ("bank", "There are")]
)
def test_an_unknown_name_brings_the_nearest_and_the_list(course: Course, name: str, guess: str) -> None:
    with pytest.raises(CourseError) as caught:
        find_exercise(course, name)
    assert repr(name) in caught.value.message
    assert guess in caught.value.remedy
    assert "ex01 (bank_account), ex04 (printers)" in caught.value.remedy


@pytest.mark.parametrize("name", ["", "/", "."])
def test_no_name_at_all_is_an_error_too(course: Course, name: str) -> None:
    with pytest.raises(CourseError, match="there is no exercise"):
        find_exercise(course, name)


def test_the_students_edition_has_no_solutions(course: Course) -> None:
    exercise = find_exercises(course)[1]
    assert (exercise.hidden, exercise.solution, exercise.given) == (None, None, None)
    assert exercise.right == exercise.wrong == ()
    assert exercise.stub == course.root / "exercises/ex04_printers/printers.py"
    assert exercise.checks.name == "test_ex04.py"


def test_the_teachers_edition_has_them_all(course: Course) -> None:
    twin = course.root / "solutions/ex04_printers"
    for name in ("printers.py", "test_ex04_hidden.py", "right/b.py", "right/a.py", "wrong/c.py", "wrong/notes.txt"):
        write(twin / name)
    exercise = find_exercise(course, "ex04")
    assert exercise.solution == twin / "printers.py"
    assert exercise.hidden == twin / "test_ex04_hidden.py"
    assert exercise.given == exercise.stub
    assert [path.name for path in exercise.right] == ["a.py", "b.py"]
    assert [path.name for path in exercise.wrong] == ["c.py"]


def test_the_root_is_found_from_any_folder_below(course: Course, tmp_path: Path) -> None:
    assert find_root(course.root / "exercises/ex04_printers") == course.root
    assert find_root(course.root) == course.root


def test_outside_any_course_the_message_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"there is no course.yaml") as caught:
        find_root(tmp_path)
    assert tmp_path.name in caught.value.message


def test_the_fingerprint_changes_with_all_that_decides_a_grading_and_with_nothing_else(course: Course) -> None:
    exercise = find_exercise(course, "ex04")
    write(course.root / "solutions/ex04_printers/test_ex04_hidden.py", "hidden")
    full = find_exercise(course, "ex04")
    before = fingerprint(exercise, hidden=False)
    assert fingerprint(full, hidden=False) == before
    assert fingerprint(full, hidden=True) != before
    write(course.root / "solutions/ex04_printers/right/b.py", "another design")
    assert fingerprint(find_exercise(course, "ex04"), hidden=False) != before
    write(exercise.readme, "another story")
    assert fingerprint(exercise, hidden=False) == before
    assert fingerprint(replace(exercise, spec=replace(exercise.spec, races="fail")), hidden=False) != before
    write(exercise.checks, "another check")
    assert fingerprint(exercise, hidden=False) != before
