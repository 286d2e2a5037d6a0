"""What a bulk run leaves behind: gradebook.csv, results.json, one feedback page a student, and a summary.

Each file appears whole, by a rename, and says the same whatever the order in which the work was done.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from msgspec import Struct

from grader.course import Course
from grader.grading import Options
from grader.reports import Layout, Source, write
from grader.reports.json_file import document
from grader.results import ExerciseResult
from grader.scoring import rounded, shown
from grader.submissions.answer import Answer
from grader.submissions.collect import Handed
from grader.version import VERSION

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
LONGEST_NAME = 80


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


def write_all(output: Path, course: Course, graded: Sequence[Graded], options: Options) -> None:
    """Write all files into `output`. Only whole files are ever seen there, whenever we are killed."""
    by_student = students(graded)
    put(output / "gradebook.csv", gradebook(course, by_student))
    put(output / "results.json", results_json(course, by_student, options))
    (output / "feedback").mkdir(exist_ok=True)
    for mine, name in zip(by_student, file_names(by_student), strict=True):
        results = [each.result for each in mine if each.result]
        if results:
            put(output / "feedback" / name, write("html", results, _layout(course, mine)))


def _layout(course: Course, mine: list[Graded]) -> Layout:
    sources = {
        each.handed.exercise: Source(each.answer.files, None, each.answer.line_map) for each in mine if each.answer
    }
    return Layout(sources=sources, student=mine[0].handed.name or mine[0].handed.student, course=course.title)


def put(path: Path, text: str) -> None:
    """Write a file by a rename. What a kill leaves is overwritten by the next run."""
    fresh = path.with_name(f".{path.name}.new")
    with open(fresh, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def students(graded: Iterable[Graded]) -> list[list[Graded]]:
    """Everyone's submissions, by student and exercise, in their order."""

    def who(each: Graded) -> str:
        return each.handed.student

    ordered = sorted(graded, key=lambda each: (who(each), each.handed.exercise))
    return [list(mine) for _, mine in groupby(ordered, who)]


def gradebook(course: Course, by_student: list[list[Graded]]) -> str:
    """One row a student, one column an exercise; an empty cell: nothing handed in, or nothing known."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    ids = [spec.id for spec in course.exercises]
    rows.writerow(["student", "name", *ids, "total", "of", "remarks"])
    for mine in by_student:
        points = {each.handed.exercise: each.points for each in mine}
        cells = [_number(points.get(name)) for name in ids]
        total = sum((each for each in points.values() if each is not None), Fraction(0))
        who = mine[0].handed
        words = [_text(who.student), _text(who.name)]
        rows.writerow([*words, *cells, _number(total), course.points, _text("; ".join(_remarks(mine)))])
    return text.getvalue()


def _number(points: Fraction | None) -> str:
    return "" if points is None else shown(points)


def _text(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _remarks(mine: list[Graded]) -> Iterable[str]:
    for each in mine:
        name = each.handed.exercise or each.handed.path.name
        if each.trouble:
            yield f"{name}: not graded, the grader's fault"
        elif each.refused:
            yield f"{name}: {_first_line(each.refused)}"
        if each.factor != 1:
            yield f"{name}: late, {shown((1 - each.factor) * 100)} % off"
        elif each.handed.late:
            yield f"{name}: marked late by {each.handed.system}"


def results_json(course: Course, by_student: list[list[Graded]], options: Options) -> str:
    """Everything, for programs."""
    whole = {
        "schema": "grader/bulk/v1",
        "course": course.title,
        "grader": VERSION,
        "seed": options.seed,
        "tier": options.tier,
        "students": [
            {
                "student": mine[0].handed.student,
                "name": mine[0].handed.name,
                "submissions": [_submission(each) for each in mine],
            }
            for mine in by_student
        ],
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _submission(each: Graded) -> dict[str, Any]:
    handed = each.handed
    return {
        "exercise": handed.exercise or None,
        "path": "/".join((handed.path.name, *handed.inside))
        if handed.inside != (handed.path.name,)
        else handed.path.name,
        "system": handed.system,
        "late": handed.late,
        "at": handed.at.isoformat() if handed.at else None,
        "points": None if each.points is None else float(rounded(each.points)),
        "kept_when_late": float(rounded(each.factor)),
        "refused": each.refused or None,
        "trouble": each.trouble or None,
        "result": document(each.result) if each.result else None,
    }


def file_names(by_student: list[list[Graded]]) -> list[str]:
    """A file name for each student's page: their name as it is where that is harmless, else made so and unique."""
    taken: set[str] = set()
    names = []
    for mine in by_student:
        student = mine[0].handed.student
        name = re.sub(r"[^\w.@+-]", "_", student)[:LONGEST_NAME].lstrip(".-") or "student"
        if name != student or name.lower() in taken:
            # the hash is the student's, so that it does not depend on who else is there
            name += "-" + hashlib.sha256(student.encode(errors="surrogatepass")).hexdigest()[:8]
        taken.add(name.lower())
        names.append(f"{name}.html")
    return names


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
    rows = [f"  {handed.student:<20} {handed.exercise:<6} {_first_line(reason)}" for handed, reason in found]
    return ["", f"{len(found)} {title}:", *rows]


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[0] if lines else ""
