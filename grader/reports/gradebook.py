"""Everybody's points, as the tables for learning systems need them, and what all these tables have in common.

A cell of text never begins with what a spreadsheet takes for a formula; a number has a point, at most two decimals and
nothing between thousands, because Canvas reads 1,234 as 1.234.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from grader.reports.safe_text import one_line
from grader.scoring import shown

FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(Struct, frozen=True):
    """One exercise."""

    exercise: str
    title: str
    max_score: Fraction
    canvas_id: str = ""
    """The number of the assignment in Canvas, which decides before its title does."""


class Line(Struct, frozen=True):
    """One person."""

    student: str
    """What identifies the person where the submissions came from."""
    name: str
    scores: Mapping[str, Fraction | None]
    """By exercise, after lateness; None or absent: nothing to enter, which is not the same as 0."""
    notes: tuple[str, ...] = ()
    ids: Mapping[str, str] = {}
    """What else identifies the person: id, sis_id, login, section, email, idnumber, username."""
    feedback: Mapping[str, str] = {}
    """By exercise: a sentence for the person."""

    @property
    def total(self) -> Fraction:
        return sum((score for score in self.scores.values() if score is not None), Fraction(0))


def cell(text: str) -> str:
    """A cell of text that no spreadsheet runs as a formula, on one line."""
    inert = one_line(text, 1000)
    return f"'{inert}" if text.startswith(FORMULA) or inert.startswith(FORMULA) else inert


def points(score: Fraction | None) -> str:
    """2.5; empty when there is nothing to enter."""
    return "" if score is None else shown(score)


def table(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV: comma, UTF-8 without a mark, \\n."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
