"""gradebook.csv: one row a student, one column an exercise, the total, and what a teacher should know."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from grader.reports.gradebook import Column, Line, cell, points, table


def write(lines: Sequence[Line], columns: Sequence[Column]) -> str:
    """The table of all `lines`, in their order."""
    most = sum((column.max_score for column in columns), Fraction(0))
    header = ["student", "name", *(cell(column.exercise) for column in columns), "total", "of", "notes"]
    return table([header, *(_row(line, columns, most) for line in lines)])


def _row(line: Line, columns: Sequence[Column], most: Fraction) -> list[str]:
    scores = (points(line.scores.get(column.exercise)) for column in columns)
    return [cell(line.student), cell(line.name), *scores, points(line.total), points(most), cell("; ".join(line.notes))]
