"""What a bulk run leaves behind: gradebook.csv, results.json, one feedback page a student, and a summary.

Each file appears whole, by a rename, and says the same whatever the order in which the work was done.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import psutil
from msgspec import Struct

from grader.course import Course
from grader.reports import Layout, Source, gradebook_csv, results_json, write
from grader.reports.gradebook import Column, Line
from grader.results import FOR_THE_TEACHER, ExerciseResult
from grader.scoring import shown
from grader.submissions.answer import Answer, printable
from grader.submissions.collect import Handed

LONGEST_NAME = 80
"""Bytes: file systems count those, not letters, and bound them at 255 or less with all that is put around a name."""

_BEGUN = re.compile(r"\.(gradebook\.csv|results\.json|.+\.html)\.(?P<writer>[0-9]{1,9})\.new", re.DOTALL)


class Graded(Struct, frozen=True):
    """One submission and what came of it."""

    handed: Handed
    result: ExerciseResult | None
    """None when it is not known which exercise it is, or when we failed."""
    refused: str = ""
    """Why it could not be read: the student's, or the teacher's, to mend."""
    trouble: str = ""
    """Why we could not grade it: costs nobody points, and the next run tries again."""
    factor: Fraction = Fraction(1)
    """What lateness leaves of the points."""
    answer: Answer | None = None

    @property
    def points(self) -> Fraction | None:
        """After lateness; None where there is nothing to enter."""
        return None if self.result is None or self.trouble else self.result.score * self.factor


def write_all(output: Path, course: Course, graded: Sequence[Graded]) -> None:
    """Write all files into `output`. Only whole files are ever seen there, whenever we are killed."""
    by_student = students(graded)
    lines = lines_of(by_student)
    results = {mine[0].handed.student: [each.result for each in mine if each.result] for mine in by_student}
    (output / "feedback").mkdir(exist_ok=True)
    for folder in (output, output / "feedback"):
        _clear_left(folder)
    put(output / "gradebook.csv", gradebook_csv.write(lines, columns_of(course)))
    put(output / "results.json", results_json.write(lines, results))
    for mine, name in zip(by_student, file_names(by_student), strict=True):
        if own := results[mine[0].handed.student]:
            put(output / "feedback" / name, write("html", own, _layout(course, mine)))


def _layout(course: Course, mine: list[Graded]) -> Layout:
    sources = {
        each.handed.exercise: Source(each.answer.files, None, each.answer.line_map) for each in mine if each.answer
    }
    return Layout(sources=sources, student=mine[0].handed.name or mine[0].handed.student, course=course.title)


def put(path: Path, text: str) -> None:
    """Write a file by a rename."""
    # two runs into one folder may write at the same time
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    with open(fresh, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _clear_left(folder: Path) -> None:
    """Delete what killed runs had begun to write, and nobody writes any more."""
    for path in folder.glob(".*.new"):
        begun = _BEGUN.fullmatch(path.name)
        if begun and not psutil.pid_exists(int(begun["writer"])):
            path.unlink(missing_ok=True)


def students(graded: Iterable[Graded]) -> list[list[Graded]]:
    """Everyone's submissions, by student and exercise, in their order."""

    def who(each: Graded) -> str:
        return each.handed.student

    ordered = sorted(graded, key=lambda each: (who(each), each.handed.exercise))
    return [list(mine) for _, mine in groupby(ordered, who)]


def columns_of(course: Course) -> list[Column]:
    return [Column(spec.id, spec.title, Fraction(spec.points)) for spec in course.exercises]


def lines_of(by_student: list[list[Graded]]) -> list[Line]:
    """Each student's points and what a teacher should know of them, as the gradebooks want them."""
    return [
        Line(
            student=mine[0].handed.student,
            name=mine[0].handed.name,
            scores={each.handed.exercise: each.points for each in mine if each.handed.exercise},
            notes=tuple(_remarks(mine)),
        )
        for mine in by_student
    ]


def _remarks(mine: list[Graded]) -> Iterable[str]:
    for each in mine:
        name = each.handed.exercise or each.handed.path.name
        if each.trouble:
            yield f"{name}: not graded, the grader's fault"
        elif each.refused:
            yield f"{name}: {_first_line(each.refused)}"
        elif problem := _problem(each):
            yield f"{name}: {problem}"
        if flag := _flag(each):
            yield f"{name}: {flag}"
        if each.factor != 1:
            yield f"{name}: late, {shown((1 - each.factor) * 100)} % off"
        elif each.handed.late:
            yield f"{name}: marked late by {each.handed.system}"


def _flag(graded: Graded) -> str:
    """Why a teacher should look at the answer; empty where nothing asks for that."""
    checks = graded.result.checks if graded.result else ()
    notes = (f"{note} ({check.id})" for check in checks for note in check.notes)
    return next((note for note in notes if note.startswith(FOR_THE_TEACHER)), "")


def file_names(by_student: list[list[Graded]]) -> list[str]:
    """A file name for each student's page: their name as it is where that is harmless, else made so and unique."""
    taken: set[str] = set()
    names = []
    for mine in by_student:
        student = mine[0].handed.student
        name = _cut(re.sub(r"[^\w.@+-]", "_", student)).lstrip(".-") or "student"
        if name != student or name.lower() in taken:
            # the hash is the student's, so that it does not depend on who else is there
            name += "-" + hashlib.sha256(student.encode(errors="surrogatepass")).hexdigest()[:8]
        taken.add(name.lower())
        names.append(f"{name}.html")
    return names


def _cut(name: str) -> str:
    """As many whole letters of it as fit."""
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")


def summary(output: Path, graded: Sequence[Graded]) -> str:
    """What a teacher reads at the end: how many, where the files are, and all that went wrong, by name."""
    full = sum(each.points is not None and each.result is not None and each.result.verdict == "pass" for each in graded)
    people = len({each.handed.student for each in graded})
    lines = [
        f"{len(graded)} submissions of {people} students: {full} with all checks passed",
        f"  {output / 'gradebook.csv'}, results.json, feedback/",
    ]
    lines += _listed("no check could run", graded, lambda each: _problem(each))
    lines += _listed("could not be read", graded, lambda each: each.refused)
    lines += _listed("could not be graded by our fault (costs no points; try the same command again)", graded, _trouble)
    return "\n".join(lines)


def _problem(each: Graded) -> str:
    return each.result.problem.title if each.result and each.result.problem and not each.refused else ""


def _trouble(each: Graded) -> str:
    return each.trouble


def _listed(title: str, graded: Sequence[Graded], why: Callable[[Graded], str]) -> list[str]:
    found = [(each.handed, why(each)) for each in graded if why(each)]
    if not found:
        return []
    rows = [printable(f"  {handed.student:<20} {handed.exercise:<6} {_first_line(reason)}") for handed, reason in found]
    return ["", f"{len(found)} {title}:", *rows]


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0] if lines else ""
