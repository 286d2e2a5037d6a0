"""The payload that `classroom-resources/autograding-grading-reporter` reads from `<ID>_RESULTS`.

The reporter makes two totals: a table, (tests with status pass) / (tests) * max_score, and a notice, the plain sum of
the tests' scores in floating point. Both come out right when all tests weigh the same: so a check of 2 points beside
checks of 1/2 becomes four tests. It prints names and messages raw, so nothing in here can begin a line.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from fractions import Fraction
from math import gcd, lcm
from typing import Any, Literal

from msgspec import Struct

from grader.reports.numbers import quarters
from grader.reports.safe_text import one_line
from grader.results import CheckResult, ExerciseResult, Verdict

MOST_TESTS = 60
"""More parts than this are a list that nobody reads: then each check is one test, and the table is only near."""
MOST_BYTES = 90_000
"""Of the JSON; from 97.8 KB on its base64 is too long for an environment variable and no step can start."""
NAME, MESSAGE = 120, 300

STATUS: dict[Verdict, str] = {"pass": "pass", "fail": "fail", "error": "error", "skip": "error"}


class Part(Struct, frozen=True):
    """One test of the payload: a whole check, or one of its parts of equal weight."""

    name: str
    status: str
    score: Fraction
    message: str | None
    duration: float


def value(result: ExerciseResult) -> str:
    """The base64 of the payload, on one line: what is appended to `$GITHUB_OUTPUT` after `result=`."""
    return _encoded(payload(result))


def ungraded(most: Fraction, status: Literal["fail", "error"], reason: str) -> str:
    """The base64 for an exercise of `most` points that was not graded: one test called `reason`, worth 0."""
    return _encoded(_payload(status, most, (Part(reason, status, Fraction(0), reason, 0.0),)))


def payload(result: ExerciseResult) -> dict[str, Any]:
    """The payload as plain values: at least one test, statuses only pass, fail, error, at most MOST_BYTES as JSON."""
    status = {"skip": "pass"}.get(result.verdict, result.verdict)
    parts = tuple(_parts(result)) or (_nothing_ran(result),)
    whole = _payload(status, result.max_score, parts)
    if _size(whole) > MOST_BYTES:
        whole = _payload(status, result.max_score, (_all_in_one(result),))
    return whole


def _payload(status: str, most: Fraction, parts: tuple[Part, ...]) -> dict[str, Any]:
    scores = quarters(part.score for part in parts)
    return {
        "version": 1,
        "status": status,
        "max_score": quarters([most])[0],
        "message": None,
        "tests": [_test(part, score) for part, score in zip(parts, scores, strict=True)],
    }


def _test(part: Part, score: int | float) -> dict[str, Any]:
    return {
        "name": _inert(part.name, NAME),
        "status": part.status,
        "score": score,
        "message": _inert(part.message, MESSAGE) if part.message else None,
        "test_code": "",
        "filename": "",
        "line_no": 0,
        "duration": round(part.duration, 3),
    }


def _parts(result: ExerciseResult) -> Iterator[Part]:
    unit = _unit(result.checks)
    for check in result.checks:
        count = int(check.max_score / unit) if unit and check.max_score else 1
        yield from _split(check, count)


def _unit(checks: tuple[CheckResult, ...]) -> Fraction:
    """The greatest weight of which every check's is a multiple; 0 when checks are not to be split."""
    weights = [check.max_score for check in checks if check.max_score > 0]
    if not weights:
        return Fraction(0)
    unit = Fraction(gcd(*(each.numerator for each in weights)), lcm(*(each.denominator for each in weights)))
    return unit if sum(weights) / unit <= MOST_TESTS else Fraction(0)


def _split(check: CheckResult, count: int) -> Iterator[Part]:
    """`count` tests of equal weight; of a check with partial credit as many pass as were earned in full."""
    weight = check.max_score / count
    left = check.score
    for number in range(1, count + 1):
        earned = min(weight, left)
        left -= earned
        name = check.title if count == 1 else f"{check.title} (part {number} of {count})"
        passed = check.verdict == "pass" or (check.verdict == "fail" and earned == weight and weight > 0)
        status = "pass" if passed else STATUS[check.verdict]
        yield Part(name, status, earned, None if passed else _message(check), check.duration / count)


def _message(check: CheckResult) -> str:
    if check.findings:
        return "; ".join(f"{finding.title}: {finding.saw}" for finding in check.findings)
    return "; ".join(check.notes) or "could not be measured here"


def _nothing_ran(result: ExerciseResult) -> Part:
    message = f"{result.problem.title}: {result.problem.saw}" if result.problem else "no check was run"
    return Part("the answer can be run", "error" if result.verdict == "error" else "fail", Fraction(0), message, 0.0)


def _all_in_one(result: ExerciseResult) -> Part:
    status = "pass" if result.verdict == "pass" else STATUS[result.verdict]
    return Part(f"{len(result.checks)} checks", status, result.score, None, 0.0)


def _inert(text: str, longest: int) -> str:
    """`text` on one line, without what the runner takes for a command anywhere in a line."""
    return one_line(text, longest).replace("##[", "# #[").replace("::", ": :")


def _size(whole: dict[str, Any]) -> int:
    return len(json.dumps(whole).encode())


def _encoded(whole: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(whole).encode()).decode()
