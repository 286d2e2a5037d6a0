"""A course of two exercises, and a pool that does the work at once, in the order that a test asks for."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from grader.bulk.engine import Wanted
from grader.course import Course, read_course
from grader.errors import GraderError
from grader.exercises import ExerciseOnDisk, find_exercises, fingerprint
from grader.grading import Options, grade
from grader.results import CheckResult, ExerciseResult, Submitted, Verdict
from grader.submissions.answer import Answer
from grader.workers import Task

COURSE = """\
schema: grader/course/v1
title: Threads
points: 3
late: {percent_per_day: 10}
exercises:
  - {id: ex01, folder: ex01_door, title: A door, module: door.py, points: 1, due: 2026-11-20}
  - {id: ex02, folder: ex02_window, title: A window, module: window.py, points: 2}
"""


def course_in(root: Path) -> Course:
    root.mkdir(exist_ok=True)
    (root / "course.yaml").write_text(COURSE)
    for folder, module, number in (("ex01_door", "door.py", "01"), ("ex02_window", "window.py", "02")):
        (root / "exercises" / folder).mkdir(parents=True)
        for name in (module, "README.md", f"test_ex{number}.py"):
            (root / "exercises" / folder / name).write_text("")
    return read_course(root)


def wanted_of(course: Course) -> Wanted:
    exercises = {each.spec.id: each for each in find_exercises(course)}
    prints = {name: fingerprint(each, hidden=True) for name, each in exercises.items()}
    return Wanted(course, exercises, prints, Options(tier="full"))


def result_of(exercise: ExerciseOnDisk, answer: Answer, options: Options) -> ExerciseResult:
    """Full points for "right", none for anything else; "trouble" is the grader's own failure."""
    text = "".join(answer.files.values())
    points = Fraction(exercise.spec.points)
    verdict: Verdict = "error" if "trouble" in text else "pass" if "right" in text else "fail"
    score = points if verdict == "pass" else Fraction(0)
    check = CheckResult("opens", "It opens.", "SAFE", verdict, score, points, 0.0)
    return ExerciseResult(
        exercise=exercise.spec.id,
        title=exercise.spec.title,
        verdict=verdict,
        score=score,
        max_score=points,
        seed=options.seed,
        tier="full",
        python="3.11.0",
        grader="0",
        submission=Submitted(answer.origin, answer.sha256, (*answer.notes, "a note of the box")),
        checks=(check,),
    )


class MadeUpPool:
    """Reads for real; grades with `result_of`. `take` chooses which of the waiting tasks is finished next."""

    def __init__(self, take: int = 0, dies_after: int | None = None) -> None:
        self.graded: list[str] = []
        self._waiting: list[Task] = []
        self._take = take
        self._dies_after = dies_after
        self.instead: dict[str, Callable[[], Any]] = {}
        """Text of an answer -> what its grading gives instead."""

    def submit(self, task: Task) -> None:
        self._waiting.append(task)

    def next(self) -> tuple[int, Any] | None:
        if not self._waiting:
            return None
        task = self._waiting.pop(self._take)
        if task.function is not grade:
            return task.number, self._read(task)
        if len(self.graded) == self._dies_after:
            raise KeyboardInterrupt
        exercise, answer, options = task.arguments
        text = "".join(answer.files.values())
        self.graded.append(text)
        instead = self.instead.get(text)
        return task.number, instead() if instead else result_of(exercise, answer, options)

    @staticmethod
    def _read(task: Task) -> Any:
        try:
            return task.function(*task.arguments)
        except GraderError as error:
            return error


class NoProgress:
    def __init__(self) -> None:
        self.fresh: list[bool] = []

    def advance(self, *, fresh: bool) -> None:
        self.fresh.append(fresh)
