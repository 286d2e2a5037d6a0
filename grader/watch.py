"""`grade watch ex04`: grade again on every save, until Ctrl-C."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import get_terminal_size

from grader import memory
from grader.course import Course
from grader.errors import EXIT_PASSED, SubmissionError
from grader.exercises import ExerciseOnDisk, find_exercise
from grader.grading import Options, grade
from grader.reports import Layout, Source, write
from grader.submissions import read_own

PAUSE = 0.2
"""Seconds between two looks: a save is noticed before the hand is back on the keyboard."""


def watch(course: Course, name: str, options: Options) -> int:
    """Grade the working tree's answer now and on every save. Returns 0 at Ctrl-C. Raises CourseError."""
    exercise = find_exercise(course, name)
    if not exercise.stub.exists():
        read_own(exercise)  # raises: nothing would ever be printed
    try:
        for _ in versions(exercise.stub):
            print(_report(course, exercise, options), flush=True)
            print(f"watching {exercise.stub.name}: save it to grade again, Ctrl-C to stop", flush=True)
    except KeyboardInterrupt:
        print()
    return EXIT_PASSED


def versions(path: Path, pause: Callable[[], None] = lambda: time.sleep(PAUSE)) -> Iterator[object]:
    """Yields at once, and then each time that the file has changed and is there; never ends."""
    seen: object = object()
    while True:
        now = _stamp(path)
        if now is not None and now != seen:
            seen = now
            yield now
        else:
            pause()


def _stamp(path: Path) -> object | None:
    # editors save by a rename, so for a moment there may be no file, and the new one may have the old one's size
    try:
        facts = path.stat()
    except FileNotFoundError:
        return None
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def _report(course: Course, exercise: ExerciseOnDisk, options: Options) -> str:
    try:
        answer = read_own(exercise)
    except SubmissionError as error:
        return str(error)
    result = grade(exercise, answer, options)
    memory.remember_result(course.root, result)
    source = Source(files=answer.files, path=exercise.stub, cells=answer.line_map)
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return write("text", [result], Layout(color, get_terminal_size().columns, course.root, {exercise.spec.id: source}))
