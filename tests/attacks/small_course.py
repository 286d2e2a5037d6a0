"""A course of one exercise as small as can be, `f()` returns 42, for gradings as a whole with reports and gradebook."""

from __future__ import annotations

from pathlib import Path

from grader.course import Course, read_course

EXERCISE = "ex01"
MODULE = "solution.py"
_COURSE = """\
schema: grader/course/v1
title: Doors
points: 2
exercises:
  - {id: ex01, folder: ex01_door, title: A door, module: solution.py, points: 2, time_limit: 2}
"""
_CHECKS = '''\
from grader.checks import check, scenario


@scenario
def ask(answer):
    """f()"""
    return answer.f()


@check(kind="EDGE", points=1, hint="What is six times seven?")
def test_once(box):
    """It returns 42."""
    box.call(ask, expected=42)


@check(kind="SAFE", points=1, hint="And in every order?")
def test_always(box):
    """It returns 42 in every order."""
    box.explore(ask, allowed=lambda value: value == 42, expected="42")
'''
RIGHT = "def f():\n    return 42\n"
WRONG = "def f():\n    return 41\n"


def course_in(root: Path) -> Course:
    """Lays it out below `root`."""
    for path, text in {
        "course.yaml": _COURSE,
        "exercises/ex01_door/README.md": "# A door\n",
        "exercises/ex01_door/solution.py": "def f():\n    raise NotImplementedError\n",
        "exercises/ex01_door/test_ex01.py": _CHECKS,
        "solutions/ex01_door/solution.py": RIGHT,
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return read_course(root)
