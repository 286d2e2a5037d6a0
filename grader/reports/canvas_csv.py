"""A gradebook that Canvas imports: Student,ID,SIS User ID,SIS Login ID,Section, then a column an assignment.

Canvas finds the assignment by the number in `Title (991)`, else by its exact title, else it makes a new one; and it
drops columns whose title looks like one of its own totals, so such a title is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.errors import CourseError
from grader.reports.gradebook import Column, Line, cell, points, table

STUDENT = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_OWN = re.compile(r"(current|final|unposted).*(score|points|grade)|override (score|grade|status)", re.IGNORECASE)


def write(lines: Sequence[Line], columns: Sequence[Column]) -> str:
    """The table, with the row of points that new assignments take. Raises CourseError for a title Canvas would drop."""
    header = [*STUDENT, *(_header(column) for column in columns)]
    possible = ["    Points Possible", "", "", "", "", *(points(column.max_score) for column in columns)]
    return table([header, possible, *(_row(line, columns) for line in lines)])


def _header(column: Column) -> str:
    title = f"{column.exercise} {column.title}".strip()
    if _OWN.search(title):
        raise CourseError(
            f"Canvas drops the column {title!r}: it takes it for a total of its own",
            remedy="give the exercise a title without 'final score', 'current grade', 'override ...'",
            slug="canvas-title",
        )
    return cell(f"{title} ({column.canvas_id})" if column.canvas_id else title)


def _row(line: Line, columns: Sequence[Column]) -> list[str]:
    who = [line.name or line.student, *(line.ids.get(key, "") for key in ("id", "sis_id", "login", "section"))]
    return [*map(cell, who), *(points(line.scores.get(column.exercise)) for column in columns)]
