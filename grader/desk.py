"""What one person does at a terminal: grade the work at hand, see where one is, read a hint, replay a failure."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from fractions import Fraction
from pathlib import Path
from textwrap import indent

from grader import course as courses
from grader import memory
from grader.box.sandbox.canary import tier_for_marks
from grader.errors import (
    EXIT_FAILED,
    EXIT_INTERNAL,
    EXIT_PASSED,
    CourseError,
    GraderError,
    InternalError,
    SubmissionError,
)
from grader.exercises import ExerciseOnDisk, find_exercise, find_exercises, find_root
from grader.grading import Options, grade
from grader.reports import Layout, Source, write
from grader.reports.paragraphs import fold
from grader.results import ExerciseResult
from grader.scoring import shown
from grader.submissions import read, read_own
from grader.submissions.answer import Answer

RECORDED = ("github", "classroom50", "gradescope")
"""Formats that others keep as marks."""


def course() -> courses.Course:
    """The course that the current folder belongs to, for who works in it: an answer's file may be gone."""
    return _course(stubs=False)


def whole_course() -> courses.Course:
    """The same for who makes or marks it: a stub that is not there is told at once."""
    return _course(stubs=True)


def _course(*, stubs: bool) -> courses.Course:
    if sys.flags.optimize:
        raise CourseError(
            "Python was started with -O or PYTHONOPTIMIZE: checks are made of the assertions and docstrings that these "
            "leave out",
            remedy="type `unset PYTHONOPTIMIZE`, and start Python without -O",
            slug="check-optimized",
        )
    return courses.read_course(find_root(Path.cwd()), stubs=stubs)


def options(asked: argparse.Namespace) -> Options:
    """What was asked for. Raises CourseError where the report is to be recorded and the box is too weak for that."""
    tier, recorded = asked.tier, getattr(asked, "format", "") in RECORDED
    if recorded:
        tier = tier_for_marks(tier, trusted=asked.trusted)
    return Options(seed=asked.seed, hidden=not asked.public, tier=tier, confirm=recorded)


def grade_one(asked: argparse.Namespace) -> int:
    """`grade ex04 [ANSWER]`."""
    here = course()
    exercise = find_exercise(here, asked.exercise)
    answer, result = _graded(exercise, asked.answer, asked)
    if asked.answer is None:
        memory.remember_result(here.root, result)
    _report([result], here, asked, {exercise.spec.id: _source(answer, asked.answer or exercise.stub)})
    return _exit_code([result])


def grade_all(asked: argparse.Namespace) -> int:
    """`grade all`. An answer that cannot be read, or that we fail on, is told after the report of the others."""
    here = course()
    results, sources, faults = [], {}, list[GraderError]()
    for exercise in find_exercises(here):
        try:
            answer, result = _graded(exercise, None, asked)
        except (SubmissionError, InternalError) as error:
            faults.append(error)
            continue
        results.append(result)
        sources[exercise.spec.id] = _source(answer, exercise.stub)
        memory.remember_result(here.root, result)
    if results:
        _report(results, here, asked, sources)
    faults.sort(key=lambda error: error.exit_code)
    for fault in faults[:-1]:
        print(f"grade: {fault}", file=sys.stderr)
    if faults:
        raise faults[-1]
    return _exit_code(results)


def where_am_i(_: argparse.Namespace) -> int:
    """`grade`: the exercises, what is done, and what comes next. Grades nothing."""
    here = course()
    known = memory.results(here.root)
    lines, todo, earned, total = [here.title, ""], "", Fraction(0), Fraction(0)
    widest = max((len(spec.title) for spec in here.exercises), default=0)
    for exercise in find_exercises(here):
        spec, last = exercise.spec, known.get(exercise.spec.id)
        state, points = _state(exercise, last)
        most = last.max_score if last else Fraction(spec.points)
        earned, total = earned + points, total + most
        stars = "*" * spec.difficulty
        lines.append(f"  {spec.id}  {spec.title:<{widest}}  {stars:<5} {_points(points, most):>9}  {state}")
        todo = todo or (spec.id if state != "done" else "")
    lines += ["", f"  {_points(earned, total)} points"]
    lines.append(f"  next: grade show {todo}, then write, then grade {todo}" if todo else "  all done")
    print("\n".join(lines))
    return EXIT_PASSED


def hint(asked: argparse.Namespace) -> int:
    """`grade hint ex04`: one stage more each time it is asked."""
    here = course()
    exercise = find_exercise(here, asked.exercise)
    stages = _stages(exercise)
    seen = min(memory.hints_seen(here.root, exercise.spec.id) + 1, len(stages))
    columns = Layout(width=shutil.get_terminal_size().columns).columns
    for number, text in enumerate(stages[:seen], 1):
        head = f"({number}) "
        body = indent("\n".join(fold(text, columns - len(head))), " " * len(head))
        print(f"{head}{body[len(head) :]}\n")
    print(f"{len(stages) - seen} more: type the same again" if seen < len(stages) else "that was the last one")
    memory.remember_hint(here.root, exercise.spec.id, seen)
    return EXIT_PASSED


def show(asked: argparse.Namespace) -> int:
    """`grade show ex04`: the task, and where to write."""
    exercise = find_exercise(course(), asked.exercise)
    text = exercise.readme.read_text(encoding="utf-8")
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        print(text)
    print(f"Write into {_relative(exercise.stub)}, then type: grade {exercise.spec.id}")
    return EXIT_PASSED


def _stages(exercise: ExerciseOnDisk) -> list[str]:
    """The staged hints: the texts of the sections `## 1`, `## 2`, ... of hints.md."""
    path = exercise.folder / "hints.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    stages = [part.split("\n", 1)[1] for part in f"\n{text}".split("\n## ")[1:] if "\n" in part]
    if not stages:
        raise CourseError(
            f"{exercise.spec.id} has no hints",
            remedy=f"write {path.name} with the sections ## 1, ## 2, ## 3",
            where=_relative(path),
            slug="hints",
        )
    return stages


def _state(exercise: ExerciseOnDisk, known: memory.Remembered | None) -> tuple[str, Fraction]:
    try:
        answer = _answer(exercise, None)
    except SubmissionError as error:
        return error.message, Fraction(0)
    if known is None:
        return "not graded yet", Fraction(0)
    if known.sha256 != answer.sha256:
        return "changed since it was graded", Fraction(0)
    return ("done" if known.verdict == "pass" else known.title), known.score


def _points(score: Fraction, of: Fraction) -> str:
    return f"{shown(score)}/{shown(of)}"


def _graded(exercise: ExerciseOnDisk, path: Path | None, asked: argparse.Namespace) -> tuple[Answer, ExerciseResult]:
    """As `read`, then `grading.grade`; where there is no result, GitHub is told before the error goes on its way."""
    try:
        answer = _answer(exercise, path)
        return answer, grade(exercise, answer, options(asked))
    except Exception as error:
        if asked.format == "github":
            _tell_github(exercise, error)
        raise


def _tell_github(exercise: ExerciseOnDisk, error: Exception) -> None:
    from grader.reports import github

    name, most = exercise.spec.id, Fraction(exercise.spec.points)
    if isinstance(error, SubmissionError):
        told = f"{error.message}: {error.remedy}" if error.remedy else error.message
        sys.stdout.write(github.write_unreadable(name, most, told, Layout()))
    elif not isinstance(error, CourseError):
        sys.stdout.write(github.write_crash(name, most, str(error).split("\n", 1)[0], Layout()))


def _answer(exercise: ExerciseOnDisk, path: Path | None) -> Answer:
    return read(path, exercise.spec.module) if path else read_own(exercise)


def _source(answer: Answer, path: Path) -> Source:
    return Source(files=answer.files, path=path, cells=answer.line_map)


def _report(
    results: list[ExerciseResult], here: courses.Course, asked: argparse.Namespace, sources: dict[str, Source]
) -> None:
    layout = Layout(_color(asked), shutil.get_terminal_size().columns, here.root, sources)
    text = write(asked.format, results, layout)
    if asked.output is None:
        sys.stdout.write(text)
        return
    try:
        asked.output.write_text(text, encoding="utf-8")
    except OSError as error:
        message = f"cannot write to {str(asked.output)!r}: {error.strerror}"
        raise CourseError(message, remedy="name a file of yours after --output", slug="report-output") from None


def _color(asked: argparse.Namespace) -> bool:
    return not asked.no_color and not os.environ.get("NO_COLOR") and sys.stdout.isatty() and asked.output is None


def _exit_code(results: list[ExerciseResult]) -> int:
    verdicts = {result.verdict for result in results}
    if "error" in verdicts:
        return EXIT_INTERNAL
    return EXIT_FAILED if "fail" in verdicts else EXIT_PASSED


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
