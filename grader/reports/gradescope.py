"""`--format gradescope`: results/results.json for Gradescope's autograder.

All tests are visible: a single hidden one would hide the total from the student. `score` is left to the sum of the
tests unless rounding would make that sum differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from grader.reports import Layout, Source, phrases
from grader.reports.diagram import as_text
from grader.reports.json_file import as_json
from grader.reports.numbers import number
from grader.reports.safe_text import harmless, one_line
from grader.results import CheckResult, ExerciseResult, Finding

COLUMNS = 100


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:
    """One document for all results, each check a test numbered exercise.check."""
    clean = [harmless(result) for result in results]
    tests = [
        test for place, result in enumerate(clean, 1) for test in _tests(result, place, layout.source(result.exercise))
    ]
    return as_json(
        {
            "score": number(sum((result.score for result in clean), Fraction(0))),
            "execution_time": round(sum(check.duration for result in clean for check in result.checks), 3),
            "output": "\n".join(line for result in clean for line in _output(result)),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "visibility": "visible",
            "stdout_visibility": "hidden",
            "tests": tests,
            "extra_data": {"results": [_facts(result) for result in clean]},
        }
    )


def _output(result: ExerciseResult) -> list[str]:
    texts = (phrases.TIER_BANNER[result.tier], *result.submission.notes)
    return [f"{result.exercise} {result.title}: {phrases.summary(result)}", *(text for text in texts if text)]


def _facts(result: ExerciseResult) -> dict[str, Any]:
    return {
        "exercise": result.exercise,
        "verdict": result.verdict,
        "seed": result.seed,
        "tier": result.tier,
        "grader": result.grader,
        "sha256": result.submission.sha256,
    }


def _tests(result: ExerciseResult, place: int, source: Source) -> list[dict[str, Any]]:
    if not result.checks:
        lines = _finding(result.problem, result, source) if result.problem else ["no check was run"]
        return [_test(f"{place}.1", "the answer can be run", False, Fraction(0), result.max_score, lines)]
    return [
        _test(
            f"{place}.{at}",
            check.title,
            check.verdict == "pass",
            check.score,
            check.max_score,
            _about(check, result, source),
        )
        | {"tags": [check.kind]}
        for at, check in enumerate(result.checks, 1)
    ]


def _test(at: str, name: str, passed: bool, score: Fraction, most: Fraction, lines: list[str]) -> dict[str, Any]:
    return {
        "number": at,
        "name": one_line(name),
        "score": number(score),
        "max_score": number(most),
        "status": "passed" if passed else "failed",
        "output": "\n".join(lines),
        "visibility": "visible",
    }


def _about(check: CheckResult, result: ExerciseResult, source: Source) -> list[str]:
    lines = [text for text in (phrases.coverage(check.exploration), *check.notes) if text]
    for finding in check.findings:
        lines += _finding(finding, result, source, replay=not check.hidden)
    return lines


def _finding(finding: Finding, result: ExerciseResult, source: Source, *, replay: bool = True) -> list[str]:
    told = phrases.lines(finding, result.exercise, source, replay=replay)
    lines = [finding.title, *(f"  {label:<10}" + text.replace("\n", f"\n{'':12}") for label, text in told)]
    if where := phrases.place(finding, source):
        lines.append(f"  {'at':<10}{where}")
    drawn = phrases.drawing(finding, source)
    return lines + (["", *(f"  {line}" for line in as_text(drawn, COLUMNS))] if drawn else [])
