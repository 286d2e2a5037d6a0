"""`--format classroom50`: the result.json that Classroom 50's runner collects.

Its points are whole numbers. Where ours are fractions, all points of the document are multiplied by their common
denominator: 7 1/2 of 8 become 15 of 16, exactly in proportion. Each test says its own points in `points`.
The names of the run come from the environment that the runner sets.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from grader.errors import CourseError
from grader.reports import Layout, phrases
from grader.reports.json_file import as_json
from grader.reports.numbers import whole
from grader.reports.safe_text import harmless, one_line
from grader.results import CheckResult, ExerciseResult

SCHEMA = "classroom50/result/v1"
NAMES = {
    "classroom": "CLASSROOM",
    "assignment": "ASSIGNMENT",
    "assignment_type": "ASSIGNMENT_TYPE",
    "owner": "OWNER",
    "submission": "SUBMISSION_TAG",
    "commit": "COMMIT_URL",
    "release": "RELEASE_URL",
    "review": "REVIEW_URL",
}
"""A key of the document -> the variable that the runner sets for it."""


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """The document of all results together. Raises CourseError when the runner's variables are missing."""
    factor = whole(each for result in results for each in _parts(result))
    tests = [test for result in results for test in _tests(harmless(result), factor, several=len(results) > 1)]
    document = {
        "schema": SCHEMA,
        **{key: _variable(layout.environment, name) for key, name in NAMES.items()},
        "datetime": _now(layout.environment),
        "score": sum(test["score"] for test in tests),
        "max-score": sum(test["max-score"] for test in tests),
        "tests": tests,
    }
    return as_json(document)


def _parts(result: ExerciseResult) -> tuple[Fraction, ...]:
    parts = (result.max_score, *(points for check in result.checks for points in (check.score, check.max_score)))
    return tuple(parts)


def _tests(result: ExerciseResult, factor: int, *, several: bool) -> list[dict[str, Any]]:
    prefix = f"{result.exercise}: " if several else ""
    if not result.checks:
        about = result.problem.title if result.problem else "no check was run"
        return [_test(f"{prefix}can be run: {about}", False, Fraction(0), result.max_score, factor)]
    return [
        _test(prefix + check.title, check.verdict == "pass", check.score, check.max_score, factor) | _more(check)
        for check in result.checks
    ]


def _test(name: str, passed: bool, score: Fraction, most: Fraction, factor: int) -> dict[str, Any]:
    return {
        "test-name": one_line(name),
        "passed": passed,
        "score": int(score * factor),
        "max-score": int(most * factor),
    }


def _more(check: CheckResult) -> dict[str, Any]:
    """Keys beyond the schema's, which it allows in a test."""
    said = [f"{finding.title}: {finding.saw}" for finding in check.findings]
    return {"points": phrases.points(check), "message": "\n".join([*said, *check.notes])}


def _variable(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise CourseError(
            f"the environment has no {name}, which Classroom 50's runner sets",
            remedy="run this from autograder.py in Classroom 50, or use --format json elsewhere",
            slug="classroom50-environment",
        )
    return value


def _now(environment: Mapping[str, str]) -> str:
    """The runner overwrites it; SOURCE_DATE_EPOCH makes it reproducible."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    at = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdecimal() else datetime.now(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
