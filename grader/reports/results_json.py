"""results.json: everything about everybody, for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.reports.gradebook import Line
from grader.reports.json_file import as_json, document
from grader.reports.numbers import number
from grader.results import ExerciseResult

SCHEMA = "grader/bulk/v1"


def write(lines: Sequence[Line], results: Mapping[str, Sequence[ExerciseResult]]) -> str:
    """The document: each student's points, notes, and whole results. `results` is by `Line.student`."""
    return as_json(
        {
            "schema": SCHEMA,
            "students": [
                {
                    "student": line.student,
                    "name": line.name,
                    "ids": dict(sorted(line.ids.items())),
                    "scores": {
                        name: None if score is None else number(score) for name, score in sorted(line.scores.items())
                    },
                    "total": number(line.total),
                    "notes": list(line.notes),
                    "results": [document(result) for result in results.get(line.student, ())],
                }
                for line in lines
            ],
        }
    )
