"""`grade new`: what it writes is a course that reads, and an exercise that is complete."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.course import Course, read_course
from grader.errors import CourseError
from grader.exercises import find_exercise
from grader.scaffold import new_exercise

COURSE = """\
# a comment that must stay
schema: grader/course/v1
title: Threads
points: 3   # the sum

exercises:
  - id: ex01
    folder: ex01_door
    title: A door
    module: door.py
    points: 1   # easy

  # the second one is harder
  - id: ex05
    folder: ex05_window
    title: A window
    module: window.py
    points: 2
"""


@pytest.fixture
def course(tmp_path: Path) -> Course:
    (tmp_path / "course.yaml").write_text(COURSE)
    for folder, module, number in (("ex01_door", "door.py", "01"), ("ex05_window", "window.py", "05")):
        (tmp_path / "exercises" / folder).mkdir(parents=True)
        for name in (module, "README.md", f"test_ex{number}.py"):
            (tmp_path / "exercises" / folder / name).write_text("")
    return read_course(tmp_path)


def everything(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_the_course_reads_and_has_the_exercise_in_its_place(course: Course) -> None:
    assert new_exercise(course, "bounded_buffer", after="ex01", points=5) == 0
    new = read_course(course.root)
    assert [spec.id for spec in new.exercises] == ["ex01", "ex02", "ex05"]
    assert new.points == 8
    assert new.exercises[1].title == "Bounded buffer"


def test_the_rest_of_course_yaml_stays_as_it_was(course: Course) -> None:
    new_exercise(course, "bounded_buffer", after="door", points=5)
    lines = (course.root / "course.yaml").read_text().split("\n")
    entry = lines.index("  - id: ex02")
    del lines[entry : entry + 7]
    assert "\n".join(lines) == COURSE.replace("points: 3 ", "points: 8 ")


def test_without_after_it_comes_last(course: Course) -> None:
    new_exercise(course, "bounded_buffer", points=1)
    assert [spec.id for spec in read_course(course.root).exercises] == ["ex01", "ex05", "ex06"]


def test_all_parts_of_an_exercise_are_there_and_nothing_is_left_to_fill_in_by_us(course: Course) -> None:
    new_exercise(course, "bounded_buffer", points=5)
    made = find_exercise(read_course(course.root), "bounded_buffer")
    assert made.stub.is_file()
    assert made.readme.is_file()
    assert made.checks.is_file()
    assert made.solution
    assert len(made.right) >= 2
    assert len(made.wrong) >= 2
    for path, content in everything(course.root).items():
        assert b"$" not in content, path
        if path.suffix == ".py":
            ast.parse(content)


def test_points_add_up_also_when_they_are_odd(course: Course) -> None:
    new_exercise(course, "bounded_buffer", points=5)
    text = find_exercise(read_course(course.root), "bounded_buffer").checks.read_text()
    assert text.count('points="5/2"') == 2


def test_every_path_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(course.root)
    new_exercise(course, "bounded_buffer", points=5)
    said = {line.removeprefix("wrote ") for line in capsys.readouterr().out.splitlines() if line.startswith("wrote ")}
    after = everything(course.root)
    changed = {str(path.relative_to(course.root)) for path in after if after[path] != before.get(path)}
    assert said == changed


@pytest.mark.parametrize(
    ("slug", "after", "points", "message"),
    [
        ("Bounded-Buffer", None, 5, "'Bounded-Buffer' cannot be the name of an exercise"),
        ("class", None, 5, "'class' cannot be the name of an exercise"),
        ("door", None, 5, "ex01 already has a module door.py"),
        ("pump", None, 0, "--points 0"),
        ("pump", "ex07", 5, "there is no exercise 'ex07'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    course: Course, slug: str, after: str | None, points: int, message: str
) -> None:
    before = everything(course.root)
    with pytest.raises(CourseError) as refused:
        new_exercise(course, slug, after=after, points=points)
    assert message in str(refused.value)
    assert everything(course.root) == before


def test_no_number_between_two_neighbours(course: Course) -> None:
    new_exercise(course, "pump", after="ex01", points=5)
    with pytest.raises(CourseError, match="no free number between ex01 and ex02"):
        new_exercise(read_course(course.root), "lift", after="ex01", points=5)


def test_a_file_that_is_there_is_never_overwritten(course: Course) -> None:
    mine = course.root / "solutions" / "ex06_pump" / "design.md"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    with pytest.raises(CourseError, match=r"design\.md is there already"):
        new_exercise(course, "pump", points=5)
    assert mine.read_text() == "mine"


def test_a_course_yaml_that_would_not_read_is_put_back(course: Course) -> None:
    path = course.root / "course.yaml"
    # a sum that is wrong already stays wrong after the change
    text = path.read_text().replace("    points: 2\n", "    points: 7\n")
    path.write_text(text)
    with pytest.raises(CourseError):
        new_exercise(course, "pump", points=5)
    assert path.read_text() == text
