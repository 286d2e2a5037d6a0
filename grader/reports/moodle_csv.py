"""What Moodle imports: a gradebook (`write`), or an assignment's grading worksheet, filled in (`worksheet`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from html import escape

from grader.errors import CourseError
from grader.reports.gradebook import Column, Line, cell, points, table

IDENTIFIER, GRADE, COMMENTS = "Identifier", "Grade", "Feedback comments"
WHEN = "Last modified (grade)"


def write(lines: Sequence[Line], columns: Sequence[Column]) -> str:
    """A gradebook: Email address,ID number, then grade and feedback of each exercise. The teacher maps the columns."""
    header = ["Email address", "ID number", "Username"]
    for column in columns:
        header += [cell(column.exercise), f"{column.exercise} feedback"]
    return table([header, *(_row(line, columns) for line in lines)])


def _row(line: Line, columns: Sequence[Column]) -> list[str]:
    row = [cell(line.ids.get("email", "")), cell(line.ids.get("idnumber", "")), cell(line.ids.get("username", ""))]
    for column in columns:
        row += [points(line.scores.get(column.exercise)), cell(line.feedback.get(column.exercise, ""))]
    return row


def worksheet(sheet: str, exercise: str, by_id: Mapping[str, Line]) -> str:
    """The worksheet that Moodle gave, with grades and comments entered; every other cell as it was.

    `by_id`: "123456", the number of `Participant 123456` -> the person. Rows of others stay as they are, and so does
    "Last modified (grade)", which decides whether Moodle takes the row. Raises CourseError for another kind of table.
    """
    rows = list(csv.reader(io.StringIO(sheet.removeprefix("\ufeff"))))
    header = rows[0] if rows else []
    _demand(header)
    for row in rows[1:]:
        if len(row) == len(header):
            _enter(row, header, exercise, by_id)
    return table(rows)


def _demand(header: list[str]) -> None:
    missing = [name for name in (IDENTIFIER, GRADE, WHEN) if name not in header]
    if missing:
        raise CourseError(
            f"this is no Moodle grading worksheet in English: it has no column {missing[0]!r}",
            remedy="set your Moodle to English, then download the worksheet again",
            slug="moodle-worksheet",
        )


def _enter(row: list[str], header: list[str], exercise: str, by_id: Mapping[str, Line]) -> None:
    line = by_id.get(row[header.index(IDENTIFIER)].rpartition(" ")[2])
    if line is None or line.scores.get(exercise) is None:
        return
    row[header.index(GRADE)] = points(line.scores[exercise])
    if COMMENTS in header and exercise in line.feedback:
        row[header.index(COMMENTS)] = cell(escape(line.feedback[exercise]))
