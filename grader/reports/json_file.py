"""`--format json`: the document grader/result/v1, and grader/results/v1 for several exercises.

Keys come in a fixed order and ASCII only, so that the same result is the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from grader.reports import Layout
from grader.reports.numbers import number
from grader.results import CheckResult, ExerciseResult, Exploration, Finding, Timing
from grader.trace import Step, Trace

SCHEMA = "grader/result/v1"
SEVERAL = "grader/results/v1"


def write(results: Sequence[ExerciseResult], layout: Layout) -> str:  # noqa: ARG001 - every report has this signature
    """One document for one result; else {"schema": "grader/results/v1", "results": [...]}."""
    documents = [document(result) for result in results]
    whole = documents[0] if len(documents) == 1 else {"schema": SEVERAL, "results": documents}
    return as_json(whole)


def as_json(whole: dict[str, Any]) -> str:
    """ASCII, so that no byte of it can steer a terminal."""
    return json.dumps(whole, indent=2, allow_nan=False) + "\n"


def document(result: ExerciseResult) -> dict[str, Any]:
    """The document of one result, as plain values. Half a surrogate pair, which is no text, becomes U+FFFD."""
    whole: dict[str, Any] = _text(_document(result))
    return whole


def _document(result: ExerciseResult) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "exercise": result.exercise,
        "title": result.title,
        "verdict": result.verdict,
        "score": number(result.score),
        "max_score": number(result.max_score),
        "seed": result.seed,
        "tier": result.tier,
        "python": result.python,
        "grader": result.grader,
        "submission": {
            "path": result.submission.path,
            "sha256": result.submission.sha256,
            "notes": list(result.submission.notes),
        },
        "problem": _finding(result.problem) if result.problem else None,
        "checks": [_check(check) for check in result.checks],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "id": check.id,
        "title": check.title,
        "kind": check.kind,
        "verdict": check.verdict,
        "score": number(check.score),
        "max_score": number(check.max_score),
        "duration": round(check.duration, 4),
        "hidden": check.hidden,
        "exploration": _exploration(check.exploration) if check.exploration else None,
        "findings": [_finding(finding) for finding in check.findings],
        "notes": list(check.notes),
        "timing": _timing(check.timing) if check.timing else None,
    }


def _timing(timing: Timing) -> dict[str, Any]:
    """Seconds, to the microsecond."""
    return {
        "at_least": timing.at_least,
        "counted": timing.counted,
        "pairs": [
            {
                "figure": round(pair.figure, 4),
                "alone": round(pair.alone, 6),
                "answer": round(pair.answer, 6),
                "alone_wall": round(pair.alone_wall, 6),
                "answer_wall": round(pair.answer_wall, 6),
            }
            for pair in timing.pairs
        ],
    }


def _exploration(exploration: Exploration) -> dict[str, Any]:
    return {
        "schedules": exploration.schedules,
        "exhausted": exploration.exhausted,
        "preemption_bound": exploration.preemption_bound,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    trace = finding.trace
    return {
        "kind": finding.kind,
        "title": finding.title,
        "ran": finding.ran,
        "saw": finding.saw,
        "expected": finding.expected,
        "hint": finding.hint,
        "replay": finding.replay,
        "file": finding.file,
        "line": finding.line,
        "trace": [_step(step, trace) for step in trace.steps] if trace else None,
        "ending": list(trace.ending) if trace else [],
        "idiom": trace.idiom if trace else "",
    }


def _step(step: Step, trace: Trace) -> dict[str, Any]:
    known = 0 <= step.thread < len(trace.threads)
    return {
        "thread": trace.threads[step.thread] if known else f"thread {step.thread}",
        "file": step.file,
        "line": step.line,
        "operation": step.operation,
        "target": step.target,
        "value": step.value,
        "note": step.note,
    }


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_text(key): _text(part) for key, part in value.items()}
    return [_text(part) for part in value] if isinstance(value, list) else value
